/**
 * SPI as a program can use it to have itself woken: a transfer takes its time, and its
 * end is an event (devicescript-pico src/spi.c, devicescript-esp32 main/spi.c). Nothing
 * is on the other side.
 */
import { type SpiSetup } from "../vm/natives.js"
import { type RuntimeFamily } from "./profile.js"

const MOST_BYTES = 4096
const BUSY = -100
const NOT_READY = -1
const TOO_LONG = -2
const EMPTY = -3
const NO_PINS = -1

export interface SpiOwner {
    after(us: number, action: () => void): void
    /** A transfer is over. */
    done(): void
}

export class SpiPort {
    /** Transfers so far. */
    transfers = 0

    private hz = 0
    private isBusy = false

    constructor(
        private readonly family: RuntimeFamily,
        private readonly owner: SpiOwner
    ) {}

    start(): void {
        this.hz = 0
        this.isBusy = false
    }

    get isReady(): boolean {
        return this.hz > 0 && !this.isBusy
    }

    /** @returns 0 or the runtime's error number */
    configure({ miso, mosi, sck, hz }: SpiSetup): number {
        if (this.isBusy) return BUSY
        if (this.family === "rp2040" && miso < 0 && mosi < 0 && sck < 0) return NO_PINS
        this.hz = hz
        return 0
    }

    /** @returns 0 or the runtime's error number */
    transfer(bytes: Uint8Array): number {
        if (!this.isReady) return NOT_READY
        if (bytes.length > MOST_BYTES) return TOO_LONG
        if (bytes.length === 0) return EMPTY
        this.isBusy = true
        this.transfers++
        this.owner.after((bytes.length * 8e6) / this.hz, () => {
            this.isBusy = false
            this.owner.done()
        })
        return 0
    }
}
