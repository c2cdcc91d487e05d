/**
 * Runs one or more drivers in the real VM against register models and gives
 * what they sampled. For tests and for `suitcase try`.
 */
import { compile } from "../program/compile.js"
import { World } from "../world/world.js"
import { type SimNode } from "../world/node.js"
import { type RegisterModel } from "../../src/drivers/register-model.js"

/** A driver under test. */
export interface RigDriver {
    /** Folder under src/drivers: "sht4x". */
    readonly folder: string
    /** Exported class: "SHT4x". */
    readonly className: string
    /** Options as DeviceScript source: "{ address: 0x45 }". */
    readonly options?: string
}

/** What one driver gave at one sample. */
export interface RigSample {
    /** Index into the list of drivers. */
    readonly driver: number
    /** µs since the start. */
    readonly at: number
    readonly values: readonly number[]
    readonly qualities: readonly number[]
    readonly errors: number
    readonly lastError: string
}

export interface RigOptions {
    readonly drivers: readonly RigDriver[]
    readonly models: readonly RegisterModel[]
    /** Time between samples, ms; default 1000. */
    readonly everyMs?: number
    readonly seed?: number
    readonly heapProbeMs?: number
}

export class DriverRig {
    readonly world: World
    readonly node: SimNode
    readonly samples: RigSample[] = []
    /** Names of each driver's channels; known from its first sample on. */
    readonly channelNames: string[][] = []

    constructor(options: RigOptions) {
        this.world = new World({ seed: options.seed ?? 1 })
        const source = rigSource(options)
        this.node = this.world.addNode({
            program: compile("devs/driver-rig.ts", { source }),
            sensors: options.models,
            ...(options.heapProbeMs === undefined ? {} : { heapProbeMs: options.heapProbeMs }),
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
        const declared = /^CHANNELS (\S+)$/.exec(line)
        if (declared !== null) this.channelNames.push(declared[1].split(","))
        const match = /^SAMPLE (\d+) (\S+) (\S+) (\d+) ?(.*)$/.exec(line)
        if (match === null) return
        const [, driver, values, qualities, errors, lastError] = match as unknown as string[]
        this.samples.push({
            driver: Number(driver),
            at: this.world.clock.now,
            values: values.split(",").map(Number),
            qualities: qualities.split(",").map(Number),
            errors: Number(errors),
            lastError,
        })
    }
}

function rigSource(options: RigOptions): string {
    const imports = [...new Set(options.drivers.map(d => `${d.className} ${d.folder}`))].map(
        key => {
            const [className, folder] = key.split(" ")
            return `import { ${className} } from "../src/drivers/${folder}/driver.js"`
        }
    )
    const built = options.drivers.map(d => `new ${d.className}(bus, ${d.options ?? "undefined"})`)
    return `import * as ds from "@devicescript/core"
import { openBus } from "../src/station/bus.js"
import { SensorDriver } from "../src/drivers/driver.js"
${imports.join("\n")}

const bus = openBus()
const drivers: SensorDriver[] = [${built.join(", ")}]

function list(numbers: number[]): string {
    let text = ""
    for (let i = 0; i < numbers.length; i++) text = text + (i > 0 ? "," : "") + numbers[i]
    return text
}

for (const driver of drivers) {
    let names = ""
    for (const channel of driver.channels) names = names + (names === "" ? "" : ",") + channel.name
    console.log("CHANNELS " + names)
    await driver.init()
}
for (;;) {
    const start = ds.millis()
    for (let i = 0; i < drivers.length; i++) {
        const d = drivers[i]
        await d.sample()
        console.log("SAMPLE " + i + " " + list(d.values) + " " + list(d.qualities) + " " + d.errors + " " + d.lastError)
    }
    const left = ${options.everyMs ?? 1000} - (ds.millis() - start)
    await ds.sleep(left > 0 ? left : 0)
}
`
}
