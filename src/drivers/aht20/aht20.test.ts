import { describe, expect, it } from "vitest"
import { PartProgram } from "../../../sim/parts/part-program.js"
import { type DriverRig } from "../../../sim/parts/driver-rig.js"
import { functionsAgree } from "../../../tests/parts/conversions.js"
import { commonSuite } from "../../../tests/parts/suite.js"
import { aht20HumidityOf, aht20TemperatureOf } from "../../../tests/support/climate-workload.js"
import {
    QUALITY_NOT_READY,
    QUALITY_OK,
    QUALITY_TIMEOUT,
    QUALITY_WRONG_PART,
} from "../../core/quality.js"
import { AHT20Model } from "./model.js"
import { part } from "./part.js"

const program = new PartProgram("aht20", part)
const PLAIN = program.variant()

function rigOf(model: AHT20Model): DriverRig {
    return program.rig(PLAIN, model)
}

function room(model = new AHT20Model()): AHT20Model {
    return model.feed("temperature", 21.5).feed("humidity", 45)
}

const ROOM = { values: [2150, 4500], qualities: [QUALITY_OK, QUALITY_OK] }

describe("AHT20", () => {
    it("initialises a part that does not start calibrated, and makes no illegal access", async () => {
        const model = room(new AHT20Model(0x38, false))
        const [sample] = await rigOf(model).take(1)
        expect(sample).toMatchObject(ROOM)
        expect(model.illegalAccesses).toEqual([])
    })

    it("notices when such a part lost power, and initialises it again", async () => {
        const model = room(new AHT20Model(0x38, false))
        const rig = rigOf(model)
        await rig.take(1)
        model.brownOut(rig.world.clock.wallMs)
        const [lost, next] = await rig.take(2)
        expect(lost.qualities).toEqual([QUALITY_NOT_READY, QUALITY_NOT_READY])
        expect(next).toMatchObject(ROOM)
    })

    it("does not take the empty registers of a part that just started for a cold, dry room", async () => {
        const model = room()
        const rig = rigOf(model)
        await rig.take(1)
        let transfers = 0
        rig.node.bus.onTransfer = ({ unixMs }) => {
            if (++transfers === 1) model.brownOut(unixMs - 30)
        }
        const [lost, next] = await rig.take(2)
        expect(lost.qualities).toEqual([QUALITY_NOT_READY, QUALITY_NOT_READY])
        expect(next).toMatchObject(ROOM)
    })

    it("waits for the longest measurement, and takes one that is somewhat slower", async () => {
        const model = room()
        const rig = rigOf(model)
        await rig.take(1)
        const times: number[] = []
        rig.node.bus.onTransfer = ({ unixMs }) => {
            times.push(unixMs)
            model.faults.stuckBusy = times.length < 3
        }
        expect((await rig.take(1))[0]).toMatchObject(ROOM)
        expect(times[1] - times[0]).toBeGreaterThanOrEqual(80)
        expect(times.at(-1) ?? 0).toBeLessThan(times[0] + 200)
    })

    it("tells a part that stays busy from a bus that nobody drives", async () => {
        const model = room()
        const rig = rigOf(model)
        await rig.take(1)
        model.faults.stuckBusy = true
        expect((await rig.take(1))[0].qualities).toEqual([QUALITY_TIMEOUT, QUALITY_TIMEOUT])
        model.faults.stuckBusy = false
        const transfer = model.transfer.bind(model)
        model.transfer = (...request) => {
            const result = transfer(...request)
            return { ...result, data: result.data.map(() => 0xff) }
        }
        const [sample] = await rig.take(1)
        expect(sample.qualities).toEqual([QUALITY_WRONG_PART, QUALITY_WRONG_PART])
    })
})

functionsAgree(program, "tests/support/climate-workload", [
    { convert: aht20TemperatureOf },
    { convert: aht20HumidityOf },
])

commonSuite(program)
