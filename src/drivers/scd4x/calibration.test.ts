import { describe, expect, it } from "vitest"
import { compile } from "../../../sim/program/compile.js"
import { World } from "../../../sim/world/world.js"
import { roomModel } from "../../../tests/support/scd4x-bench.js"
import { type SCD4xModel } from "./model.js"

/** A station samples every 6 s; commands come from outside, as text in the device id's last digits. */
const SOURCE = `import * as ds from "@devicescript/core"
import { openBus } from "../src/station/bus.js"
import { SCD4x } from "../src/drivers/scd4x/driver.js"
import { SCD4xCalibration } from "../src/drivers/scd4x/calibration.js"

const bus = openBus()
const plan = Buffer.from(ds.deviceIdentifier("self"), "hex")
const sensor = new SCD4x(bus, { altitude: 155, lowPower: plan[6] === 1 })
const calibration = new SCD4xCalibration(bus, sensor)

async function sampleOn(): Promise<void> {
    for (;;) {
        await sensor.sample()
        console.log("SAMPLE " + sensor.values[0] + " " + sensor.qualities[0] + " " + sensor.errors)
        await ds.sleep(6000)
    }
}

async function attempt(number: number): Promise<string> {
    if (number === 0) return "" + (await calibration.recalibrate(420))
    if (number === 1) {
        await ds.sleep(200000)
        return "" + (await calibration.recalibrate(420))
    }
    if (number === 2) return "" + (await calibration.recalibrate(399))
    if (number === 3) {
        await calibration.setSelfCalibrationTarget(450)
        await calibration.persist()
        return "written " + calibration.eepromWrites
    }
    if (number === 4) return "" + (await calibration.selfTest())
    if (number === 5) {
        await calibration.factoryReset()
        return "written " + calibration.eepromWrites
    }
    if (number === 6) {
        await calibration.reinit()
        return "done"
    }
    if (number === 7) return await calibration.variant()
    if (number === 8) {
        await sensor.close()
        await ds.sleep(200000)
        return "" + (await calibration.recalibrate(420))
    }
    return "?"
}

await sensor.init()
if (plan[7] !== 8) sampleOn.start()
await ds.sleep(20000)
try {
    console.log("RESULT " + (await attempt(plan[7])))
} catch (e) {
    console.log("RESULT error: " + (e as Error).message)
}
`

interface Run {
    readonly model: SCD4xModel
    readonly result: string
    /** "co2 quality errors" of each sample. */
    readonly samples: string[]
    readonly world: World
}

async function run(attempt: number, model = roomModel(), lowPower = false): Promise<Run> {
    const world = new World()
    const program = compile("devs/scd4x-calibration.ts", { source: SOURCE })
    const deviceId = `5d5249470000${lowPower ? "01" : "00"}0${attempt}`
    const node = world.addNode({ program, sensors: [model], deviceId })
    const samples: string[] = []
    let result: string | undefined
    node.onConsole = line => {
        // Settled or not is no matter here: it is right.
        if (line.startsWith("SAMPLE ")) samples.push(line.slice(7).replace(" 3 ", " 0 "))
        if (line.startsWith("RESULT ")) result = line.slice(7)
    }
    await world.runUntil(() => result !== undefined, 600_000)
    if (attempt !== 8) await world.run(90_000)
    expect(node.panics).toEqual([])
    return { model, result: result ?? "none", samples, world }
}

describe("SCD4x calibration", () => {
    it("recalibrates after 3 min of measuring, tells the correction, and sampling goes on with it", async () => {
        for (const lowPower of [false, true]) {
            const { model, result, samples } = await run(1, roomModel(), lowPower)
            expect(result).toBe("-392")
            expect(model.correction).toBe(420 - 812)
            expect(samples.some(line => line.startsWith("812 0 "))).toBe(true)
            expect(samples.filter(line => line.split(" ")[1] === "0").pop()).toBe("420 0 0")
            expect(model.illegalAccesses).toEqual([])
        }
    })

    it("does not recalibrate a part that has not measured for 3 min", async () => {
        const { model, result } = await run(0)
        expect(result).toBe("error: SCD4x: not recalibrated, it must measure for 3 min before")
        expect(model.correction).toBe(0)
    })

    it("does not recalibrate a part that was closed", async () => {
        const { result } = await run(8)
        expect(result).toBe("error: SCD4x: not recalibrated, it must measure for 3 min before")
    })

    it("says in words when the part itself reports that a recalibration failed", async () => {
        const model = roomModel()
        // It lost its power a moment ago, and nobody has noticed yet.
        Object.assign(model, { recalibrate: () => [0xffff] })
        const { result, samples } = await run(1, model)
        expect(result).toBe(
            "error: SCD4x: recalibration failed, the part had not measured before it"
        )
        expect(samples.filter(line => line.split(" ")[1] === "0").pop()).toBe("812 0 0")
    })

    it("refuses concentrations that the part does not take", async () => {
        expect((await run(2)).result).toBe(
            "error: SCD4x: recalibration takes 400 to 5000 ppm, got 399"
        )
    })

    it("stores the target of the self-calibration forever, and counts the write", async () => {
        const { model, result, world } = await run(3)
        expect(result).toBe("written 1")
        expect(model.eepromWrites).toBe(1)
        model.brownOut(world.clock.wallMs)
        expect(model.settings.get("automatic_self_calibration_target")).toBe(450)
        expect(model.settings.get("sensor_altitude")).toBe(155)
    })

    it("gives the result of the self test, during which samples are skipped", async () => {
        const sick = roomModel()
        sick.malfunction = 7
        const { result, samples, model } = await run(4, sick)
        expect(result).toBe("7")
        expect(samples.map(line => line.split(" ")[1])).toContain("15")
        expect(samples.pop()).toBe("812 0 0")
        expect(model.illegalAccesses).toEqual([])
    })

    it("resets the part to the factory's settings, and the driver writes its own again", async () => {
        const model = roomModel()
        model.eeprom.set("temperature_offset", 0)
        model.correction = 55
        const { result, samples } = await run(5, model)
        expect(result).toBe("written 1")
        expect([model.correction, model.eepromWrites]).toEqual([0, 1])
        expect(model.settings.get("temperature_offset")).toBe(1498)
        expect(model.settings.get("sensor_altitude")).toBe(155)
        expect(samples.pop()).toBe("812 0 0")
    })

    it("loads the stored settings", async () => {
        const model = roomModel()
        model.brownOut(0)
        model.settings.set("automatic_self_calibration_target", 600)
        const { result } = await run(6, model)
        expect(result).toBe("done")
        expect(model.settings.get("automatic_self_calibration_target")).toBe(400)
    })

    it("tells the variant", async () => {
        expect((await run(7)).result).toBe("SCD40")
        expect((await run(7, Object.assign(roomModel(), { variant: "SCD41" }))).result).toBe(
            "SCD41"
        )
    })
})
