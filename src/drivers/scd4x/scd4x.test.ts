import { describe, expect, it } from "vitest"
import { compile } from "../../../sim/program/compile.js"
import {
    brownOutAfterEachTransfer,
    flipEachWord,
    nackEachTransfer,
    type Bench,
} from "../../../sim/rig/driver-checks.js"
import { DriverRig, type RigSample } from "../../../sim/rig/driver-rig.js"
import { OtherPart } from "../../../sim/rig/other-part.js"
import { sweepHere, sweepInVm } from "../../../sim/rig/sweep.js"
import { seconds } from "../../../sim/world/duration.js"
import { World } from "../../../sim/world/world.js"
import {
    QUALITY_ABSENT,
    QUALITY_CRC,
    QUALITY_NOT_READY,
    QUALITY_OK,
    QUALITY_OUT_OF_RANGE,
    QUALITY_STALE,
    QUALITY_TIMEOUT,
    QUALITY_WRONG_PART,
    isGap,
} from "../../core/quality.js"
import { type HandedOut, type RegisterModel } from "../register-model.js"
import { SHT4xModel } from "../sht4x/model.js"
import { scd4xHumidity, scd4xOffsetWord, scd4xTemperature } from "./conversion.js"
import { SCD4xModel } from "./model.js"

/** Longer than the part's interval, so that there is something new at each sample. */
const EVERY_MS = 6000

function rigOf(models: RegisterModel[], options?: string, everyMs = EVERY_MS): DriverRig {
    const driver = { folder: "scd4x", className: "SCD4x" }
    return new DriverRig({
        drivers: [options === undefined ? driver : { ...driver, options }],
        models,
        everyMs,
    })
}

function roomModel(): SCD4xModel {
    return new SCD4xModel().feed("co2", 812).feed("temperature", -3.21).feed("humidity", 44.4)
}

/** Nothing has happened on its bus yet. */
function coldBench(): Promise<Bench> {
    const model = roomModel()
    return Promise.resolve({ rig: rigOf([model]), model })
}

async function warmBench(): Promise<Bench> {
    const model = roomModel()
    const rig = rigOf([model])
    await rig.take(3)
    return { rig, model }
}

function all(quality: number): number[] {
    return [quality, quality, quality]
}

function isRoom({ values, qualities }: RigSample): boolean {
    const [co2, temperature, humidity] = values
    return (
        qualities.every(quality => quality === QUALITY_OK) &&
        co2 === 812 &&
        Math.abs(temperature + 321) <= 1 &&
        humidity === 4440
    )
}

function isAllGaps({ qualities }: RigSample): boolean {
    return qualities.every(isGap)
}

describe("SCD4x conversion", () => {
    it("follows the datasheet's formulas to half a unit for all 65,536 words", () => {
        for (let word = 0; word <= 65535; word++) {
            const celsius = -45 + (175 * word) / 65535
            if (Math.abs(scd4xTemperature(word) - 100 * celsius) > 0.5 + 1e-9)
                expect.fail(`${word}: ${scd4xTemperature(word)} instead of ${celsius} °C`)
            const percent = (100 * word) / 65535
            if (Math.abs(scd4xHumidity(word) - 100 * percent) > 0.5 + 1e-9)
                expect.fail(`${word}: ${scd4xHumidity(word)} instead of ${percent} %RH`)
        }
    })

    it("gives the datasheet's examples", () => {
        expect(scd4xTemperature(0x6667)).toBe(2500)
        expect(scd4xHumidity(0x5eb9)).toBe(3700)
        expect(scd4xOffsetWord(540)).toBe(0x07e6)
        expect(scd4xOffsetWord(620)).toBe(0x0912)
    })

    it("is the same on the board's arithmetic as in Node", async () => {
        const names = ["scd4xTemperature", "scd4xHumidity", "scd4xOffsetWord"]
        expect(await sweepInVm("src/drivers/scd4x/conversion", names)).toEqual(
            [scd4xTemperature, scd4xHumidity, scd4xOffsetWord].map(sweepHere)
        )
    })
})

