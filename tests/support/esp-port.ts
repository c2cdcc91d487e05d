/** A serial port with an ESP32 in its boot mode behind it, in the shape of Web Serial. */
import { EspBootloader, type EspChip, type EspFaults } from "../../sim/bootloader/esp32.js"
import { type EspPort } from "../../tools/flash/esp/esp-board.js"

export class DoubledEspPort implements EspPort {
    readonly board: EspBootloader
    readable: ReadableStream<Uint8Array> | null = null
    writable: WritableStream<Uint8Array> | null = null
    /** What the reset line did: "reset" into the boot mode, "run" for flash's program. */
    readonly resets: string[] = []
    speeds: number[] = []
    private controller: ReadableStreamDefaultController<Uint8Array> | undefined
    private isLost = false
    private isHeld = false
    private bootPin = false
    private readonly losses: (() => void)[] = []

    constructor(
        chip: EspChip,
        faults: EspFaults = {},
        mac: readonly number[] = [0x24, 0x6f, 0x28, 1, 2, 3],
        private readonly ids: { usbVendorId?: number; usbProductId?: number } = {}
    ) {
        this.board = new EspBootloader(chip, mac, bytes => this.arrived(bytes), faults)
    }

    readonly onLost = (listener: () => void): void => {
        this.losses.push(listener)
    }

    async open({ baudRate }: { readonly baudRate: number }): Promise<void> {
        await Promise.resolve()
        if (this.isLost) throw new DOMException("The device has been lost.", "NetworkError")
        this.speeds.push(baudRate)
        this.readable = new ReadableStream({
            start: controller => {
                this.controller = controller
            },
            cancel: () => {
                this.controller = undefined
            },
        })
        this.writable = new WritableStream({
            write: async chunk => {
                // A lost port takes nothing and says nothing.
                if (this.isLost) await new Promise(() => undefined)
                queueMicrotask(() => this.board.feed(chunk))
            },
        })
    }

    async close(): Promise<void> {
        await Promise.resolve()
        this.controller?.close()
        this.controller = undefined
        this.readable = null
        this.writable = null
    }

    async setBaudRate(baudRate: number): Promise<void> {
        await Promise.resolve()
        this.speeds.push(baudRate)
        if (this.board.baud !== baudRate)
            throw new Error(`the chip is at ${this.board.baud} baud, the port at ${baudRate}`)
    }

    async setSignals(signals: {
        readonly dataTerminalReady?: boolean
        readonly requestToSend?: boolean
    }): Promise<void> {
        await Promise.resolve()
        this.bootPin = signals.dataTerminalReady ?? this.bootPin
        const isHeld = signals.requestToSend ?? this.isHeld
        if (this.isHeld && !isHeld) {
            this.resets.push(this.bootPin ? "boot mode" : "run")
            this.board.reset()
        }
        this.isHeld = isHeld
    }

    getInfo() {
        return this.ids
    }

    /** The cable is pulled out. */
    lose(): void {
        this.isLost = true
        for (const listener of this.losses) listener()
    }

    private arrived(bytes: Uint8Array): void {
        if (!this.isLost) this.controller?.enqueue(bytes)
    }
}
