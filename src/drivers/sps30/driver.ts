import { I2C } from "@devicescript/i2c"
import { Channel } from "../../core/channel.js"
import { QUALITY_SATURATED } from "../../core/quality.js"
import { DriverOptions, wait } from "../shared/driver.js"
import {
    particleMassChannel,
    particleNumberChannel,
    particleSizeChannel,
} from "../shared/channels.js"
import { wrongPart } from "../shared/registers/register-driver.js"
import { floatToScaled } from "../shared/sensirion/float.js"
import { ParticleDriver } from "../shared/sensirion/particles.js"

// Datasheet "SPS30", version 2.0 (June 2023)
const SPS30_ADDRESS = 0x69 // 6
const SPS30_START = 0x0010 // 6.3.1
const SPS30_FLOATS = 0x0300 // 6.3.1: output format in the high byte
const SPS30_INTEGERS = 0x0500 // 6.3.1
const SPS30_READ = 0x0300 // 6.3.4
const SPS30_SLEEP = 0x1001 // 6.3.5
const SPS30_WAKE_UP = 0x1103 // 6.3.6
const SPS30_PRODUCT_TYPE = 0xd002 // 6.3.9
const SPS30_PRODUCT_TYPE_WORDS = 4
const SPS30_PRODUCT = "00080000" // 6.3.9
const SPS30_START_MS = 20 // table 18
const SPS30_COMMAND_MS = 5 // table 18
const SPS30_WITH_INTEGERS = 0x0200 // 6.3: firmware 2.0; sleep and wake-up came with it
const SPS30_WITH_STATUS = 0x0202 // 6.3.11: firmware 2.2
const SPS30_MASSES = 4 // fields 0 … 3, then 5 numbers, then the typical size
const SPS30_SIZE = 9
const SPS30_MAX_MASS = 1000 // table 1, µg/m³
const SPS30_MAX_NUMBER = 3000 // table 1, 1/cm³
const SPS30_MAX_WORD = 65535

/** Options of {@link SPS30}. */
export interface SPS30Options extends DriverOptions {
    /** Numbers of particles per cm³ too: `number_pm05`, `number_pm1` … `number_pm10`. */
    numbers?: boolean
    /** The typical size of particles too: `typical_size`. */
    typicalSize?: boolean
    /** Steps of 0.1 µg/m³ and 0.1 per cm³ instead of 1; a sample takes twice as long on the bus. */
    fine?: boolean
}

/**
 * Mass of particles in air up to 1, 2.5, 4 and 10 µm (1 µg/m³, or 0.1).
 * The part measures every second by itself; a sample takes what is newer than the last one.
 *
 * @devsPart Sensirion SPS30
 * @see {@link https://sensirion.com/products/catalog/SPS30 | Datasheet}
 */
export class SPS30 extends ParticleDriver {
    /** What the part gives, by channel: index into its list of ten. */
    private readonly fields: number[]
    private readonly steps: number
    private firmware = 0
    private isFloat = false

    constructor(bus: I2C, options?: SPS30Options) {
        super(
            "Sensirion SPS30",
            bus,
            options?.address ?? SPS30_ADDRESS,
            channelsOf(options ?? {}),
            SPS30_COMMAND_MS
        )
        this.fields = fieldsOf(options ?? {})
        this.steps = stepsOf(options ?? {})
    }

    protected override async start(): Promise<void> {
        await this.untilPowered()
        await this.wake()
        await this.tryStop()
        this.firmware = await this.readVersion()
        const name = await this.readName(
            SPS30_PRODUCT_TYPE,
            SPS30_COMMAND_MS,
            SPS30_PRODUCT_TYPE_WORDS
        )
        if (name !== SPS30_PRODUCT) throw wrongPart(this.part)
        await this.readSerial(SPS30_COMMAND_MS)
        this.isFloat = this.steps > 1 || this.firmware < SPS30_WITH_INTEGERS
        await this.commandWord(SPS30_START, this.isFloat ? SPS30_FLOATS : SPS30_INTEGERS)
        await wait(SPS30_START_MS)
    }

    protected override async readData(): Promise<void> {
        const status = this.firmware < SPS30_WITH_STATUS ? 0 : await this.readStatus()
        await this.ask(SPS30_READ, SPS30_COMMAND_MS, this.isFloat ? 20 : 10)
        for (let i = 0; i < this.fields.length; i++) this.putField(i, this.fields[i])
        this.judgeParticles(status, this.fields.length)
    }

    /** Its fan stops; where the firmware knows sleep, its interface stops too. */
    protected override async stop(): Promise<void> {
        await this.tryStop()
        if (this.firmware < SPS30_WITH_INTEGERS) return
        await this.command(SPS30_SLEEP)
        await wait(SPS30_COMMAND_MS)
    }

    private putField(channel: number, field: number): void {
        let value = this.words[field]
        if (this.isFloat) {
            // The typical size is in µm, and its channel in nm.
            const scale = field === SPS30_SIZE ? 1000 : this.steps
            value = floatToScaled(this.words[2 * field], this.words[2 * field + 1], scale)
        }
        this.put(channel, value)
        if (field === SPS30_SIZE) return
        const end = field < SPS30_MASSES ? SPS30_MAX_MASS : SPS30_MAX_NUMBER
        if (value > end * this.steps) this.degrade(QUALITY_SATURATED, channel, channel + 1)
    }

    /**
     * Asleep, it takes the first of two commands as no more than a sign to switch its
     * interface on. A part that is awake, or has no sleep, may refuse both.
     */
    private async wake(): Promise<void> {
        for (let attempt = 0; attempt < 2; attempt++) {
            let isTaken = true
            try {
                await this.command(SPS30_WAKE_UP)
            } catch {
                isTaken = false
            }
            await wait(SPS30_COMMAND_MS)
            if (isTaken) return
        }
    }
}

const MASSES = ["pm1", "pm25", "pm4", "pm10"]
const SIZES = ["05", "1", "25", "4", "10"]

function stepsOf(options: SPS30Options): number {
    return options.fine === true ? 10 : 1
}

function channelsOf(options: SPS30Options): Channel[] {
    const prefix = options.prefix
    const steps = stepsOf(options)
    const channels: Channel[] = []
    for (const name of MASSES)
        channels.push(particleMassChannel(prefix, name, steps, SPS30_MAX_WORD * steps))
    if (options.numbers === true)
        for (const size of SIZES)
            channels.push(particleNumberChannel(prefix, size, steps, SPS30_MAX_WORD * steps))
    if (options.typicalSize === true) channels.push(particleSizeChannel(prefix))
    return channels
}

function fieldsOf(options: SPS30Options): number[] {
    const fields = [0, 1, 2, 3]
    if (options.numbers === true) for (let i = 4; i < SPS30_SIZE; i++) fields.push(i)
    if (options.typicalSize === true) fields.push(SPS30_SIZE)
    return fields
}
