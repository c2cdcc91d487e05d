/**
 * Runs one or more drivers in the real VM against register models and gives
 * what they sampled. For tests and for `suitcase try`.
 */
import { compile } from "../program/compile.js"
import { World } from "../world/world.js"
import { type SimNode } from "../world/node.js"
import { type Channel } from "../../src/core/channel.js"
import { type RegisterModel } from "../../src/drivers/register-model.js"
import { type ServiceModel } from "../../src/drivers/pins/service-model.js"

/** A driver under test. */
export interface RigDriver {
    /** Folder under src/drivers: "sht4x". */
    readonly folder: string
    /** Exported class: "SHT4x". */
    readonly className: string
    /** Class of the service that it asks: "RotaryEncoder"; default: it is on the I2C bus. */
    readonly role?: string
    /** Options as DeviceScript source: "{ address: 0x45 }". */
    readonly options?: string
    /** Import statements that the options need, as seen from the folder devs. */
    readonly imports?: string
    /** Readings become gaps when none has changed for so many samples; default never. */
    readonly frozenAfter?: number
}

/** What one driver gave at one sample. */
export interface RigSample {
    /** Index into the list of drivers. */
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
    readonly drivers: readonly RigDriver[]
    /**
     * Which of the drivers run, by their index; default all. Rigs that differ in
     * nothing else share one compiled program.
     */
    readonly running?: readonly number[]
    readonly models: readonly RegisterModel[]
    /** Parts on pins; drivers find them in this order. */
    readonly pins?: readonly ServiceModel[]
    /** Time between samples, a multiple of 100 ms up to 100 min; default 1000. */
    readonly everyMs?: number
    readonly seed?: number
    readonly heapProbeMs?: number
    /** I2C clock, kHz; default 100. */
    readonly i2cKHz?: number
    /** Deviation of the node's clock, parts per million; default 0. */
    readonly clockPpm?: number
}

/** A channel as the driver declares it, with its prefix. */
export type RigChannel = Channel

export class DriverRig {
    readonly world: World
    readonly node: SimNode
    readonly samples: RigSample[] = []
    /** Called at the end of each sample. */
    onSample: ((sample: RigSample) => void) | undefined
    /** Channels by driver; known from its first sample on. */
    readonly channels: RigChannel[][] = []

    constructor(options: RigOptions) {
        this.world = new World({ seed: options.seed ?? 1 })
        const source = rigSource(options)
        const { heapProbeMs, i2cKHz, clockPpm } = options
        this.node = this.world.addNode({
            program: compile("devs/driver-rig.ts", { source }),
            sensors: options.models,
            ...(options.pins === undefined ? {} : { pins: options.pins }),
            deviceId: planId(options),
            ...(heapProbeMs === undefined ? {} : { heapProbeMs }),
            ...(i2cKHz === undefined ? {} : { i2cKHz }),
            ...(clockPpm === undefined ? {} : { clockPpm }),
        })
        this.node.onConsole = line => this.parse(line)
    }

    /** Runs for so many ms. @returns the samples taken in that time */
    async run(ms: number): Promise<readonly RigSample[]> {
        const before = this.samples.length
        await this.world.run(ms)
        return this.samples.slice(before)
    }

    /** Runs until there are `count` further samples. */
    async take(count: number, limitMs = 600_000): Promise<readonly RigSample[]> {
        const before = this.samples.length
        const done = await this.world.runUntil(() => this.samples.length >= before + count, limitMs)
        if (!done)
            throw new Error(
                `only ${this.samples.length - before} of ${count} samples within ${limitMs} ms`
            )
        return this.samples.slice(before)
    }

    private parse(line: string): void {
        const [kind, driver, ...rest] = line.split(" ")
        if (kind === "CHANNEL") (this.channels[Number(driver)] ??= []).push(channelOf(rest))
        if (kind !== "SAMPLE") return
        const [ms, values, qualities, errors, ...words] = rest
        const [identity, lastError] = words.join(" ").split("|")
        const sample = {
            driver: Number(driver),
            at: this.world.clock.now,
            ms: Number(ms),
            values: values.split(",").map(Number),
            qualities: qualities.split(",").map(Number),
            errors: Number(errors),
            identity,
            lastError,
        }
        this.samples.push(sample)
        this.onSample?.(sample)
    }
}

