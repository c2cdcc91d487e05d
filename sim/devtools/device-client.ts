/**
 * The host's side of talking to one Jacdac device: finding its services,
 * acknowledged commands, and the answers to them.
 */
import {
    FLAG_ACK_REQUESTED,
    FLAG_COMMAND,
    decodeJacdacFrame,
    encodeJacdacFrame,
    type JacdacPacket,
} from "../jacdac/frame.js"
import { type FrameLink } from "../jacdac/frame-link.js"
import { DevtoolsError, within } from "./within.js"

const CONTROL_SERVICE = 0
const ANNOUNCE = 0
const CONTROL_RESET = 0x82
/** In an announcement: counts announcements since the start, up to 15. */
const RESTART_COUNTER_MASK = 0xf
const CRC_ACK_SERVICE = 0x3f
/** Time after which an unacknowledged command is sent again, ms. */
const RESEND_MS = 250
const COMMAND_MS = 10_000

export class DeviceClient {
    /** Service classes by service index; index 0 is the control service. */
    private services: readonly number[] = []

    /**
     * @param deviceId 16 hex digits
     * @param signal ends every wait
     */
    constructor(
        private readonly link: FrameLink,
        readonly deviceId: string,
        private readonly signal?: AbortSignal
    ) {}

    /**
     * Waits until the device announces itself.
     *
     * @throws DevtoolsError when it does not within `limitMs`
     */
    async waitForDevice(limitMs: number): Promise<void> {
        const data = await this.waitFor(isAnnouncement, limitMs, this.silence(limitMs))
        const view = Buffer.from(data)
        const classes = [0]
        for (let at = 4; at + 4 <= view.length; at += 4) classes.push(view.readUInt32LE(at))
        this.services = classes
    }

    /**
     * Restarts the device and waits until it is back.
     *
     * @throws DevtoolsError when it does not announce itself anew within `limitMs`
     */
    async restart(limitMs: number): Promise<void> {
        const seen = await this.waitFor(isAnnouncement, limitMs, this.silence(limitMs))
        const before = seen[0] & RESTART_COUNTER_MASK
        // Not acknowledged: the device is gone at once.
        this.link.sendFrame(
            encodeJacdacFrame(this.deviceId, FLAG_COMMAND, [
                { serviceIndex: CONTROL_SERVICE, command: CONTROL_RESET, data: new Uint8Array(0) },
            ])
        )
        await this.waitFor(
            packet =>
                isAnnouncement(packet) &&
                (packet.data[0] & RESTART_COUNTER_MASK) < Math.max(before, 2),
            limitMs,
            `device ${this.deviceId} did not restart within ${limitMs / 1000} s`
        )
        await this.waitForDevice(limitMs)
    }

    hasService(serviceClass: number): boolean {
        return this.services.includes(serviceClass, 1)
    }

    /** @throws DevtoolsError when the device does not have that service */
    serviceIndex(serviceClass: number): number {
        const index = this.services.indexOf(serviceClass, 1)
        if (index < 0)
            throw new DevtoolsError(
                `device ${this.deviceId} has no service 0x${serviceClass.toString(16)}`
            )
        return index
    }

    /** Sends a command and waits for its acknowledgement, sending it again when that is late. */
    async command(serviceIndex: number, command: number, data: Uint8Array): Promise<void> {
        const frame = encodeJacdacFrame(this.deviceId, FLAG_COMMAND | FLAG_ACK_REQUESTED, [
            { serviceIndex, command, data },
        ])
        const crc = frame[0] | (frame[1] << 8)
        const acknowledged = this.waitFor(
            packet => packet.serviceIndex === CRC_ACK_SERVICE && packet.command === crc,
            COMMAND_MS,
            `device ${this.deviceId} did not acknowledge command 0x${command.toString(16)}`
        )
        this.link.sendFrame(frame)
        const again = setInterval(() => this.link.sendFrame(frame), RESEND_MS)
        try {
            await acknowledged
        } finally {
            clearInterval(again)
        }
    }

    /**
     * Sends a command, once, and waits for the report to it.
     *
     * @param refusal said when there is none
     */
    async query(
        serviceIndex: number,
        command: number,
        data: Uint8Array,
        refusal: string
    ): Promise<Uint8Array> {
        const report = this.waitFor(
            packet => packet.serviceIndex === serviceIndex && packet.command === command,
            COMMAND_MS,
            refusal
        )
        this.link.sendFrame(
            encodeJacdacFrame(this.deviceId, FLAG_COMMAND, [{ serviceIndex, command, data }])
        )
        return report
    }

    /**
     * Sends a command that changes nothing, again and again until the report to it comes.
     *
     * @param isAnswer tells it from reports that others asked for
     * @param refusal said when there is none
     */
    async ask(
        serviceIndex: number,
        command: number,
        data: Uint8Array,
        isAnswer: (data: Uint8Array) => boolean,
        refusal: string
    ): Promise<Uint8Array> {
        const frame = encodeJacdacFrame(this.deviceId, FLAG_COMMAND, [
            { serviceIndex, command, data },
        ])
        const report = this.waitFor(
            packet =>
                packet.serviceIndex === serviceIndex &&
                packet.command === command &&
                isAnswer(packet.data),
            COMMAND_MS,
            refusal
        )
        this.link.sendFrame(frame)
        const again = setInterval(() => this.link.sendFrame(frame), RESEND_MS)
        try {
            return await report
        } finally {
            clearInterval(again)
        }
    }

    private silence(limitMs: number): string {
        return `device ${this.deviceId} did not announce itself within ${limitMs / 1000} s`
    }

    /** Waits for a report of the device. @returns the report's data */
    private async waitFor(
        isWanted: (packet: JacdacPacket) => boolean,
        limitMs: number,
        what: string
    ): Promise<Uint8Array> {
        let unsubscribe = (): void => undefined
        const report = new Promise<Uint8Array>(resolve => {
            unsubscribe = this.link.onFrame(bytes => {
                const frame = decodeJacdacFrame(bytes)
                if (frame === undefined || (frame.flags & FLAG_COMMAND) !== 0) return
                if (frame.deviceId !== this.deviceId) return
                const packet = frame.packets.find(isWanted)
                if (packet !== undefined) resolve(packet.data)
            })
        })
        try {
            return await within(report, limitMs, what, this.signal)
        } finally {
            unsubscribe()
        }
    }
}

/** Whether a report tells which services a device has. */
function isAnnouncement(packet: JacdacPacket): boolean {
    return packet.serviceIndex === CONTROL_SERVICE && packet.command === ANNOUNCE
}