describe("SCD4x", () => {
    it("reads the whole range and every sign change, without an illegal access", async () => {
        const inputs = { co2: 0, temperature: 0, humidity: 0 }
        const handedOut: HandedOut[] = []
        const model = new SCD4xModel()
            .feed("co2", () => inputs.co2)
            .feed("temperature", () => inputs.temperature)
            .feed("humidity", () => inputs.humidity)
        model.onHandedOut = reading => handedOut.push(reading)
        const rig = rigOf([model])
        await rig.take(1)
        for (const [co2, temperature, humidity] of [
            [1, -10, 0],
            [400, -0.02, 0.01],
            [419, -0.01, 33.33],
            [420, 0, 50],
            [2000, 0.01, 66.67],
            [5000, 0.02, 99.99],
            [40_000, 60, 100],
        ]) {
            Object.assign(inputs, { co2, temperature, humidity })
            const [{ values, qualities }] = await rig.take(1)
            expect(qualities, `at ${temperature} °C`).toEqual(all(QUALITY_OK))
            expect(values[0]).toBe(co2)
            expect(Math.abs(values[1] - 100 * temperature)).toBeLessThan(0.85)
            expect(Math.abs(values[2] - 100 * humidity)).toBeLessThan(0.75)
            expect(handedOut.slice(-3).map(({ channel, value }) => [channel, value])).toEqual([
                ["co2", co2],
                ["temperature", temperature],
                ["humidity", humidity],
            ])
        }
        expect(model.illegalAccesses).toEqual([])
    })

    it("has something new at each sample of a station that samples once a minute", async () => {
        const model = new SCD4xModel().feed("co2", unixMs => Math.floor(unixMs / 1000) % 10_000)
        const rig = rigOf([model], undefined, seconds(60))
        const [first, ...later] = await rig.take(10)
        expect(first.qualities[0]).toBe(QUALITY_NOT_READY)
        for (const { qualities, values, at } of later) {
            expect(qualities[0]).toBe(QUALITY_OK)
            // The signal counts seconds: the measurement tells when it was made.
            const now = (rig.world.clock.epochMs + at / 1000) / 1000
            expect((now - values[0]) % 10_000).toBeLessThan(5.1)
        }
        expect(model.illegalAccesses).toEqual([])
    })

    it("is not ready for the first 5 s, then stale between measurements, and never repeats one", async () => {
        let reads = 0
        const model = new SCD4xModel().feed("co2", () => 500 + reads)
        model.onHandedOut = () => reads++
        const rig = rigOf([model], '{ only: "co2" }', 1000)
        const samples = await rig.take(25)
        const qualities = samples.map(sample => sample.qualities[0])
        const start = qualities.indexOf(QUALITY_OK)
        expect(samples[start].at).toBeGreaterThan(6_500_000)
        expect(qualities.slice(0, start)).toEqual(new Array(start).fill(QUALITY_NOT_READY))
        const rest = qualities.slice(start)
        expect(new Set(rest)).toEqual(new Set([QUALITY_OK, QUALITY_STALE]))
        expect(rest.filter(quality => quality === QUALITY_OK).length).toBe(
            Math.ceil(rest.length / 5)
        )
        const values = samples.filter(s => s.qualities[0] === QUALITY_OK).map(s => s.values[0])
        expect(new Set(values).size).toBe(values.length)
        expect(model.illegalAccesses).toEqual([])
    })

    it("takes the part's 0 ppm, its mark of an invalid measurement, as a gap of CO2 only", async () => {
        const model = roomModel().feed("co2", 0)
        const rig = rigOf([model])
        const [, sample] = await rig.take(2)
        expect(sample.qualities).toEqual([QUALITY_OUT_OF_RANGE, QUALITY_OK, QUALITY_OK])
    })

    it("gives a gap where the air is colder or warmer than the part measures", async () => {
        const rig = rigOf([roomModel().feed("temperature", -10.2)])
        const [, cold] = await rig.take(2)
        expect(cold.qualities).toEqual([QUALITY_OK, QUALITY_OUT_OF_RANGE, QUALITY_OK])
    })

    it("stops a part that was still measuring before it sets it up", async () => {
        const model = roomModel()
        const rig = rigOf([model])
        const start = rig.world.clock.wallMs
        model.brownOut(start - 10_000)
        model.transfer(Uint8Array.of(0x21, 0xb1), 0, start - 8000)
        const [first, second] = await rig.take(2)
        // Not the measurement from before the reset: nobody knows how old it is.
        expect(first.qualities).toEqual(all(QUALITY_NOT_READY))
        expect(isRoom(second)).toBe(true)
        expect(model.illegalAccesses).toEqual([])
    })

    it("writes its settings, also after the part lost its power", async () => {
        const model = roomModel()
        const rig = rigOf(
            [model],
            "{ altitude: 155, temperatureOffset: 540, selfCalibration: false }"
        )
        const written = [
            ["temperature_offset", 0x07e6],
            ["sensor_altitude", 155],
            ["ambient_pressure", 0],
            ["automatic_self_calibration_enabled", 0],
        ]
        const [, sample] = await rig.take(2)
        expect([...model.settings]).toEqual(written)
        // The offset is subtracted: 1.40 °C more than the default.
        expect(Math.abs(sample.values[1] - (-321 - 140))).toBeLessThanOrEqual(1)
        model.brownOut(rig.world.clock.wallMs)
        expect([...model.settings]).not.toEqual(written)
        await rig.take(4)
        expect([...model.settings]).toEqual(written)
        expect(model.illegalAccesses).toEqual([])
    })

    it("leaves the part's own settings alone where none are given", async () => {
        const model = roomModel()
        const rig = rigOf([model])
        const writes: string[] = []
        rig.node.bus.onTransfer = ({ write }) => writes.push(Buffer.from(write).toString("hex"))
        await rig.take(2)
        expect(new Set(writes)).toEqual(new Set(["", "3f86", "3682", "21b1", "e4b8", "ec05"]))
    })
})

