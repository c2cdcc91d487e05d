/**
 * Runs one or more drivers in the real VM against register models and gives
 * what they sampled. For tests and for `suitcase try`.
 */
import { EACH_MS } from "../time/wake-ups.js"
import { World } from "../world/world.js"
import { type SimNode } from "../world/node.js"
import { type Channel } from "../../src/core/channel.js"
import { type RegisterModel } from "../../src/drivers/shared/register-model.js"
import { type ServiceModel } from "../../src/drivers/shared/pins/service-model.js"
import { RigProgram } from "./rig-program.js"

/** What one driver gave at one sample. */
export interface RigSample {
    /** Its index in the program. */
    readonly driver: number
    /** End of the sample, µs since the start. */
    readonly at: number
    /** How long it took, ms. */
    readonly ms: number
    readonly values: readonly number[]
    readonly qualities: readonly number[]
    readonly errors: number
    /** As the driver has it; "" when the part has none. */
    readonly identity: string
    readonly lastError: string
}

export interface RigOptions {
    readonly program: RigProgram
    /** Which of the program's drivers run, by their index. */
    readonly running: readonly number[]
    readonly models: readonly RegisterModel[]
    /** Parts on pins; drivers find them in this order. */
    readonly pins?: readonly ServiceModel[]
    /** Time between samples, a multiple of 100 ms up to 100 min; default 1000. */
    readonly everyMs?: number
    readonly seed?: number
    readonly heapProbeMs?: number
    /** I2C clock, kHz; default 100. */
    readonly i2cKHz?: number
    /**
     * Given: transfers take no time and the VM looks at its clock each ms, so that times are whole
     * ms. True: waits of drivers take no ms longer than they ask for either, see rig-program.ts.
     */
    readonly hasExactWaits?: boolean
    /** Deviation of the node's clock, parts per million; default 0. */
    readonly clockPpm?: number
}

/** A channel as the driver declares it, with its prefix. */
export type RigChannel = Channel

/** So fast that transfers take no time. */
const NO_TIME_KHZ = 1_000_000

export class DriverRig {
    readonly world: World
    readonly node: SimNode
    /** Which of the program's drivers run, by their index. */
    readonly running: readonly number[]
    readonly samples: RigSample[] = []
    private lastLine = ""
    private readonly lines = new RigLines()
    /** Called at the end of each sample. */
    onSample: ((sample: RigSample) => void) | undefined

    constructor(options: RigOptions) {
        this.world = new World({ seed: options.seed ?? 1 })
        this.running = options.running
        const { program, running, everyMs, heapProbeMs, clockPpm, hasExactWaits } = options
        const i2cKHz = hasExactWaits === undefined ? options.i2cKHz : NO_TIME_KHZ
        this.node = this.world.addNode({
            program: program.program,
            sensors: options.models,
            ...(options.pins === undefined ? {} : { pins: options.pins }),
            deviceId: RigProgram.deviceId({
                drivers: running,
                everyMs: everyMs ?? 1000,
                ...(hasExactWaits === undefined ? {} : { hasExactWaits }),
            }),
            ...(hasExactWaits === undefined ? {} : { rhythm: EACH_MS }),
            ...(heapProbeMs === undefined ? {} : { heapProbeMs }),
            ...(i2cKHz === undefined ? {} : { i2cKHz }),
            ...(clockPpm === undefined ? {} : { clockPpm }),
        })
        this.node.onConsole = line => this.parse(line)
    }

    /** Channels by driver; known from its first sample on. */
    get channels(): readonly RigChannel[][] {
        return this.lines.channels
    }

    /** Runs for N ms. @returns the samples taken in that time */
    async run(ms: number): Promise<readonly RigSample[]> {
        const before = this.samples.length
        await this.world.run(ms)
        return this.samples.slice(before)
    }

    /** Runs until there are `count` further samples. */
    async take(count: number, limitMs = 600_000): Promise<readonly RigSample[]> {
        const before = this.samples.length
        const done = await this.world.runUntil(() => this.samples.length >= before + count, limitMs)
        if (!done) throw new Error(this.whyNoSample(count, this.samples.length - before, limitMs))
        return this.samples.slice(before)
    }

    private whyNoSample(wanted: number, got: number, limitMs: number): string {
        const { panics, bus } = this.node
        const why =
            panics.length > 0
                ? `its program panicked (${panics.join(", ")}), last with "${this.lastLine}"`
                : `a sample does not end: does it wait for something without a bound?`
        return `${got} of ${wanted} samples within ${limitMs / 1000} s and ${bus.transfers} transfers: ${why}`
    }

    private parse(line: string): void {
        this.lastLine = line
        const sample = this.lines.read(line, this.world.clock.now)
        if (sample === undefined) return
        this.samples.push(sample)
        this.onSample?.(sample)
    }
}

/** Reads what a rig's program prints, wherever it runs. */
export class RigLines {
    /** By driver; known from its first sample on. */
    readonly channels: RigChannel[][] = []

    /** @param at when it came, µs since the start @returns undefined when it is no sample */
    read(line: string, at: number): RigSample | undefined {
        const [kind, driver, ...rest] = line.split(" ")
        if (kind === "CHANNEL") (this.channels[Number(driver)] ??= []).push(channelOf(rest))
        if (kind !== "SAMPLE") return undefined
        const [ms, values, qualities, errors, ...words] = rest
        const [identity = "", lastError = ""] = words.join(" ").split("|")
        return {
            driver: Number(driver),
            at,
            ms: Number(ms),
            values: values.split(",").map(Number),
            qualities: qualities.split(",").map(Number),
            errors: Number(errors),
            identity,
            lastError,
        }
    }
}

function channelOf([name, quantity, unit, unitCode, ...numbers]: readonly string[]): RigChannel {
    const [scaleNumerator, scaleDenominator, min, max] = numbers.map(Number)
    return { name, quantity, unit, unitCode, scaleNumerator, scaleDenominator, min, max }
}
