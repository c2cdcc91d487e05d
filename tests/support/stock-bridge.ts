/** Runs stock drivers of @devicescript/drivers, unmodified, on our simulated bus. */
import { expect } from "vitest"
import { DriverRig } from "../../sim/parts/driver-rig.js"
import { RigProgram } from "../../sim/parts/rig-program.js"
import { type SimNode } from "../../sim/world/node.js"
import { World } from "../../sim/world/world.js"
import { type RegisterModel } from "../../src/drivers/shared/register-model.js"

/**
 * All stock drivers of these tests, each a script, and ours to compare with. The stock
 * factories take no bus and do nothing in a simulator, so their shared bus is bridged,
 * and they are told that this is a board. Anything else is their own code.
 */
const program = new RigProgram({
    imports: `import { i2c } from "@devicescript/i2c"`,
    declarations: `
function pretendBoard(): void {
    const shared = i2c as any
    shared.xfer = async (address: number, bytes: Buffer, count?: number) =>
        await bus.xfer(address, bytes, count)
    const core = ds as any
    core.isSimulator = () => false
}`,
})

/** @param body starts the driver and prints "READING" with its figures, again and again */
function stock(factory: string, body: string): number {
    return program.script({
        imports: `import { ${factory} } from "@devicescript/drivers"`,
        body: `pretendBoard()\n${body}`,
    })
}

/** Reads what most stock drivers serve: °C and %RH once a second. */
function temperatureAndHumidity(factory: string): number {
    return stock(
        factory,
        `
    const { temperature, humidity } = await ${factory}()
    for (;;) {
        const celsius = await temperature.reading.read()
        const percent = await humidity.reading.read()
        console.log("READING " + celsius + " " + percent)
        await ds.sleep(1000)
    }`
    )
}

export const STOCK_SHT30 = temperatureAndHumidity("startSHT30")
export const STOCK_SHTC3 = temperatureAndHumidity("startSHTC3")
export const STOCK_AHT20 = temperatureAndHumidity("startAHT20")
/** °C, %RH, hPa, Ω */
export const STOCK_BME680 = stock(
    "startBME680",
    `
    const { temperature, humidity, pressure, airQualityIndex } = await startBME680()
    for (;;) {
        const celsius = await temperature.reading.read()
        const percent = await humidity.reading.read()
        const hectopascal = await pressure.reading.read()
        const gas = await airQualityIndex.reading.read()
        console.log("READING " + celsius + " " + percent + " " + hectopascal + " " + gas)
        await ds.sleep(1000)
    }`
)
/** lx, UV index */
export const STOCK_LTR390 = stock(
    "startLTR390",
    `
    const { illuminance, uvIndex } = await startLTR390()
    for (;;) {
        await ds.sleep(1000)
        console.log("READING " + (await illuminance.reading.read()) + " " + (await uvIndex.reading.read()))
    }`
)

const OURS = {
    sht4x: program.driver({ folder: "sht4x", className: "SHT4x" }),
    aht20: program.driver({ folder: "aht20", className: "AHT20" }),
}

/** Our own driver of a part, to compare with. */
export function ourRig(driver: keyof typeof OURS, model: RegisterModel): DriverRig {
    return new DriverRig({ program, running: [OURS[driver]], models: [model] })
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
    script: number,
    model: RegisterModel,
    limitMs = READING_LIMIT_MS
): Stock {
    const world = new World({ allowPanics: true })
    const node = world.addNode({
        program: program.program,
        deviceId: RigProgram.deviceId({ script }),
        sensors: [model],
    })
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

/**
 * Holds a stock driver of temperature and humidity against a model at each of these points.
 *
 * @param points °C and %RH, fed one after the other
 * @param tolerance of both, °C and %RH
 */
export async function expectClimate(
    script: number,
    model: RegisterModel,
    points: readonly (readonly [celsius: number, percent: number])[],
    tolerance: number,
    limitMs = READING_LIMIT_MS
): Promise<Stock> {
    let [celsius, percent] = points[0]
    model.feed("temperature", () => celsius).feed("humidity", () => percent)
    const stock = startStock(script, model, limitMs)
    for ([celsius, percent] of points) {
        const reading = await stock.next()
        expect(Math.abs(reading[0] - celsius), `${celsius} °C`).toBeLessThan(tolerance)
        expect(Math.abs(reading[1] - percent), `${percent} %RH`).toBeLessThan(tolerance)
    }
    return stock
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
