import { describe, expect, it } from "vitest"
import { PartProgram } from "../../../sim/parts/part-program.js"
import { type DriverRig } from "../../../sim/parts/driver-rig.js"
import { functionsAgree } from "../../../tests/parts/conversions.js"
import { commonSuite } from "../../../tests/parts/suite.js"
import { dps310PressureOf, dps310TemperatureOf } from "../../../tests/support/climate-workload.js"
import { QUALITY_CRC, QUALITY_NOT_READY, QUALITY_OK } from "../../core/quality.js"
import { DPS310_EXAMPLE, DPS310Model, type Dps310Options } from "./model.js"
import { part } from "./part.js"

const program = new PartProgram("dps310", part)
const PLAIN = program.variant()

const GOOD = [QUALITY_OK, QUALITY_OK]

function rigOf(options?: Dps310Options): { rig: DriverRig; model: DPS310Model } {
    const model = new DPS310Model(0x77, options).feed("temperature", 21.5).feed("pressure", 101325)
    return { rig: program.rig(PLAIN, model), model }
}

describe("DPS310", () => {
    it.each([
        ["the chip's temperature sensor", { source: 0 }],
        ["the sensor element's", { source: 1 }],
    ] as const)("measures with %s when its coefficients are of that one", async (_, options) => {
        const { rig, model } = rigOf(options)
        const [sample] = await rig.take(1)
        expect(sample).toMatchObject({ qualities: GOOD, identity: "id 0x10" })
        expect(sample.values[0]).toBe(2150)
        expect(Math.abs(sample.values[1] - 1013250)).toBeLessThanOrEqual(1)
        expect(model.illegalAccesses).toEqual([])
    })

    it("repairs the gain of a part that reads 60 °C at 20 °C, and leaves other parts alone", async () => {
        for (const needsRepair of [false, true]) {
            const { rig, model } = rigOf({ needsRepair })
            let writes = 0
            const transfer = model.transfer.bind(model)
            model.transfer = (bytes, length, unixMs) => {
                if (bytes[0] === 0x62) writes++
                return transfer(bytes, length, unixMs)
            }
            const [sample] = await rig.take(1)
            expect(sample.values[0]).toBe(2150)
            expect(writes).toBe(needsRepair ? 1 : 0)
            expect(model.illegalAccesses).toEqual([])
        }
    })

    it("repairs it again after a power loss, and gives no wrong reading meanwhile", async () => {
        const { rig, model } = rigOf({ needsRepair: true })
        await rig.take(1)
        model.brownOut(rig.world.clock.wallMs)
        const [lost, next] = await rig.take(2)
        expect(lost.qualities).toEqual(GOOD.map(() => QUALITY_NOT_READY))
        expect(next.values[0]).toBe(2150)
    })

    it("waits for the longest measurements, and not much longer", async () => {
        const { rig } = rigOf()
        await rig.take(1)
        const times: number[] = []
        rig.node.bus.onTransfer = ({ unixMs }) => times.push(unixMs)
        await rig.take(1)
        expect(times).toHaveLength(5)
        expect(times[1] - times[0]).toBeGreaterThanOrEqual(14.8)
        expect(times[3] - times[2]).toBeGreaterThanOrEqual(104.4)
        expect(times[4] - times[0]).toBeLessThan(180)
    })

    it("gives no reading of a part without coefficients", async () => {
        const { rig } = rigOf({ coefficients: { ...DPS310_EXAMPLE, c1: 0, c10: 0 } })
        expect((await rig.take(1))[0].qualities).toEqual(GOOD.map(() => QUALITY_CRC))
    })

    it("does not start on coefficients that came disturbed over the bus", async () => {
        const { rig, model } = rigOf()
        let reads = 0
        const transfer = model.transfer.bind(model)
        model.transfer = (write, length, unixMs) => {
            const answer = transfer(write, length, unixMs)
            if (length !== 18 || ++reads !== 1) return answer
            return { ...answer, data: answer.data.map((byte, i) => (i === 4 ? byte ^ 1 : byte)) }
        }
        const [sample] = await rig.take(1)
        expect(sample).toMatchObject({ qualities: GOOD, errors: 1 })
        expect(Math.abs(sample.values[1] - 1013250)).toBeLessThanOrEqual(1)
    })

    it("gives no reading when the supply broke in between the last flag and the results", async () => {
        const { rig, model } = rigOf()
        await rig.take(1)
        const transfer = model.transfer.bind(model)
        model.transfer = (write, length, unixMs) => {
            if (length === 6) model.brownOut(unixMs - 50)
            return transfer(write, length, unixMs)
        }
        const [sample] = await rig.take(1)
        expect(sample.qualities).toEqual(GOOD.map(() => QUALITY_NOT_READY))
    })
})

functionsAgree(program, "tests/support/climate-workload", [
    { convert: dps310TemperatureOf },
    { convert: dps310PressureOf },
])

commonSuite(program)
