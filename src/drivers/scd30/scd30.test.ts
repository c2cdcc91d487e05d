import { describe, expect, it } from "vitest"
import { PartProgram } from "../../../sim/parts/part-program.js"
import { type DriverRig } from "../../../sim/parts/driver-rig.js"
import { seconds } from "../../../sim/time/duration.js"
import { driverScript, linesOf } from "../../../tests/support/driver-program.js"
import { commonSuite } from "../../../tests/parts/suite.js"
import {
    QUALITY_NOT_READY,
    QUALITY_OK,
    QUALITY_WARMING_UP,
    QUALITY_OUT_OF_RANGE,
    QUALITY_STALE,
} from "../../core/quality.js"
import { SCD30Model } from "./model.js"
import { part } from "./part.js"

const program = new PartProgram("scd30", part)
const PLAIN = program.variant()
const SETTINGS = program.variant(
    "{ interval: 5, altitude: 155, temperatureOffset: 540, selfCalibration: true }"
)
const SLOW = program.variant('{ only: "co2", interval: 10 }')
const WHOLE_LIFE = program.script(
    driverScript(
        "scd30",
        "SCD30",
        `
    refuses({ interval: 1 })
    refuses({ altitude: -1 })
    refuses({ temperatureOffset: 0.5 })
    const sensor = new SCD30(bus, { prefix: "hall_" })
    try {
        sensor.setPressure(1401)
    } catch (e) {
        console.log("refused " + (e as Error).message)
    }
    try {
        sensor.recalibrate(399)
    } catch (e) {
        console.log("refused " + (e as Error).message)
    }
    async function sample(): Promise<void> {
        await ds.sleep(3000)
        await sensor.sample()
        console.log("SAMPLE " + sensor.values[0] + " " + sensor.qualities[0])
    }
    await sensor.init()
    await sample()
    sensor.setPressure(986.6)
    await sample()
    sensor.setPressure(990)
    await sample()
    sensor.setPressure(992)
    sensor.recalibrate(450)
    await sample()
    await sensor.close()
    console.log("IDENTITY " + sensor.identity + " " + sensor.channels[1].name)`
    )
)

function rigOf(model: SCD30Model, driver = PLAIN, everyMs = 3000): DriverRig {
    return program.rig(driver, model, { everyMs })
}

function roomModel(): SCD30Model {
    return new SCD30Model().feed("co2", 812.4).feed("temperature", -3.21).feed("humidity", 44.4)
}

describe("SCD30", () => {
    it("writes settings only where they differ: the part stores them", async () => {
        const model = roomModel()
        const rig = rigOf(model, SETTINGS)
        const sample = (await rig.take(5))[4]
        expect(sample.qualities[0]).toBe(QUALITY_WARMING_UP)
        expect(sample.values[1]).toBe(-321 - 540)
        expect(model.writes).toEqual([
            "interval",
            "temperature_offset",
            "altitude",
            "self_calibration",
            "start",
        ])
        const again = rigOf(model, SETTINGS)
        model.writes.length = 0
        await again.take(5)
        expect(model.writes).toEqual(["start"])
        expect(model.illegalAccesses).toEqual([])
    })

    it("leaves altitude, offset and self-calibration alone where none are given", async () => {
        const model = roomModel()
        model.settings.set("temperature_offset", 100)
        model.settings.set("interval", 60)
        await rigOf(model).take(3)
        expect(model.writes).toEqual(["interval", "start"])
        expect(model.settings.get("interval")).toBe(2)
        expect(model.settings.get("temperature_offset")).toBe(100)
    })

    it("gives no readings from a part that does not keep its settings", async () => {
        const model = roomModel()
        const rig = rigOf(model, SETTINGS)
        model.settings.set = () => model.settings
        const [, sample] = await rig.take(2)
        expect(sample.qualities).toEqual(new Array(3).fill(QUALITY_NOT_READY))
        expect(sample.lastError).toContain("does not keep its settings")
    })

    it("is stale between measurements, and never repeats one", async () => {
        const model = roomModel()
        const rig = rigOf(model, SLOW, 1000)
        const qualities = (await rig.take(40)).map(sample => sample.qualities[0])
        const rest = qualities.slice(qualities.indexOf(QUALITY_WARMING_UP))
        expect(new Set(rest)).toEqual(new Set([QUALITY_WARMING_UP, QUALITY_STALE]))
        expect(rest.filter(quality => quality === QUALITY_WARMING_UP).length).toBe(
            Math.ceil(rest.length / 10)
        )
        expect(model.illegalAccesses).toEqual([])
    })

    it("goes on with a part that lost its power for a moment, without a new start", async () => {
        const model = roomModel()
        const rig = rigOf(model, PLAIN, 60_000)
        await rig.take(2)
        model.writes.length = 0
        model.brownOut(rig.world.clock.wallMs)
        const [next] = await rig.take(1)
        // Nothing tells that it starts anew: the part goes on by itself, and so do the qualities.
        expect(next.qualities).toEqual(new Array(3).fill(QUALITY_OK))
        expect(model.writes).toEqual([])
    })

    it("takes 0 ppm for no measurement, and what is no number for out of range", async () => {
        const model = roomModel().feed("co2", 0)
        const rig = rigOf(model)
        const third = (await rig.take(3))[2]
        expect(third.qualities).toEqual([
            QUALITY_OUT_OF_RANGE,
            QUALITY_WARMING_UP,
            QUALITY_WARMING_UP,
        ])
        // The model limits its inputs, and passes NaN on.
        model.feed("temperature", NaN)
        const sample = (await rig.take(2))[1]
        expect(sample.qualities[1]).toBe(QUALITY_OUT_OF_RANGE)
    })

    it("takes pressure, recalibration and nonsense as it should, in a program of its own", async () => {
        const model = roomModel()
        expect(await linesOf(program, WHOLE_LIFE, [model], seconds(20))).toEqual([
            "refused SCD30: interval (s) must be a whole number from 2 to 1800, got 1",
            "refused SCD30: altitude (m) must be a whole number from 0 to 3000, got -1",
            "refused SCD30: temperatureOffset (0.01 °C) must be a whole number from 0 to 2000, got 0.5",
            "refused SCD30: pressure must be 700 to 1400 hPa, got 1401",
            "refused SCD30: reference (ppm) must be a whole number from 400 to 2000, got 399",
            ...new Array<string>(3).fill("SAMPLE 812 3"),
            // Recalibrated to the reference.
            "SAMPLE 450 3",
            "IDENTITY serial 1C2D3E4F50 hall_temperature",
        ])
        // At first, at 987 hPa, and at 992 hPa; 990 is too near to 987.
        expect(model.writes.filter(name => name === "start")).toHaveLength(3)
        expect(model.pressure).toBe(992)
        expect(model.recalibrations).toEqual([450])
        expect(model.illegalAccesses).toEqual([])
    })
})

commonSuite(program)
