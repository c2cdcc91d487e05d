import { I2C } from "@devicescript/i2c"
import { QUALITY_NOT_READY, QUALITY_SATURATED } from "../../core/quality.js"
import { illuminanceChannel } from "../shared/channels.js"
import { DriverOptions, SensorError, wait } from "../shared/driver.js"
import { RegisterDriver, idText, wrongPart } from "../shared/registers/register-driver.js"
import { VEML7700_MAX, veml7700Illuminance } from "./conversion.js"

// Datasheet "VEML7700", document number 84286, revision 1.8 (28 November 2024), and application
// note 84323
const VEML7700_ADDRESS = 0x10
const VEML7700_CONFIGURATION = 0x00
const VEML7700_POWER_SAVING = 0x03
const VEML7700_LIGHT = 0x04
const VEML7700_ID = 0x07 // in its low byte
const VEML7700_ID_BYTE = 0x81
const VEML7700_SHUT_DOWN = 0x0001
const VEML7700_FULL_SCALE = 65535

/**
 * From coarse to fine: gain and integration time as configuration words, with an interrupt
 * persistence of 2. It has no effect while interrupts are off, and keeps all of them from being
 * zeros or ones, which is what a bus reads as that nobody drives …
 */
const CONFIGURATIONS = [0x1310, 0x1210, 0x1010, 0x1810, 0x0010, 0x0810, 0x0850, 0x0890, 0x08d0]
/** … integration times in ms … */
const INTEGRATION_MS = [25, 50, 100, 100, 100, 100, 200, 400, 800]
/** … and how many times the finest resolution, as powers of two. */
const COARSENESS = [9, 8, 7, 6, 4, 3, 2, 1, 0]
/** Gain 1/8 and 100 ms: where the application note starts. */
const FIRST_RANGE = 2
/** Application note, figure "auto ranging": fewer counts ask for a finer range, more for a coarser one. */
const FEW_COUNTS = 100
const MANY_COUNTS = 10000
/** From any range to the coarsest, to the right one. */
const MEASUREMENTS = 3
/** Application note: 2.5 ms at least after power on. */
const POWER_ON_MS = 3

/**
 * Illuminance (0.01 lx), from starlight to bright sun: the range follows the light.
 *
 * @devsPart Vishay VEML7700
 * @devsServices illuminance
 * @see {@link https://www.vishay.com/docs/84286/veml7700.pdf | Datasheet}
 */
export class VEML7700 extends RegisterDriver {
    private range = FIRST_RANGE

    constructor(bus: I2C, options?: DriverOptions) {
        super("Vishay VEML7700", bus, options?.address ?? VEML7700_ADDRESS, [
            illuminanceChannel(options?.prefix, VEML7700_MAX, 100),
        ])
    }

    protected override async setup(): Promise<void> {
        if (!(await this.hasId()) && !(await this.hasId())) throw wrongPart(this.part)
        this.identity = idText(VEML7700_ID_BYTE)
        await this.writeWord(VEML7700_POWER_SAVING, 0)
    }

    protected override async measure(): Promise<void> {
        let range = this.range
        let counts = 0
        for (let i = 0; i < MEASUREMENTS; i++) {
            counts = await this.countsIn(range)
            const fitting = rangeFor(counts, range)
            if (fitting === range || i === MEASUREMENTS - 1) break
            range = fitting
        }
        this.range = range
        const value = veml7700Illuminance(counts << COARSENESS[range])
        this.put(0, value)
        if (counts === VEML7700_FULL_SCALE || value === VEML7700_MAX)
            this.qualities[0] = QUALITY_SATURATED
    }

    protected override async idle(): Promise<void> {
        await this.writeWord(VEML7700_CONFIGURATION, VEML7700_SHUT_DOWN)
    }

    /**
     * The register has no sign of a new value, so the measurement starts with power on.
     * The application note asks for at least the integration time; public drivers found
     * that too short and wait twice as long.
     */
    private async countsIn(range: number): Promise<number> {
        const configuration = CONFIGURATIONS[range]
        await this.writeWord(VEML7700_CONFIGURATION, configuration | VEML7700_SHUT_DOWN)
        await this.writeWord(VEML7700_CONFIGURATION, configuration)
        await wait(POWER_ON_MS + 2 * INTEGRATION_MS[range])
        const light = await this.readDriven(VEML7700_LIGHT, 2)
        // After a power loss it is shut down.
        if (little(await this.readRegisters(VEML7700_CONFIGURATION, 2)) !== configuration)
            throw new SensorError(QUALITY_NOT_READY, this.part + ": lost its settings")
        await this.writeWord(VEML7700_CONFIGURATION, configuration | VEML7700_SHUT_DOWN)
        return little(light)
    }

    private async hasId(): Promise<boolean> {
        return (await this.readRegisters(VEML7700_ID, 2))[0] === VEML7700_ID_BYTE
    }

    /** Low byte first. */
    protected override async writeWord(command: number, word: number): Promise<void> {
        await this.write(Buffer.from([command, word & 0xff, word >> 8]))
    }
}

/** A word, low byte first. */
function little(bytes: Buffer): number {
    return bytes[0] | (bytes[1] << 8)
}

/** The range that fits the light of this many counts; the same one while it is good enough. */
function rangeFor(counts: number, range: number): number {
    if (counts === VEML7700_FULL_SCALE) return 0
    if (counts > FEW_COUNTS && counts <= MANY_COUNTS) return range
    let fitting = CONFIGURATIONS.length - 1
    while (fitting > 0 && counts << COARSENESS[range] > MANY_COUNTS << COARSENESS[fitting])
        fitting--
    return fitting
}