describe("SCD4x with faults", () => {
    it("loses one sample when any one transfer is not acknowledged, and goes on measuring", async () => {
        const outcomes = await nackEachTransfer(warmBench, 1)
        expect(outcomes).toHaveLength(4)
        for (const { at, faulty, after, panics } of outcomes) {
            expect(faulty.qualities, `transfer ${at}`).toEqual(all(QUALITY_ABSENT))
            expect(faulty.errors).toBe(1)
            expect(isRoom(after[0]), `after transfer ${at}`).toBe(true)
            expect(panics).toBe(0)
        }
    })

    it("starts up whichever one transfer or check value fails meanwhile", async () => {
        const unanswered = await nackEachTransfer(coldBench, 3)
        const flipped = await flipEachWord(coldBench, 3)
        expect([unanswered.length, flipped.length]).toEqual([6, 4])
        for (const { at, faulty, after, panics } of [...unanswered, ...flipped]) {
            expect(isAllGaps(faulty), `transfer or word ${at}`).toBe(true)
            for (const sample of after) expect(isRoom(sample) || isAllGaps(sample)).toBe(true)
            expect(isRoom(after[2]), `after transfer or word ${at}`).toBe(true)
            expect(panics).toBe(0)
        }
    })

    it("turns a wrong check value of any word into a gap, once", async () => {
        const outcomes = await flipEachWord(warmBench, 1)
        expect(outcomes).toHaveLength(4)
        for (const { at, faulty, after } of outcomes) {
            expect(faulty.qualities, `word ${at}`).toEqual(all(QUALITY_CRC))
            expect(isRoom(after[0]), `after word ${at}`).toBe(true)
        }
    })

    it("finds out that the part lost its power, and starts it again", async () => {
        const outcomes = await brownOutAfterEachTransfer(warmBench, 3)
        expect(outcomes).toHaveLength(4)
        for (const { at, faulty, after, panics } of outcomes) {
            for (const sample of [faulty, ...after])
                expect(isRoom(sample) || isAllGaps(sample), `transfer ${at}`).toBe(true)
            expect(isRoom(after[2]), `transfer ${at}`).toBe(true)
            expect(panics).toBe(0)
        }
    })

    it("costs a station that samples once a minute one sample when the supply breaks in", async () => {
        const model = roomModel()
        const rig = rigOf([model], undefined, seconds(60))
        await rig.take(2)
        model.brownOut(rig.world.clock.wallMs)
        const [lost, next] = await rig.take(2)
        expect(lost.qualities).toEqual(all(QUALITY_TIMEOUT))
        expect(isRoom(next)).toBe(true)
    })

    it("times out, sample after sample, while the part measures nothing, and recovers", async () => {
        const { rig, model } = await warmBench()
        model.faults.stuckBusy = true
        const [first, ...rest] = await rig.take(5)
        expect(first.qualities).toEqual(all(QUALITY_STALE))
        for (const sample of rest) expect(sample.qualities).toEqual(all(QUALITY_TIMEOUT))
        // Starting it again takes half a second of each sample, no more.
        expect(rest[3].at - rest[0].at).toBeLessThan(3 * 6_000_000 + 700_000)
        model.faults.stuckBusy = false
        const samples = await rig.take(3)
        expect(isRoom(samples[2])).toBe(true)
        expect(model.illegalAccesses).toEqual([])
    })

    it("gives gaps while unplugged and readings again once it is back, without a reboot", async () => {
        const { rig, model } = await warmBench()
        model.faults.unplugged = true
        for (const sample of await rig.take(4))
            expect(sample.qualities).toEqual(all(QUALITY_ABSENT))
        model.faults.unplugged = false
        const [starting, back] = await rig.take(2)
        expect(starting.qualities).toEqual(all(QUALITY_NOT_READY))
        expect(isRoom(back)).toBe(true)
        expect(rig.node.panics).toEqual([])
        expect(model.illegalAccesses).toEqual([])
    })

    it("says that it is the wrong part when something else is at its address", async () => {
        for (const byte of [0x00, 0x5a, 0xff])
            for (const sample of await rigOf([new OtherPart(0x62, byte)]).take(2))
                expect(sample.qualities).toEqual(all(QUALITY_WRONG_PART))
    })

    it("notices that another part was plugged in instead of it", async () => {
        const { rig, model } = await warmBench()
        const other = new OtherPart(0x62)
        model.transfer = (...transfer) => other.transfer(...transfer)
        const samples = await rig.take(3)
        expect(samples.every(isAllGaps)).toBe(true)
        expect(samples[2].qualities).toEqual(all(QUALITY_WRONG_PART))
    })

    it("leaves the other part on the bus alone when it fails", async () => {
        const failing = roomModel()
        const healthy = new SHT4xModel().feed("temperature", 21).feed("humidity", 40)
        const rig = new DriverRig({
            drivers: [
                { folder: "scd4x", className: "SCD4x" },
                { folder: "sht4x", className: "SHT4x" },
            ],
            models: [failing, healthy],
            everyMs: EVERY_MS,
        })
        await rig.take(6)
        for (const fault of ["unplugged", "stuckBusy"] as const) {
            failing.faults[fault] = true
            for (const sample of await rig.take(4)) {
                if (sample.driver === 0) expect(isAllGaps(sample), fault).toBe(true)
                else expect(sample, fault).toMatchObject({ errors: 0, values: [2100, 4000] })
            }
            failing.faults[fault] = false
            await rig.take(6)
        }
        expect(healthy.illegalAccesses).toEqual([])
    })
})

