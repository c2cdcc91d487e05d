import { I2C } from "@devicescript/i2c"
import { Channel } from "../../core/channel.js"
import { QUALITY_NOT_READY, QUALITY_SATURATED, QUALITY_TIMEOUT, isGap } from "../../core/quality.js"
import { AnalogQuantity, Voltage } from "../shared/voltage/quantity.js"
import { DriverOptions, SensorError, wait } from "../shared/driver.js"
import { RegisterDriver, signed16, wrongPart } from "../shared/registers/register-driver.js"
import { ADS1115_RANGES, ads1115Microvolts, ads1115RangeFor } from "./conversion.js"
import { sleep } from "../../scheduler/scheduler.js"

// Datasheet "ADS111x", SBAS444D (January 2018)
const ADS1115_ADDRESS = 0x48 // table 4: ADDR to GND; VDD 0x49, SDA 0x4A, SCL 0x4B
const ADS1115_CONVERSION = 0x00 // 9.6.2
const ADS1115_CONFIG = 0x01 // 9.6.3
const ADS1115_START = 0x8000 // 9.6.3: OS, written: starts; read: nothing is running
const ADS1115_MUX_SHIFT = 12 // 9.6.3
const ADS1115_PGA_SHIFT = 9 // 9.6.3
const ADS1115_SINGLE_SHOT = 0x0100 // 9.6.3: MODE
const ADS1115_128_SPS = 0x0080 // 9.6.3: DR
const ADS1115_860_SPS = 0x00e0
const ADS1115_NO_COMPARATOR = 0x0003 // 9.6.3: COMP_QUE
/** COMP_LAT: without effect while the comparator is off, and 0 after power-up: a sign that it is still ours. */
const ADS1115_OURS = 0x0004
const ADS1115_128_SPS_MS = 9 // 7.5: data rate ±10 %
const ADS1115_860_SPS_MS = 2
/** More chances, a ms apart. */
const ADS1115_POLLS = 5
const ADS1115_FULL_SCALE = 32767
/** A pin may be below ground by what its protection takes (7.1); 0.1 mV. */
const ADS1115_LOWEST = -3000

/** What is measured between, with its code (9.6.3: MUX). */
const PINS = ["a0-a1", "a0-a3", "a1-a3", "a2-a3", "a0", "a1", "a2", "a3"]
const FIRST_SINGLE = 4

/** One input of an {@link ADS1115}. */
export interface ADS1115Input {
    /** A pin against GND, or the difference of two. */
    pins: "a0" | "a1" | "a2" | "a3" | "a0-a1" | "a0-a3" | "a1-a3" | "a2-a3"
    /** What the voltage means; default the voltage itself, named after the pins: a0_voltage, a0_a1_voltage. */
    as?: AnalogQuantity
    /** Fixed full scale: 6144, 4096, 2048, 1024, 512 or 256 mV; default the best one, found anew in each sample. */
    fullScaleMillivolts?: number
}

/** Options of {@link ADS1115}. */
export interface ADS1115Options extends DriverOptions {
    /** In the order of the channels; default the four pins against GND. */
    inputs?: ADS1115Input[]
}

/**
 * Voltages (0.1 mV), or what they stand for: see src/drivers/shared/voltage.
 *
 * @devsPart Texas Instruments ADS1115
 * @devsServices
 * @see {@link https://www.ti.com/product/ADS1115 | Datasheet}
 */
export class ADS1115 extends RegisterDriver {
    private readonly quantities: AnalogQuantity[] = []
    private readonly mux: number[] = []
    /** Range at which each input was measured last; −1 − range where it is fixed. */
    private readonly ranges: number[] = []
    private readonly microvolts: number[] = []

    /** @throws RangeError for pins or a full scale that the part does not have */
    constructor(bus: I2C, options?: ADS1115Options) {
        const inputs = options?.inputs ?? [
            { pins: "a0" },
            { pins: "a1" },
            { pins: "a2" },
            { pins: "a3" },
        ]
        const quantities: AnalogQuantity[] = []
        const channels: Channel[] = []
        for (const input of inputs) {
            const quantity = input.as ?? voltageOf(input)
            quantities.push(quantity)
            channels.push(quantity.channel(options?.prefix))
        }
        super("Texas Instruments ADS1115", bus, options?.address ?? ADS1115_ADDRESS, channels)
        this.quantities = quantities
        for (const input of inputs) {
            this.mux.push(muxOf(input))
            this.ranges.push(rangeOf(input))
        }
    }

    /**
     * The part has no identity: that its configuration keeps two patterns, and only
     * those, has to do.
     */
    protected override async setup(): Promise<void> {
        if (!(await this.keeps(0x5a00)) && !(await this.keeps(0x5a00))) throw wrongPart(this.part)
        if (!(await this.keeps(0x2400)) && !(await this.keeps(0x2400))) throw wrongPart(this.part)
    }

    protected override async measure(): Promise<void> {
        for (let i = 0; i < this.quantities.length; i++) {
            const quantity = this.quantities[i]
            const isSaturated =
                quantity.readings > 1
                    ? await this.burst(i, quantity.readings)
                    : await this.single(i)
            quantity.evaluate(this.microvolts)
            this.values[i] = quantity.value
            this.qualities[i] = quantity.quality
            if (isGap(quantity.quality)) {
                this.errors++
                this.lastError = this.channels[i].name + ": " + quantity.reason
            } else if (isSaturated) this.qualities[i] = QUALITY_SATURATED
        }
    }

