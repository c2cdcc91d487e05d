import { describe, expect, it } from "vitest"
import {
    brownOutAfterEachTransfer,
    flipEachWord,
    nackEachTransfer,
    type Bench,
} from "../../../sim/parts/driver-checks.js"
import { PartProgram } from "../../../sim/parts/part-program.js"
import { type DriverRig, type RigSample } from "../../../sim/parts/driver-rig.js"
import { OtherPart } from "../../../sim/parts/other-part.js"
import { conversionsAgree } from "../../../tests/parts/conversions.js"
import { commonSuite } from "../../../tests/parts/suite.js"
import {
    QUALITY_ABSENT,
    QUALITY_CRC,
    QUALITY_OK,
    QUALITY_WRONG_PART,
    isGap,
} from "../../core/quality.js"
import { type HandedOut, type RegisterModel } from "../shared/register-model.js"
import { SHT3xModel } from "../sht3x/model.js"
import { SHT4xModel } from "./model.js"
import { sht4xHumidity, sht4xTemperature } from "./conversion.js"
import { part } from "./part.js"

const program = new PartProgram("sht4x", part)
const PLAIN = program.variant()
const NORTH = program.variant('{ address: 0x45, prefix: "north_" }')

const GOOD = [QUALITY_OK, QUALITY_OK]
const ABSENT = [QUALITY_ABSENT, QUALITY_ABSENT]

function rigOf(...models: RegisterModel[]): DriverRig {
    return program.rig(PLAIN, models)
}

function roomModel(): SHT4xModel {
    return new SHT4xModel().feed("temperature", -12.34).feed("humidity", 56.78)
}

/** Nothing has happened on its bus yet. */
function coldBench(): Bench {
    const model = roomModel()
    return { rig: rigOf(model), model }
}

async function warmBench(): Promise<Bench> {
    const model = roomModel()
    const rig = rigOf(model)
    await rig.take(2)
    return { rig, model }
}

function expectRoom(sample: RigSample, where: string): void {
    expect(sample.qualities, where).toEqual(GOOD)
    expect(sample.values, where).toEqual([-1234, 5678])
}

