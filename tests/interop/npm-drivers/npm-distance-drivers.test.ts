/**
 * Distance: drivers of other people, unmodified, against our register models, so that
 * model and driver cannot lean on the same misunderstanding. See README.md.
 */
import { describe, expect, it, vi } from "vitest"
import { VL53L0XModel } from "../../../src/drivers/vl53l0x/model.js"
import { vl53l0xTimeout } from "../../../src/drivers/vl53l0x/conversion.js"
import { complaintsOf, expectNear, soon, useVirtualTime } from "./checks.js"
import { LinuxBus, load } from "./linux-bus.js"

useVirtualTime()

describe("vl53l0x 2.0.0", () => {
    interface Package {
        measure(): Promise<number>
        setMeasurementTimingBudget(microseconds: number): Promise<void>
        readonly io: {
            writeReg(register: number, value: number): Promise<void>
            writeMulti(register: number, bytes: Buffer): Promise<void>
            readReg(register: number): Promise<number>
            readReg16(register: number): Promise<number>
        }
    }
    const vl53l0x = load("vl53l0x") as (bus: object) => Package
    const CALIBRATION_MS = 20
    const RANGING_MS = 50
    const READY = 0x13
    const TIMEOUT = 0x71

    /** Of 10 clocks of the final range, µs. */
    const PERIOD_US = 38.13

    /**
     * The package follows an older release of ST's API: 1320 µs for the start instead of
     * 1910 µs, and half a period of 53.384 µs more for each of three steps.
     */
    const OLDER_US = 1910 - 1320 - 1.5 * 53.384

    /** A timeout has an exponent in its high byte, and a mantissa in its low one. */
    function periodsOf(timeout: number): number {
        return (timeout & 0xff) * 2 ** (timeout >> 8) + 1
    }

    function start(model: VL53L0XModel): Package {
        return vl53l0x(new LinuxBus([model]).promisedBus)
    }

    /** What the package's start leaves out of ST's, written through the package. */
    async function complete({ io }: Package): Promise<void> {
        const write = async (...pairs: (readonly [number, number])[]) => {
            for (const [register, value] of pairs) await soon(io.writeReg(register, value))
        }
        await write([0x89, 0x01])
        await soon(io.writeMulti(0xb0, Buffer.of(0, 0x30, 0x2a, 0, 0, 0)))
        await write([0x01, 0x01], [0x00, 0x41])
        await vi.advanceTimersByTimeAsync(CALIBRATION_MS)
        await write([0x0b, 0x01], [0x00, 0x00], [0x01, 0x02], [0x00, 0x01])
        await vi.advanceTimersByTimeAsync(CALIBRATION_MS)
        await write([0x0b, 0x01], [0x00, 0x00], [0x01, 0xe8])
    }

    it("leaves out parts of ST's start, which the model tells one by one", async () => {
        const model = new VL53L0XModel().feed("distance", 0.8)
        await soon(start(model).measure())
        expect(complaintsOf(model)).toEqual([
            // It never sets bit 0 of 0x89.
            "ranging with I2C at 1.8 V",
            // It reads the map of detectors without ST's leading byte, but skips one.
            "ranging with other reference detectors than ST's",
            // "status & 0x07 === 0" is "status & false": it waits for no calibration.
            "ranging without both calibrations",
        ])
    })

    it("ranges right with the rest; for the same reason it gives the ranging before", async () => {
        const model = new VL53L0XModel()
        const sensor = start(model)
        await complete(sensor)
        let before = 0
        for (const metres of [0.03, 0.8, 1.999, 2, 0]) {
            model.feed("distance", metres)
            expectNear(model, "distance", (await soon(sensor.measure())) / 1000, before)
            await vi.advanceTimersByTimeAsync(RANGING_MS)
            // The model takes what it is fed when it is next looked at.
            await soon(sensor.io.readReg(READY))
            before = metres
        }
        expect(complaintsOf(model)).toEqual([])
    })

    it("takes the time that the model takes a timing budget for", async () => {
        const model = new VL53L0XModel()
        const sensor = start(model)
        await complete(sensor)
        for (const ms of [20, 33, 66, 200, 500]) {
            await soon(sensor.setMeasurementTimingBudget(1000 * ms))
            const theirs = await soon(sensor.io.readReg16(TIMEOUT))
            const more = (periodsOf(theirs) - periodsOf(vl53l0xTimeout(ms))) * PERIOD_US
            const step = PERIOD_US * 2 ** (theirs >> 8)
            const off = Math.abs(more - OLDER_US)
            expect(off, `${ms} ms: ${more} µs more, ${OLDER_US} µs expected`).toBeLessThan(step)
            const from = Date.now()
            await soon(sensor.measure())
            while (((await soon(sensor.io.readReg(READY))) & 7) === 0);
            const took = Date.now() - from
            expect(took, `${ms} ms`).toBeGreaterThan(0.98 * ms)
            expect(took, `${ms} ms`).toBeLessThan(ms + 20)
        }
        expect(complaintsOf(model)).toEqual([])
    })
})
