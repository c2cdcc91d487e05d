/** Runs stock drivers of @devicescript/drivers, unmodified, on our simulated bus. */
import { compile } from "../../sim/program/compile.js"
import { type SimNode } from "../../sim/world/node.js"
import { World } from "../../sim/world/world.js"
import { type RegisterModel } from "../../src/drivers/register-model.js"

/**
 * A program that starts a stock driver. The stock factories take no bus and do nothing
 * in a simulator, so their shared bus is bridged, and they are told that this is a
 * board. Anything else is their own code.
 *
 * @param body DeviceScript source: imports first, then what starts and reads the driver
 */
export function stockProgram(body: string): string {
    const lines = body.split("\n")
    const isImport = (line: string) => line.startsWith("import ")
    return `import * as ds from "@devicescript/core"
import { i2c } from "@devicescript/i2c"
import { openBus } from "../src/station/bus.js"
${lines.filter(isImport).join("\n")}

function pretendBoard(): void {
    const bus = openBus()
    const shared = i2c as any
    shared.xfer = async (address: number, bytes: Buffer, count?: number) =>
        await bus.xfer(address, bytes, count)
    const core = ds as any
    core.isSimulator = () => false
}

pretendBoard()
${lines.filter(line => !isImport(line)).join("\n")}
`
}

/** Reads what most stock drivers serve: °C and %RH once a second. */
export function temperatureAndHumidity(factory: string): string {
    return stockProgram(`import { ${factory} } from "@devicescript/drivers"
const { temperature, humidity } = await ${factory}()
for (;;) {
    const celsius = await temperature.reading.read()
    const percent = await humidity.reading.read()
    console.log("READING " + celsius + " " + percent)
    await ds.sleep(1000)
}`)
}

/** Longest time to a reading, virtual ms. */
const READING_LIMIT_MS = 10_000

/** A program with a stock driver that prints "READING" and its figures. */
export interface Stock {
    readonly world: World
    readonly node: SimNode
    /** The next line of figures. @throws Error when none comes in time */
    next(): Promise<readonly number[]>
}

/** @param limitMs longest time to a reading, virtual ms */
export function startStock(
    name: string,
    source: string,
    model: RegisterModel,
    limitMs = READING_LIMIT_MS
): Stock {
    const world = new World({ allowPanics: true })
    const program = compile(`devs/stock-${name}.ts`, { source })
    const node = world.addNode({ program, sensors: [model] })
    const readings: number[][] = []
    node.onConsole = line => {
        const [kind, ...figures] = line.split(" ")
        if (kind === "READING") readings.push(figures.map(Number))
    }
    const next = async () => {
        const before = readings.length
        if (!(await world.runUntil(() => readings.length > before, limitMs)))
            throw new Error(`the stock driver gave no reading within ${limitMs} ms`)
        return readings[before]
    }
    return { world, node, next }
}

/** From now on, one bit of this byte of each answer is wrong on the wire. */
export function disturbByte(model: RegisterModel, index: number): void {
    const transfer = model.transfer.bind(model)
    model.transfer = (...request) => {
        const result = transfer(...request)
        return { ...result, data: result.data.map((byte, i) => (i === index ? byte ^ 0x40 : byte)) }
    }
}

/** Panic code of the runtime: an exception that nobody caught. */
export const UNHANDLED_EXCEPTION = 60005