describe("SHT4x", () => {
    it("reads the whole range and every sign change to 0.01 units, without an illegal access", async () => {
        let celsius = 0
        let percent = 0
        const handedOut: HandedOut[] = []
        const model = new SHT4xModel()
            .feed("temperature", () => celsius)
            .feed("humidity", () => percent)
        model.onHandedOut = reading => handedOut.push(reading)
        const rig = rigOf(model)
        const ends = [-45, -40, -10.5, 99.99, 125, 130]
        const aroundZero = [-0.03, -0.02, -0.01, 0, 0.01, 0.02, 0.03]
        for (const [i, value] of [...ends, ...aroundZero].entries()) {
            celsius = value
            percent = [0, 0.01, 33.33, 50, 99.99, 100][i % 6]
            const [sample] = await rig.take(1)
            expect(sample.qualities, `${value} °C`).toEqual(GOOD)
            expect(Math.abs(sample.values[0] - 100 * celsius), `${value} °C`).toBeLessThan(0.75)
            expect(Math.abs(sample.values[1] - 100 * percent), `${percent} %RH`).toBeLessThan(0.75)
            expect(handedOut.slice(-2).map(r => [r.channel, r.value])).toEqual([
                ["temperature", celsius],
                ["humidity", percent],
            ])
        }
        expect(model.illegalAccesses).toEqual([])
    })

    it("crops humidity beyond the ends of the scale, as the datasheet asks", async () => {
        let percent = -4
        const model = new SHT4xModel().feed("humidity", () => percent)
        const rig = rigOf(model)
        expect((await rig.take(1))[0].values[1]).toBe(0)
        percent = 107
        const [sample] = await rig.take(1)
        expect(sample.values[1]).toBe(10000)
        expect(sample.qualities).toEqual(GOOD)
    })

    it("loses one sample when any one transfer is not acknowledged, and no other", async () => {
        const outcomes = await nackEachTransfer(warmBench, 1)
        expect(outcomes).toHaveLength(2)
        for (const { at, faulty, after, panics } of outcomes) {
            expect(faulty.qualities, `transfer ${at}`).toEqual(ABSENT)
            expect(faulty.errors).toBe(1)
            expect(faulty.lastError).not.toBe("")
            expectRoom(after[0], `after transfer ${at}`)
            expect(panics).toBe(0)
        }
    })

    it("starts up whichever one transfer or checksum fails meanwhile", async () => {
        const cold = () => Promise.resolve(coldBench())
        const outcomes = [...(await nackEachTransfer(cold, 1)), ...(await flipEachWord(cold, 1))]
        expect(outcomes).toHaveLength(5 + 4)
        for (const { at, faulty, after, panics } of outcomes) {
            const isGood = !faulty.qualities.some(isGap)
            if (isGood) expectRoom(faulty, `transfer or word ${at}`)
            expectRoom(after[0], `after transfer or word ${at}`)
            expect(panics).toBe(0)
        }
    })

    it("turns a wrong checksum of either word into a gap of both channels, once", async () => {
        const outcomes = await flipEachWord(warmBench, 1)
        expect(outcomes).toHaveLength(2)
        for (const { at, faulty, after } of outcomes) {
            expect(faulty.qualities, `word ${at}`).toEqual([QUALITY_CRC, QUALITY_CRC])
            expectRoom(after[0], `after word ${at}`)
        }
    })

    it("gives a gap or the truth when the supply breaks in while it samples", async () => {
        const outcomes = await brownOutAfterEachTransfer(warmBench, 1)
        expect(outcomes).toHaveLength(2)
        // After the command the measurement is lost; after the read it is home.
        expect(outcomes[0].faulty.qualities).toEqual(ABSENT)
        expectRoom(outcomes[1].faulty, "brown-out after the read")
        for (const { after } of outcomes) expectRoom(after[0], "after the brown-out")
    })

    it("gives gaps while the part is stuck busy, in bounded time, and recovers by itself", async () => {
        const { rig, model } = await warmBench()
        model.faults.stuckBusy = true
        const stuck = await rig.take(3)
        for (const sample of stuck) expect(sample.qualities.every(isGap)).toBe(true)
        expect(stuck[2].at - stuck[0].at).toBeLessThan(2_100_000)
        model.faults.stuckBusy = false
        expectRoom((await rig.take(1))[0], "free again")
        expect(rig.node.panics).toEqual([])
    })

    it("gives gaps while unplugged and readings again once it is back, without a reboot", async () => {
        const { rig, model } = await warmBench()
        model.faults.unplugged = true
        for (const sample of await rig.take(3)) expect(sample.qualities).toEqual(ABSENT)
        model.faults.unplugged = false
        expectRoom((await rig.take(1))[0], "plugged in again")
        expect(rig.node.panics).toEqual([])
    })

    it("starts without the part and takes it up when it is plugged in later", async () => {
        const model = roomModel()
        model.faults.unplugged = true
        const rig = rigOf(model)
        expect((await rig.take(1))[0].qualities).toEqual(ABSENT)
        model.faults.unplugged = false
        expectRoom((await rig.take(1))[0], "plugged in late")
    })

    it.each([
        ["an SHT3x, which has the same address", new SHT3xModel(0x44).feed("temperature", 20)],
        ["a part that reads as zeros", new OtherPart(0x44, 0x00)],
        ["a part that reads as ones", new OtherPart(0x44, 0xff)],
        ["a part that answers anything", new OtherPart(0x44)],
    ])("says that it is the wrong part when it meets %s", async (_what, other) => {
        for (const sample of await rigOf(other).take(2)) {
            expect(sample.qualities).toEqual([QUALITY_WRONG_PART, QUALITY_WRONG_PART])
            expect(sample.lastError).toContain("another part")
        }
    })

    it("does not blame the part for one disturbed answer while it is set up again", async () => {
        const { rig, model } = await warmBench()
        model.faults.nackTransfer = 1
        await rig.take(1)
        model.faults.flipCrcWord = 1
        expectRoom((await rig.take(1))[0], "one flipped word of the serial number")
    })

    it("leaves the other part on the bus alone when one fails", async () => {
        const failing = roomModel()
        const healthy = new SHT4xModel(0x45).feed("temperature", 21).feed("humidity", 40)
        const rig = program.rig([PLAIN, NORTH], [failing, healthy])
        await rig.take(2)
        expect([PLAIN, NORTH].map(i => rig.channels[i].map(({ name }) => name))).toEqual([
            ["temperature", "humidity"],
            ["north_temperature", "north_humidity"],
        ])
        for (const fault of ["unplugged", "stuckBusy"] as const) {
            failing.faults[fault] = true
            for (const sample of await rig.take(4)) {
                if (sample.driver === PLAIN) expect(sample.qualities.every(isGap), fault).toBe(true)
                else expect(sample, fault).toMatchObject({ qualities: GOOD, values: [2100, 4000] })
            }
            failing.faults[fault] = false
        }
        expect(healthy.illegalAccesses).toEqual([])
    })
})

conversionsAgree(program, [{ convert: sht4xTemperature }, { convert: sht4xHumidity }])

commonSuite(program)
