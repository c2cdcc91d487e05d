import type { JacdacService } from "../jacdac/device.js"
import { MAX_PACKET_DATA } from "../jacdac/frame.js"
import type { I2cBus } from "./i2c-bus.js"

/** Jacdac service class "I2C" (jacdac-spec services/i2c.md). */
export const SRV_I2C = 0x1c18ca43

const TRANSACTION = 0x80
/** One status byte precedes the data. */
const MAX_READ = MAX_PACKET_DATA - 1

/** The parts of a simulated bus, offered as Jacdac's I2C service. */
export class I2cService implements JacdacService {
    readonly serviceClass = SRV_I2C

    /**
     * @param bus the parts
     * @param unixMs gives the time of a transfer
     * @param after runs an action after N µs: the time on the wire
     */
    constructor(
        private readonly bus: I2cBus,
        private readonly unixMs: () => number,
        private readonly after: (us: number, action: () => void) => void
    ) {}

    /** transaction: u8 address · u8 bytes to read · bytes to write; report: u8 status · data */
    handle(command: number, data: Uint8Array, reply: (data: Uint8Array) => void): void {
        if (command !== TRANSACTION || data.length < 2) return
        const address = data[0]
        const readLength = Math.min(data[1], MAX_READ)
        const transfer = this.bus.transfer(address, data.slice(2), readLength, this.unixMs())
        const { status, data: read } = transfer.result
        this.after(transfer.durationUs, () => reply(Uint8Array.of(status, ...read)))
    }
}
