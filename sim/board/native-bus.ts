/**
 * I2C as the runtimes of boards do it: the whole program waits for the transfer
 * (devicescript-esp32 main/i2c.c, devicescript-pico src/i2c.c).
 */
import { TRANSFER_NACK_ADDRESS, TRANSFER_OK } from "../../src/drivers/shared/register-model.js"
import { type I2cBus } from "../bus/i2c-bus.js"
import { PowerLost } from "../world/power-lost.js"
import { type RuntimeFamily } from "./profile.js"
import { BoardHung } from "./reset.js"

const WRITE_FAILED = -1
const READ_FAILED = -2
/** IDF waits for a bus that is stuck so long, whatever it was told (IDF 5.0.5), µs. */
const STUCK_US = 1_000_000
const DEFAULT_KHZ = 100

export interface BusOwner {
    unixMs(): number
    /** The program waits N µs. */
    spend(us: number): void
    isOn(): boolean
    setting(key: string, otherwise: number): number
    hasPin(key: string): boolean
}

export class NativeBus {
    /** Whether the board has pins for a bus; known from the first transfer on. */
    private isThere: boolean | undefined

    constructor(
        private readonly family: RuntimeFamily,
        private readonly bus: I2cBus,
        private readonly owner: BusOwner
    ) {}

    start(): void {
        this.isThere = undefined
    }

    /** @returns the bytes read, or which part failed */
    transfer(address: number, write: Uint8Array, readLength: number): Uint8Array | -1 | -2 {
        const failed = write.length > 0 ? WRITE_FAILED : READ_FAILED
        if (!this.isConfigured()) return failed
        if (this.bus.isStuck) return this.stuck(failed)
        const { result, durationUs } = this.bus.transfer(
            address,
            write,
            readLength,
            this.owner.unixMs()
        )
        // The power may be gone in the middle of it.
        if (!this.owner.isOn()) throw new PowerLost()
        this.owner.spend(durationUs)
        if (result.status === TRANSFER_OK) return result.data
        return result.status === TRANSFER_NACK_ADDRESS ? failed : WRITE_FAILED
    }

    private isConfigured(): boolean {
        const { owner } = this
        if (this.isThere === undefined) {
            this.isThere = owner.hasPin("i2c.pinSDA") && owner.hasPin("i2c.pinSCL")
            this.bus.kHz ??= owner.setting("i2c.kHz", DEFAULT_KHZ)
        }
        return this.isThere
    }

    private stuck(failed: -1 | -2): -1 | -2 {
        if (this.family === "rp2040")
            throw new BoardHung("bus hung: this board waits for a stuck I2C bus forever")
        this.owner.spend(STUCK_US)
        return failed
    }
}
