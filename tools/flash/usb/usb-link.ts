/** Jacdac frames and log lines over the USB cable of a board that runs. */
import { type FrameLink } from "../../../sim/jacdac/frame-link.js"
import { decodeJacdacFrame } from "../../../sim/jacdac/frame.js"
import {
    BROADCAST_SERVICE,
    ENABLE_LOG,
    ENABLE_PACKETS,
    UsbReader,
    bridgeFrame,
    frameOnUsb,
} from "../../../sim/jacdac/usb-framing.js"
import { BoardError } from "../board-access.js"

/** A serial port in the shape of Web Serial. */
export interface BoardPort {
    /** What people call it: "/dev/ttyACM0", "COM3". */
    readonly path: string
    readonly readable: ReadableStream<Uint8Array> | null
    readonly writable: WritableStream<Uint8Array> | null
    open(options: { readonly baudRate: number }): Promise<void>
    close(): Promise<void>
    /** The port has closed by itself. */
    onLost(listener: () => void): void
}

/** The speed of an ESP32's serial bridge; ports that are USB all the way ignore it. */
const BAUD = 1_500_000
/** How often the board is asked to send frames until it does, and how long, ms. */
const ASK_MS = 300
const ANSWER_MS = 4000
/** A board that restarts may be gone from USB for so long, ms. */
const BACK_MS = 30_000
const REOPEN_MS = 300
/** Longest line of the log that is kept together, B. */
const MAX_LINE_BYTES = 2000

export interface UsbLinkEvents {
    /** A line of the board's log. */
    readonly onLine?: (line: string) => void
    /** What is to be told: the board is gone, is back, had to leave something out. */
    readonly onNote?: (text: string) => void
    /** A board that was gone is back; what was known of it may be so no longer. */
    readonly onBack?: () => void
    /** A board that was gone did not come back: nothing comes any more. */
    readonly onEnd?: () => void
}

export class UsbLink implements FrameLink {
    private readonly listeners = new Set<(frame: Uint8Array) => void>()
    private readonly reader: UsbReader
    private writer: WritableStreamDefaultWriter<Uint8Array> | undefined
    private isClosed = false
    private line = ""

    private constructor(
        private readonly port: BoardPort,
        private readonly events: UsbLinkEvents
    ) {
        this.reader = new UsbReader({
            onFrame: frame => {
                for (const listener of [...this.listeners]) listener(frame)
            },
            onText: text => this.readText(text),
            onGap: what => events.onNote?.(`${what === "text" ? "lines of the log" : what} lost`),
        })
        port.onLost(() => void this.reopen())
    }

    /**
     * Opens the port and has the board send its frames, and its log if somebody listens to it.
     *
     * @throws BoardError when the port cannot be had, or no DeviceScript board answers there
     */
    static async open(port: BoardPort, events: UsbLinkEvents = {}): Promise<UsbLink> {
        const link = new UsbLink(port, events)
        try {
            await link.connect()
        } catch (e) {
            await link.close()
            throw e
        }
        return link
    }

    sendFrame(frame: Uint8Array): void {
        // What cannot be sent is sent again by whoever waits for the answer.
        this.writer?.write(frameOnUsb(frame)).catch(() => undefined)
    }

    onFrame(listener: (frame: Uint8Array) => void): () => void {
        this.listeners.add(listener)
        return () => this.listeners.delete(listener)
    }

    async close(): Promise<void> {
        this.isClosed = true
        this.writer = undefined
        await this.port.close()
    }

    private async connect(): Promise<void> {
        await this.port.open({ baudRate: BAUD })
        this.writer = this.port.writable?.getWriter()
        const { readable } = this.port
        if (readable !== null) void this.readAll(readable)
        await this.ask(ENABLE_PACKETS)
        if (this.events.onLine !== undefined) await this.ask(ENABLE_LOG)
    }

    private async readAll(readable: ReadableStream<Uint8Array>): Promise<void> {
        const reader = readable.getReader()
        try {
            for (;;) {
                const { value, done } = await reader.read()
                if (done) return
                this.reader.read(value)
            }
        } catch {
            // The port is gone, which its owner hears of.
        }
    }

    /** Sends a command of the board's end of the line until it is echoed. */
    private async ask(command: number): Promise<void> {
        let unsubscribe = (): void => undefined
        let timer: ReturnType<typeof setTimeout> | undefined
        let limit: ReturnType<typeof setTimeout> | undefined
        try {
            await new Promise<void>((resolve, reject) => {
                unsubscribe = this.onFrame(bytes => {
                    const packet = decodeJacdacFrame(bytes)?.packets[0]
                    if (packet?.serviceIndex === BROADCAST_SERVICE && packet.command === command)
                        resolve()
                })
                this.sendFrame(bridgeFrame(command))
                timer = setInterval(() => this.sendFrame(bridgeFrame(command)), ASK_MS)
                limit = setTimeout(
                    () =>
                        reject(
                            new BoardError(
                                `no DeviceScript board answers on ${this.port.path}: is it flashed, and not in its boot mode? ` +
                                    "Unplug it and plug it in again without holding a button"
                            )
                        ),
                    ANSWER_MS
                )
            })
        } finally {
            unsubscribe()
            clearInterval(timer)
            clearTimeout(limit)
        }
    }

    /** A board that restarts leaves USB and comes back. */
    private async reopen(): Promise<void> {
        this.writer = undefined
        if (this.isClosed) return
        this.events.onNote?.("the board is gone; waiting for it")
        await this.port.close()
        const until = performance.now() + BACK_MS
        while (!this.isClosed && performance.now() < until) {
            await new Promise(resolve => setTimeout(resolve, REOPEN_MS))
            try {
                await this.connect()
                this.events.onNote?.("the board is back")
                this.events.onBack?.()
                return
            } catch {
                await this.port.close()
            }
        }
        if (!this.isClosed) this.events.onEnd?.()
    }

    private readText(text: Uint8Array): void {
        const { onLine } = this.events
        if (onLine === undefined) return
        for (const byte of text) this.line += String.fromCharCode(byte)
        const lines = this.line.split(/\r?\n/)
        this.line = (lines.pop() ?? "").slice(-MAX_LINE_BYTES)
        for (const line of lines) onLine(printable(line))
    }
}

/** A board's log may hold anything, what would steer a terminal among it. */
function printable(line: string): string {
    return new TextDecoder()
        .decode(Uint8Array.from(line, character => character.charCodeAt(0)))
        .replace(/[\u0000-\u001f\u007f-\u009f]/g, "·")
}
