/** Programs with an SGP40 or SGP41 beside an SHT4x: what the tests of the gas drivers share. */
import { RigProgram } from "../../sim/parts/rig-program.js"
import { type SimNode } from "../../sim/world/node.js"
import { type World } from "../../sim/world/world.js"
import { type RegisterModel } from "../../src/drivers/shared/register-model.js"
import { scriptNode } from "./driver-program.js"

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
    /** What `say` printed. */
    readonly lines: string[]
}

const IMPORTS = `
import { SensorDriver } from "../src/drivers/shared/driver.js"
import { SHT4x } from "../src/drivers/sht4x/driver.js"
import { SGP40 } from "../src/drivers/sgp40/driver.js"
import { SGP41 } from "../src/drivers/sgp41/driver.js"
import { GasIndexDriver } from "../src/drivers/shared/gas-index/driver.js"
import { GasIndex } from "../src/drivers/shared/gas-index/gas-index.js"
import { SGP4xSelfTest } from "../src/drivers/sgp4x/self-test.js"
`
const HELPERS = `
function gasNumbers(values: number[]): string {
    let text = ""
    for (let i = 0; i < values.length; i++) text = text + (i > 0 ? "," : "") + values[i]
    return text
}
function say(text: string): void {
    console.log("SAY " + text)
}
async function take(sensor: SensorDriver): Promise<void> {
    await sensor.sample()
    const numbers = gasNumbers(sensor.values) + " " + gasNumbers(sensor.qualities)
    console.log("SAMPLE " + numbers + " " + sensor.errors + "|" + sensor.identity + "|" + sensor.lastError)
}
`

/** One program for all gas benches of a test file. */
export class GasProgram extends RigProgram {
    constructor() {
        super({ imports: IMPORTS, declarations: HELPERS })
    }

    /**
     * @param body has all gas drivers, the SHT4x and `bus`; `take(sensor)` samples and prints,
     * `say(text)` prints
     * @returns its index, for {@link gasBench}
     */
    gas(body: string): number {
        return this.script({ body })
    }
}

export function gasBench(
    program: GasProgram,
    script: number,
    models: readonly RegisterModel[]
): GasBench {
    const { world, node } = scriptNode(program, script, models)
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

/** Runs until there are N samples in all. */
export async function untilSamples(bench: GasBench, count: number): Promise<void> {
    const done = await bench.world.runUntil(() => bench.samples.length >= count, 7_200_000)
    if (!done) throw new Error(`only ${bench.samples.length} of ${count} samples`)
}
