import { describe, expect, it } from "vitest"
import { OtherPart } from "../../../sim/parts/other-part.js"
import { seconds } from "../../../sim/time/duration.js"
import {
    PLAIN,
    all,
    isAllGaps,
    isRoom,
    rigOf,
    roomModel,
    warmBench,
} from "../../../tests/support/scd4x-bench.js"
import { QUALITY_STALE, QUALITY_TIMEOUT, QUALITY_WRONG_PART } from "../../core/quality.js"

describe("SCD4x with faults", () => {
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

    it("notices that another part was plugged in instead of it", async () => {
        const { rig, model } = await warmBench()
        const other = new OtherPart(0x62)
        model.transfer = (...transfer) => other.transfer(...transfer)
        const samples = await rig.take(3)
        expect(samples.every(isAllGaps)).toBe(true)
        expect(samples[2].qualities).toEqual(all(QUALITY_WRONG_PART))
    })
})
