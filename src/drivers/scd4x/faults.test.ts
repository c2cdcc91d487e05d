import { describe, expect, it } from "vitest"
import {
    brownOutAfterEachTransfer,
    flipEachWord,
    nackEachTransfer,
} from "../../../sim/parts/driver-checks.js"
import { OtherPart } from "../../../sim/parts/other-part.js"
import { seconds } from "../../../sim/time/duration.js"
import {
    PLAIN,
    SHT4X,
    all,
    coldBench,
    isAllGaps,
    isRoom,
    program,
    rigOf,
    roomModel,
    warmBench,
    EVERY_MS,
} from "../../../tests/support/scd4x-bench.js"
import {
    QUALITY_ABSENT,
    QUALITY_CRC,
    QUALITY_NOT_READY,
    QUALITY_STALE,
    QUALITY_TIMEOUT,
    QUALITY_WRONG_PART,
} from "../../core/quality.js"
import { SHT4xModel } from "../sht4x/model.js"

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

    it("starts up whichever one transfer or checksum fails meanwhile", async () => {
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

    it("turns a wrong checksum of any word into a gap, once", async () => {
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
        const rig = rigOf([model], PLAIN, seconds(60))
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
        const rig = program.rig([PLAIN, SHT4X], [failing, healthy], { everyMs: EVERY_MS })
        await rig.take(6)
        for (const fault of ["unplugged", "stuckBusy"] as const) {
            failing.faults[fault] = true
            for (const sample of await rig.take(4)) {
                if (sample.driver === PLAIN) expect(isAllGaps(sample), fault).toBe(true)
                else expect(sample, fault).toMatchObject({ errors: 0, values: [2100, 4000] })
            }
            failing.faults[fault] = false
            await rig.take(6)
        }
        expect(healthy.illegalAccesses).toEqual([])
    })
})