function channelOf([name, quantity, unit, unitCode, ...numbers]: readonly string[]): RigChannel {
    const [scaleNumerator, scaleDenominator, min, max] = numbers.map(Number)
    return { name, quantity, unit, unitCode, scaleNumerator, scaleDenominator, min, max }
}

/**
 * The plan of a run travels in the node's device id, which the program can read:
 * 8 digits that stay the same, 4 of drivers that run (one bit each), 4 of the time
 * between samples in 100 ms.
 */
function planId(options: RigOptions): string {
    const running = options.running ?? options.drivers.map((_, i) => i)
    const mask = running.reduce((bits, i) => bits | (1 << i), 0)
    const every = Math.round((options.everyMs ?? 1000) / 100)
    if (every < 1 || every > 0xffff || options.drivers.length > 16)
        throw new RangeError("a rig has at most 16 drivers and samples every 0.1 to 6,553 s")
    return `5d524947${hex4(mask)}${hex4(every)}`
}

function hex4(value: number): string {
    return value.toString(16).padStart(4, "0")
}

function rigSource(options: RigOptions): string {
    const imports = [...new Set(options.drivers.map(d => `${d.className} ${d.folder}`))].map(
        key => {
            const [className, folder] = key.split(" ")
            return `import { ${className} } from "../src/drivers/${folder}/driver.js"`
        }
    )
    for (const { imports: further } of options.drivers)
        if (further !== undefined) imports.push(further)
    const built = options.drivers.map((d, i) => {
        const on = d.role === undefined ? "bus" : `new ds.${d.role}("driver${i}")`
        const made = `new ${d.className}(${on}, ${d.options ?? "undefined"})`
        return `() => ${d.frozenAfter === undefined ? made : `noticeFrozen(${made}, ${d.frozenAfter})`}`
    })
    return `import * as ds from "@devicescript/core"
import { openBus } from "../src/station/bus.js"
import { Channel } from "../src/core/channel.js"
import { SensorDriver } from "../src/drivers/driver.js"
${options.drivers.some(d => d.frozenAfter !== undefined) ? 'import { noticeFrozen } from "../src/drivers/frozen.js"' : ""}
${imports.join("\n")}

const bus = openBus()
const makers: (() => SensorDriver)[] = [${built.join(", ")}]
const plan = Buffer.from(ds.deviceIdentifier("self"), "hex")
const running = (plan[4] << 8) | plan[5]
const everyMs = ((plan[6] << 8) | plan[7]) * 100
const numbers: number[] = []
const drivers: SensorDriver[] = []
function list(values: number[]): string {
    let text = ""
    for (let i = 0; i < values.length; i++) text = text + (i > 0 ? "," : "") + values[i]
    return text
}

function declare(number: number, c: Channel): void {
    let line = "CHANNEL " + number + " " + c.name + " " + c.quantity + " " + c.unit + " " + c.unitCode
    line = line + " " + c.scaleNumerator + " " + c.scaleDenominator
    console.log(line + " " + c.min + " " + c.max)
}

for (let i = 0; i < makers.length; i++)
    if ((running & (1 << i)) !== 0) {
        const make = makers[i]
        numbers.push(i)
        drivers.push(make())
    }
for (let i = 0; i < drivers.length; i++) {
    for (const channel of drivers[i].channels) declare(numbers[i], channel)
    await drivers[i].init()
}
for (;;) {
    const start = ds.millis()
    for (let i = 0; i < drivers.length; i++) {
        const d = drivers[i]
        const began = ds.millis()
        await d.sample()
        await ds.sleep(1)
        let line = "SAMPLE " + numbers[i] + " " + (ds.millis() - began) + " " + list(d.values) + " "
        line = line + list(d.qualities) + " " + d.errors
        console.log(line + " " + d.identity + "|" + d.lastError)
    }
    const left = everyMs - (ds.millis() - start)
    await ds.sleep(left > 0 ? left : 0)
}
`
}
