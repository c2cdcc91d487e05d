/** A board with settings, a program and Wi-Fi, as far as the host can tell. */
import {
    FLAG_ACK_REQUESTED,
    FLAG_COMMAND,
    crc16,
    decodeJacdacFrame,
    encodeJacdacFrame,
    type JacdacPacket,
} from "../../sim/jacdac/frame.js"
import { type FrameLink } from "../../sim/jacdac/frame-link.js"
import { SettingsActions } from "../../tools/cli/settings/actions.js"
import { type Journal } from "../../tools/cli/settings/journal.js"
import { fakeTerminal } from "./fake-terminal.js"

const ID = "0123456789abcdef"
/** Manager, settings, Wi-Fi: their indexes count from 1. */
const CLASSES = [0x1134ea2b, 0x1107dc4a, 0x18aae1fa]
const [MANAGER, SETTINGS, WIFI] = [1, 2, 3]

export class WifiBoard implements FrameLink {
    readonly settings = new Map<string, string>()
    /** What it says it is: by default no board that is known. */
    productId = 0x3000_0000
    /** Arguments of "add network", as sent. */
    readonly networks: string[] = []
    private readonly listeners = new Set<(frame: Uint8Array) => void>()
    private announcements = 5

    /** @returns what it told */
    async host(
        journal: Journal,
        action: (actions: SettingsActions) => Promise<number>
    ): Promise<string> {
        const terminal = fakeTerminal()
        const actions = SettingsActions.open(this, ID, journal, { restart: true }, terminal)
        await action(await actions)
        return terminal.out.text
    }

    onFrame(listener: (frame: Uint8Array) => void): () => void {
        this.listeners.add(listener)
        queueMicrotask(() => this.announce())
        return () => this.listeners.delete(listener)
    }

    sendFrame(bytes: Uint8Array): void {
        const frame = decodeJacdacFrame(bytes)
        if (frame === undefined || (frame.flags & FLAG_COMMAND) === 0)
            throw new Error("not a command")
        for (const packet of frame.packets) this.handle(packet)
        if ((frame.flags & FLAG_ACK_REQUESTED) !== 0)
            this.report(0x3f, crc16(bytes.subarray(2)), new Uint8Array(0))
    }

    private announce(): void {
        const data = Buffer.alloc(4 + 4 * CLASSES.length)
        data.writeUInt32LE(this.announcements++)
        CLASSES.forEach((value, i) => data.writeUInt32LE(value, 4 + 4 * i))
        this.report(0, 0, data)
    }

    private handle({ serviceIndex, command, data }: JacdacPacket): void {
        const text = Buffer.from(data).toString()
        const [key, value] = text.split("\0", 2)
        if (serviceIndex === 0 && command === 0x82) this.announcements = 1
        else if (serviceIndex === 0 && command === 0x1181)
            this.report(0, 0x1181, new Uint8Array(Uint32Array.of(this.productId).buffer))
        else if (serviceIndex === SETTINGS && command === 0x80)
            this.report(SETTINGS, 0x80, Buffer.from(`${text}\0${this.settings.get(text) ?? ""}`))
        else if (serviceIndex === SETTINGS && command === 0x81) this.settings.set(key, value)
        else if (serviceIndex === WIFI && command === 0x81) this.networks.push(text)
        else if (serviceIndex === MANAGER) this.report(MANAGER, command, Buffer.alloc(32, 1))
        else throw new Error(`unknown command ${serviceIndex}/${command.toString(16)}`)
    }

    private report(serviceIndex: number, command: number, data: Uint8Array): void {
        const bytes = encodeJacdacFrame(ID, 0, [{ serviceIndex, command, data }])
        queueMicrotask(() => {
            for (const listener of [...this.listeners]) listener(bytes)
        })
    }
}
