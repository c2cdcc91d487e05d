/** Programs with an SGP40 or SGP41 beside an SHT4x: what the tests of the gas drivers share. */
import { compile } from "../../sim/program/compile.js"
import { type SimNode } from "../../sim/world/node.js"
import { World } from "../../sim/world/world.js"
import { type RegisterModel } from "../../src/drivers/register-model.js"

/** One line "SAMPLE values qualities errors|identity|lastError" of a program. */
export interface GasSample {
    readonly at: number
    readonly values: readonly number[]
    readonly qualities: readonly number[]
    readonly errors: number
    readonly identity: string
    readonly lastError: string
}

export interface GasBench {
    readonly world: World
    readonly node: SimNode
    readonly samples: GasSample[]
    /** What {@link PRELUDE}'s `say` printed. */
    readonly lines: string[]
}

const PRELUDE = `import * as ds from "@devicescript/core"
import { openBus } from "../src/station/bus.js"
import { SensorDriver } from "../src/drivers/driver.js"
import { SHT4x } from "../src/drivers/sht4x/driver.js"
import { SGP40 } from "../src/drivers/sgp40/driver.js"
import { SGP41 } from "../src/drivers/sgp41/driver.js"
import { GasIndexDriver } from "../src/drivers/gas-index/driver.js"
import { GasIndex } from "../src/drivers/gas-index/gas-index.js"
import { SGP4xSelfTest } from "../src/drivers/sgp4x/self-test.js"

const bus = openBus()
function list(values: number[]): string {
    let text = ""
    for (let i = 0; i < values.length; i++) text = text + (i > 0 ? "," : "") + values[i]
    return text
}
function say(text: string): void {
    console.log("SAY " + text)
}
async function take(sensor: SensorDriver): Promise<void> {
    await sensor.sample()
    const line = "SAMPLE " + list(sensor.values) + " " + list(sensor.qualities) + " " + sensor.errors
    console.log(line + "|" + sensor.identity + "|" + sensor.lastError)
}
`

/** @param body runs after the imports and \`bus\`; \`take(sensor)\` samples and prints, \`say(text)\` prints */
export function gasBench(body: string, models: readonly RegisterModel[]): GasBench {
    const world = new World()
    const program = compile("devs/gas-bench.ts", { source: PRELUDE + body })
    const node = world.addNode({ program, sensors: models })
    const bench: GasBench = { world, node, samples: [], lines: [] }
    node.onConsole = line => {
        if (line.startsWith("SAY ")) bench.lines.push(line.slice(4))
        if (!line.startsWith("SAMPLE ")) return
        const [numbers, identity, lastError] = line.slice(7).split("|")
        const [values, qualities, errors] = numbers.split(" ")
        bench.samples.push({
            at: world.clock.now,
            values: values.split(",").map(Number),
            qualities: qualities.split(",").map(Number),
            errors: Number(errors),
            identity,
            lastError,
        })
    }
    return bench
}

/** Runs until there are so many samples in all. */
export async function untilSamples(bench: GasBench, count: number): Promise<void> {
    const done = await bench.world.runUntil(() => bench.samples.length >= count, 7_200_000)
    if (!done) throw new Error(`only ${bench.samples.length} of ${count} samples`)
}
