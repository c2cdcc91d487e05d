/**
 * A Jacdac device in software: announces its services and passes commands to
 * them. Works on virtual time beside a simulated node and on real time against
 * `devs devtools`.
 */
import {
    FLAG_ACK_REQUESTED,
    FLAG_COMMAND,
    FLAG_IDENTIFIER_IS_SERVICE_CLASS,
    decodeJacdacFrame,
    encodeJacdacFrame,
} from "./frame.js"

/** How often a device announces itself, ms (Jacdac: every 500 ms). */
export const ANNOUNCE_INTERVAL_MS = 500

const CONTROL_SERVICE = 0
const CRC_ACK_SERVICE = 0x3f
const ANNOUNCE = 0x0000
const ANNOUNCE_SUPPORTS_ACK = 0x0100
const EVENT = 0x8000
const EVENT_NUMBERS = 0x7f

/** One service of a software device. */
export interface JacdacService {
    /** Service class, 32 bit. */
    readonly serviceClass: number
    /**
     * A command for this service.
     * @param reply sends a report with this service's index; may be called later
     */
    handle(command: number, data: Uint8Array, reply: (data: Uint8Array) => void): void
}

export class JacdacDevice {
    private announcements = 0
    private announcement: Uint8Array | undefined
    private events = 0

    /**
     * @param deviceId 16 hex digits
     * @param send puts a frame on the bus
     */
    constructor(
        readonly deviceId: string,
        private readonly services: readonly JacdacService[],
        private readonly send: (frame: Uint8Array) => void
    ) {}

    /** Call every {@link ANNOUNCE_INTERVAL_MS}. */
    announce(): void {
        // The counter stops at 15, and the frame is the same from then on.
        if (this.announcements < 0xf || this.announcement === undefined) {
            this.announcements = Math.min(this.announcements + 1, 0xf)
            const data = Buffer.alloc(4 + 4 * this.services.length)
            data.writeUInt32LE(this.announcements | ANNOUNCE_SUPPORTS_ACK, 0)
            this.services.forEach((service, i) =>
                data.writeUInt32LE(service.serviceClass, 4 + 4 * i)
            )
            this.announcement = this.reportFrame(CONTROL_SERVICE, ANNOUNCE, data)
        }
        this.send(this.announcement)
    }

    /** The device was reset: its announcements tell so. */
    restart(): void {
        this.announcements = 0
        this.announcement = undefined
    }

    /** An event of a service, numbered so that its repetitions are told from a new one. */
    eventFrame(serviceIndex: number, code: number, data: Uint8Array): Uint8Array {
        this.events = (this.events + 1) & EVENT_NUMBERS
        const command = EVENT | (this.events << 8) | code
        return this.reportFrame(serviceIndex, command, data)
    }

    /** A frame seen on the bus. */
    receive(bytes: Uint8Array): void {
        // Most frames are others' announcements.
        if ((bytes[3] & FLAG_COMMAND) === 0) return
        const frame = decodeJacdacFrame(bytes)
        if (frame === undefined) return
        if ((frame.flags & FLAG_IDENTIFIER_IS_SERVICE_CLASS) !== 0) return
        if (frame.deviceId !== this.deviceId) return
        if ((frame.flags & FLAG_ACK_REQUESTED) !== 0)
            this.report(CRC_ACK_SERVICE, frame.crc, new Uint8Array(0))
        for (const packet of frame.packets) {
            const service = this.services[packet.serviceIndex - 1]
            service?.handle(packet.command, packet.data, data =>
                this.report(packet.serviceIndex, packet.command, data)
            )
        }
    }

    /** Sends a report of a service. */
    report(serviceIndex: number, command: number, data: Uint8Array): void {
        this.send(this.reportFrame(serviceIndex, command, data))
    }

    private reportFrame(serviceIndex: number, command: number, data: Uint8Array): Uint8Array {
        return encodeJacdacFrame(this.deviceId, 0, [{ serviceIndex, command, data }])
    }
}
