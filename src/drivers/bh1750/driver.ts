import { I2C } from "@devicescript/i2c"
import { QUALITY_SATURATED, QUALITY_WRONG_PART } from "../../core/quality.js"
import { DriverOptions, SensorDriver, SensorError, wait } from "../shared/driver.js"
import { illuminanceChannel } from "../shared/channels.js"
import { bh1750Illuminance } from "./conversion.js"

// Datasheet "BH1750FVI", technical note 11046EDT01, revision D (November 2011)
const BH1750_ADDRESS = 0x23 // page 10: ADDR low; high has 0x5C
const BH1750_POWER_ON = 0x01 // page 5
const BH1750_RESET = 0x07 // page 5: empties the data register; not while powered down
const BH1750_ONE_TIME_HIGH = 0x20 // page 5: 1 lx, powers down afterwards
const BH1750_TIME_HIGH_BITS = 0x42 // page 11: measurement time 69, bits 7 to 5
const BH1750_TIME_LOW_BITS = 0x65 // page 11: measurement time 69, bits 4 to 0
const BH1750_MEASURE_MS = 180 // page 2: at most
const BH1750_FULL_SCALE = 65535

/**
 * Illuminance (0.1 lx).
 *
 * @devsPart ROHM BH1750FVI
 * @devsServices illuminance
 * @see {@link https://www.rohm.com/products/sensors-mems/ambient-light-sensor-ics | Datasheet}
 */
export class BH1750 extends SensorDriver {
    constructor(bus: I2C, options?: DriverOptions) {
        super("ROHM BH1750", bus, options?.address ?? BH1750_ADDRESS, [
            illuminanceChannel(options?.prefix, bh1750Illuminance(BH1750_FULL_SCALE)),
        ])
    }

    /**
     * The part has no identity to ask for; that its data register is empty after a
     * reset is as much as can be checked. The measurement time outlives a reset of
     * the board, so it is set too.
     */
    protected override async setup(): Promise<void> {
        await this.opcode(BH1750_POWER_ON)
        await this.opcode(BH1750_TIME_HIGH_BITS)
        await this.opcode(BH1750_TIME_LOW_BITS)
        await this.opcode(BH1750_RESET)
        if ((await this.counts()) !== 0)
            throw new SensorError(
                QUALITY_WRONG_PART,
                this.part + ": another part is at its address"
            )
    }

    protected override async measure(): Promise<void> {
        let counts = await this.measureOnce()
        if (isEnd(counts)) {
            // A part that lost its power meanwhile reads 0, as darkness does; a bus that nobody
            // drives reads as ones, which is no empty register.
            await this.setup()
            counts = await this.measureOnce()
        }
        this.put(0, bh1750Illuminance(counts))
        // All that the part can be asked for is 0 in darkness: nothing tells that from a dead bus.
        if (isEnd(counts)) this.qualities[0] = QUALITY_SATURATED
    }

    /** The register is emptied first, so that an old value cannot be mistaken for a new one. */
    private async measureOnce(): Promise<number> {
        await this.opcode(BH1750_POWER_ON)
        await this.opcode(BH1750_RESET)
        await this.opcode(BH1750_ONE_TIME_HIGH)
        await wait(BH1750_MEASURE_MS)
        return await this.counts()
    }

    /** One opcode per transfer, as the part asks (page 10). */
    private async opcode(code: number): Promise<void> {
        await this.write(Buffer.from([code]))
    }

    private async counts(): Promise<number> {
        const bytes = await this.read(2)
        return (bytes[0] << 8) | bytes[1]
    }
}

/** Whether it is an end of the scale, which is also what a bus reads as that nobody drives. */
function isEnd(counts: number): boolean {
    return counts === 0 || counts === BH1750_FULL_SCALE
}
