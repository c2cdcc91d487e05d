import { describe, expect, it } from "vitest"
import { DriverRig } from "../../../sim/rig/driver-rig.js"
import { QUALITY_ABSENT, QUALITY_CRC, QUALITY_OK } from "../../core/quality.js"
import { SHT4xModel } from "./model.js"

function rig(model: SHT4xModel): DriverRig {
    return new DriverRig({ drivers: [{ folder: "sht4x", className: "SHT4x" }], models: [model] })
}

describe("SHT4x", () => {
    it("reads temperature and humidity over the bus to 0.01 units, below zero too", async () => {
        for (const [celsius, percent] of [
            [-45, 0],
            [-0.01, 0.5],
            [0, 33.33],
            [0.01, 50],
            [25, 99.9],
            [130, 100],
        ] as const) {
            const model = new SHT4xModel().feed("temperature", celsius).feed("humidity", percent)
            const [sample] = await rig(model).take(1)
            expect(sample?.qualities, `qualities at ${celsius} °C`).toEqual([
                QUALITY_OK,
                QUALITY_OK,
            ])
            expect(Math.abs((sample?.values[0] as number) - celsius * 100)).toBeLessThanOrEqual(1)
            expect(Math.abs((sample?.values[1] as number) - percent * 100)).toBeLessThanOrEqual(1)
            expect(model.illegalAccesses).toEqual([])
        }
    })

    it("turns a wrong check value into a gap and recovers at the next sample", async () => {
        const model = new SHT4xModel().feed("temperature", 21).feed("humidity", 40)
        const bench = rig(model)
        await bench.take(1)
        model.faults.flipCrcWord = 1
        const [bad] = await bench.take(1)
        expect(bad?.qualities).toEqual([QUALITY_CRC, QUALITY_CRC])
        const [good] = await bench.take(1)
        expect(good?.qualities).toEqual([QUALITY_OK, QUALITY_OK])
        expect(Math.abs((good?.values[0] as number) - 2100)).toBeLessThanOrEqual(1)
    })

    it("gives gaps while unplugged and readings again once it is back, without a reboot", async () => {
        const model = new SHT4xModel().feed("temperature", 21).feed("humidity", 40)
        const bench = rig(model)
        await bench.take(2)
        model.faults.unplugged = true
        for (const sample of await bench.take(3))
            expect(sample.qualities).toEqual([QUALITY_ABSENT, QUALITY_ABSENT])
        model.faults.unplugged = false
        const [back] = await bench.take(1)
        expect(back?.qualities).toEqual([QUALITY_OK, QUALITY_OK])
        expect(bench.node.panics).toEqual([])
    })
})