    /** One conversion at the best range. @returns whether it is at the end of the scale */
    private async single(i: number): Promise<boolean> {
        const isFixed = this.ranges[i] < 0
        let range = isFixed ? -1 - this.ranges[i] : this.ranges[i]
        let counts = await this.convert(i, range, ADS1115_128_SPS, ADS1115_128_SPS_MS)
        if (!isFixed) {
            if (isFull(counts) && range > 0) {
                range = 0
                counts = await this.convert(i, range, ADS1115_128_SPS, ADS1115_128_SPS_MS)
            }
            const best = ads1115RangeFor(ads1115Microvolts(counts, range))
            this.ranges[i] = best
            if (best > range) {
                const finer = await this.convert(i, best, ADS1115_128_SPS, ADS1115_128_SPS_MS)
                // It can have risen meanwhile: then the coarse reading counts.
                if (!isFull(finer)) {
                    counts = finer
                    range = best
                }
            }
        }
        this.microvolts[0] = ads1115Microvolts(counts, range)
        return isFull(counts)
    }

    /**
     * Many conversions at one range, which the part makes by itself meanwhile: one transfer
     * each. The first one is a single shot, which tells a part that does not convert.
     * @returns whether one was at the end of the scale
     */
    private async burst(i: number, count: number): Promise<boolean> {
        const range = this.ranges[i] < 0 ? -1 - this.ranges[i] : 0
        await this.convert(i, range, ADS1115_860_SPS, ADS1115_860_SPS_MS)
        const config = this.configOf(i, range, ADS1115_860_SPS)
        await this.writeWord(ADS1115_CONFIG, config - ADS1115_SINGLE_SHOT)
        await wait(ADS1115_860_SPS_MS)
        let isSaturated = false
        for (let n = 0; n < count; n++) {
            await sleep(ADS1115_860_SPS_MS)
            const counts = signed16(await this.readDrivenWord(ADS1115_CONVERSION))
            if (isFull(counts)) isSaturated = true
            this.microvolts[n] = ads1115Microvolts(counts, range)
        }
        await this.isDone(config - ADS1115_SINGLE_SHOT)
        await this.writeWord(ADS1115_CONFIG, config)
        return isSaturated
    }

    private async convert(i: number, range: number, rate: number, ms: number): Promise<number> {
        const config = this.configOf(i, range, rate)
        await this.writeWord(ADS1115_CONFIG, ADS1115_START | config)
        await wait(ms)
        for (let polls = 0; !(await this.isDone(config)); polls++) {
            if (polls >= ADS1115_POLLS)
                throw new SensorError(QUALITY_TIMEOUT, this.part + ": the conversion does not end")
            await wait(1)
        }
        const counts = signed16(await this.readDrivenWord(ADS1115_CONVERSION))
        // 0 is also what the register holds after a power loss, both what a bus reads as that
        // nobody drives.
        if (counts === 0 || counts === -1) await this.isDone(config)
        return counts
    }

    private configOf(i: number, range: number, rate: number): number {
        return (
            (this.mux[i] << ADS1115_MUX_SHIFT) |
            (range << ADS1115_PGA_SHIFT) |
            ADS1115_SINGLE_SHOT |
            rate |
            ADS1115_OURS |
            ADS1115_NO_COMPARATOR
        )
    }

    private async isDone(config: number): Promise<boolean> {
        const word = await this.readWord(ADS1115_CONFIG)
        if ((word & 0x7fff) !== config)
            throw new SensorError(QUALITY_NOT_READY, this.part + ": lost its configuration")
        return (word & ADS1115_START) !== 0
    }

    private async keeps(bits: number): Promise<boolean> {
        const config = bits | ADS1115_SINGLE_SHOT | ADS1115_NO_COMPARATOR
        await this.writeWord(ADS1115_CONFIG, config)
        return ((await this.readWord(ADS1115_CONFIG)) & 0x7fff) === config
    }
}

function isFull(counts: number): boolean {
    return counts >= ADS1115_FULL_SCALE || counts < 0 - ADS1115_FULL_SCALE
}

function muxOf(input: ADS1115Input): number {
    const mux = PINS.indexOf(input.pins)
    if (mux < 0) throw new RangeError("ADS1115: it has no inputs " + input.pins)
    return mux
}

/** @returns where the search for the best range starts, or −1 − the fixed one */
function rangeOf(input: ADS1115Input): number {
    if (input.fullScaleMillivolts === undefined) return 0
    const range = ADS1115_RANGES.indexOf(input.fullScaleMillivolts)
    if (range < 0)
        throw new RangeError(
            "ADS1115: fullScaleMillivolts is 6144, 4096, 2048, 1024, 512 or 256, got " +
                input.fullScaleMillivolts
        )
    return -1 - range
}

function voltageOf(input: ADS1115Input): Voltage {
    const scale = 10 * (input.fullScaleMillivolts ?? ADS1115_RANGES[0])
    if (muxOf(input) >= FIRST_SINGLE) return new Voltage(input.pins, ADS1115_LOWEST, scale)
    return new Voltage(input.pins.split("-").join("_"), 0 - scale, scale)
}