describe("SCD4x in a program of its own", () => {
    const source = `import * as ds from "@devicescript/core"
import { I2C } from "@devicescript/i2c"
import { openBus } from "../src/station/bus.js"
import { SCD4x, SCD4xOptions } from "../src/drivers/scd4x/driver.js"

class NativeBus extends I2C {
    override async xfer(): Promise<Buffer> {
        console.log("first transfer " + ds.millis())
        throw new Error("no such part")
    }
}
await new SCD4x(new NativeBus()).init()

const bus = openBus()

function names(options: SCD4xOptions): void {
    let text = "names"
    for (const channel of new SCD4x(bus, options).channels) text = text + " " + channel.name
    console.log(text)
}
names(undefined)
names({ only: "co2" })
names({ prefix: "" })
names({ prefix: "hall_" })

function refuses(options: SCD4xOptions): void {
    try {
        new SCD4x(bus, options)
    } catch (e) {
        console.log("refused " + (e as Error).message)
    }
}
refuses({ altitude: 3001 })
refuses({ altitude: -1 })
refuses({ temperatureOffset: 20.5 })

const sensor = new SCD4x(bus, { only: "co2" })
try {
    sensor.setPressure(699)
} catch (e) {
    console.log("refused " + (e as Error).message)
}
await sensor.init()
sensor.setPressure(986.6)
await ds.sleep(6000)
await sensor.sample()
console.log("serial " + sensor.serial)
console.log("sample " + sensor.values[0] + " " + sensor.qualities[0])
await sensor.close()
`

    async function run(model: SCD4xModel): Promise<{ world: World; lines: string[] }> {
        const world = new World()
        const program = compile("devs/scd4x-alone.ts", { source })
        const node = world.addNode({ program, sensors: [model] })
        await world.run(seconds(15))
        return { world, lines: node.console.map(line => line.text) }
    }

    it("has names that go along with an SHT4x, and plain or prefixed ones when asked", async () => {
        const { lines } = await run(roomModel())
        expect(lines.filter(line => line.startsWith("names"))).toEqual([
            "names co2 scd4x_temperature scd4x_humidity",
            "names co2",
            "names co2 temperature humidity",
            "names hall_co2 hall_temperature hall_humidity",
        ])
    })

    it("refuses settings that the part does not take, and says what it takes", async () => {
        const { lines } = await run(roomModel())
        expect(lines.filter(line => line.startsWith("refused"))).toEqual([
            "refused SCD4x: altitude (m) must be a whole number from 0 to 3000, got 3001",
            "refused SCD4x: altitude (m) must be a whole number from 0 to 3000, got -1",
            "refused SCD4x: temperatureOffset (0.01 °C) must be a whole number from 0 to 2000, got 20.5",
            "refused SCD4x: pressure must be 700 to 1200 hPa, got 699",
        ])
    })

    it("leaves the part its first second after power-up, on a bus that is there at once", async () => {
        const { lines } = await run(roomModel())
        const first = lines.find(line => line.startsWith("first transfer "))
        const ms = Number(first?.slice("first transfer ".length))
        expect(ms).toBeGreaterThanOrEqual(1000)
        expect(ms).toBeLessThan(1050)
    })

    it("takes the pressure while it measures, tells its serial number, and stops when closed", async () => {
        const model = roomModel()
        const { world, lines } = await run(model)
        expect(lines.slice(-2)).toEqual(["serial f8969f073bbe", "sample 812 0"])
        expect(model.settings.get("ambient_pressure")).toBe(987)
        // Only an idle part answers this.
        expect(model.transfer(Uint8Array.of(0x36, 0x82), 0, world.clock.wallMs).status).toBe(0)
        expect(model.illegalAccesses).toEqual([])
    })
})
