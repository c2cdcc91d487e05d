import { describe, expect, it } from "vitest"
import { type Bench } from "../../../sim/parts/driver-checks.js"
import { PartProgram } from "../../../sim/parts/part-program.js"
import { type DriverRig } from "../../../sim/parts/driver-rig.js"
import { conversionsAgree } from "../../../tests/parts/conversions.js"
import { commonSuite } from "../../../tests/parts/suite.js"
import { QUALITY_OK, QUALITY_SATURATED } from "../../core/quality.js"
import { type HandedOut, type RegisterModel } from "../shared/register-model.js"
import { BH1750Model } from "./model.js"
import { bh1750Illuminance } from "./conversion.js"
import { part } from "./part.js"

const program = new PartProgram("bh1750", part)
const PLAIN = program.variant()

/** 600 counts. */
const ROOM = { values: [5000], qualities: [QUALITY_OK] }

function rigOf(...models: RegisterModel[]): DriverRig {
    return program.rig(PLAIN, models)
}

function roomModel(address?: number): BH1750Model {
    return new BH1750Model(address).feed("illuminance", 500)
}

function coldBench(): Promise<Bench> {
    const model = roomModel()
    return Promise.resolve({ rig: rigOf(model), model })
}

async function warmBench(): Promise<Bench> {
    const bench = await coldBench()
    await bench.rig.take(2)
    return bench
}

describe("BH1750", () => {
    it("reads from darkness to the end of its scale, without an illegal access", async () => {
        let lux = 0
        const handedOut: HandedOut[] = []
        const model = new BH1750Model().feed("illuminance", () => lux)
        model.onHandedOut = reading => handedOut.push(reading)
        const rig = rigOf(model)
        for (const value of [0.9, 1, 10, 100.4, 320, 999.9, 20_000, 54_000, 54_611]) {
            lux = value
            const [sample] = await rig.take(1)
            expect(sample.qualities, `${value} lx`).toEqual([QUALITY_OK])
            expect(Math.abs(sample.values[0] - 10 * lux), `${value} lx`).toBeLessThanOrEqual(4.7)
            expect(handedOut.at(-1)).toMatchObject({ channel: "illuminance", value })
        }
        expect(model.illegalAccesses).toEqual([])
    })

    it("marks 0 lx, which a bus that is held low reads as too", async () => {
        const model = new BH1750Model().feed("illuminance", 0)
        const [sample] = await rigOf(model).take(1)
        expect(sample).toMatchObject({ values: [0], qualities: [QUALITY_SATURATED] })
        expect(model.illegalAccesses).toEqual([])
    })

    it("says so when the light is beyond the scale, and gives its end", async () => {
        const model = new BH1750Model().feed("illuminance", 100_000)
        const [sample] = await rigOf(model).take(1)
        expect(sample.qualities).toEqual([QUALITY_SATURATED])
        expect(sample.values).toEqual([546_125])
    })

    it("waits for the longest measurement time, and not much longer", async () => {
        const { rig } = await warmBench()
        const transfers: number[] = []
        rig.node.bus.onTransfer = ({ unixMs }) => transfers.push(unixMs)
        await rig.take(1)
        const [measured, read] = transfers.slice(-2)
        expect(read - measured).toBeGreaterThanOrEqual(180)
        expect(read - measured).toBeLessThan(200)
    })

    it("never takes the measurement before for the new one", async () => {
        let lux = 0
        const model = new BH1750Model().feed("illuminance", () => lux)
        const rig = rigOf(model)
        for (const [i, value] of [1000, 0, 2000, 0, 0, 3000].entries()) {
            lux = value
            expect((await rig.take(1))[0].values, `sample ${i}`).toEqual([10 * value])
        }
    })

    it("sets the measurement time back that another program left in the part", async () => {
        const model = roomModel()
        const rig = rigOf(model)
        for (const opcode of [0x01, 0x40 | (254 >> 5), 0x60 | (254 & 31)])
            model.transfer(Uint8Array.of(opcode), 0, rig.world.clock.wallMs)
        expect((await rig.take(1))[0]).toMatchObject(ROOM)
    })
})

describe("BH1750 with faults", () => {
    /** The part has no sign of being busy: see "Known limits" in README.md. */
    it("reads a part that never finishes as dark, but never as the value before", async () => {
        const { rig, model } = await warmBench()
        model.faults.stuckBusy = true
        const samples = await rig.take(3)
        for (const { values } of samples) expect(values).toEqual([0])
        expect(samples[2].at - samples[0].at).toBeLessThan(2_100_000)
        model.faults.stuckBusy = false
        expect((await rig.take(1))[0]).toMatchObject(ROOM)
    })
})

conversionsAgree(program, [{ convert: bh1750Illuminance }])

commonSuite(program)
