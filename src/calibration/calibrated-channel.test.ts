import { describe, expect, it } from "vitest"
import { withBoardBuffers } from "../../tests/support/board-buffer.js"
import { recordId, writeRecord } from "../../tools/calibration/record.js"
import {
    QUALITY_OK,
    QUALITY_SATURATED,
    QUALITY_SKIPPED,
    QUALITY_UNCALIBRATED,
    QUALITY_WARMING_UP,
} from "../core/quality.js"
import { type CorrectedSensor } from "./calibrated-channel.js"
import { APPLIED, Calibrations, REFUSED_STORE, type RecordStore } from "./calibrations.js"

withBoardBuffers()

const NOW_S = 1_750_000_000
const CLOCK = { isSet: () => true, now: () => NOW_S * 1000 }
const PART = { part: "Sensirion SHT4x", identity: "serial 1" }

function record(changes: object = {}): Buffer {
    return Buffer.from(
        writeRecord({
            ...{ channel: "temperature", ...PART, points: 1, uncertainty: 5, previous: 0 },
            ...{ reference: "R", certificate: "1", technician: "mette", date: NOW_S - 1000 },
            ...{ validUntil: undefined, temperature: undefined },
            correction: {
                ...{ method: "offset" as const, origin: 0 },
                coefficients: [{ mantissa: -50, exponent: 0 }],
            },
            ...changes,
        })
    )
}

/** Memory that does what it is told to. */
class Slots implements RecordStore {
    readonly slots = 4
    readonly kept: Buffer[] = Array.from({ length: 4 }, () => Buffer.alloc(0))
    /** Of its service: "answers", "keeps nothing", "is silent". */
    mood = "answers"

    read = (slot: number): Promise<Buffer> =>
        Promise.resolve(
            this.mood === "is silent" ? (undefined as unknown as Buffer) : this.kept[slot]
        )

    write = (slot: number, bytes: Buffer): Promise<boolean> => {
        if (this.mood === "answers") this.kept[slot] = bytes
        return Promise.resolve(this.mood === "answers")
    }
}

class TestCalibrations extends Calibrations {
    nowMs = 0
    protected override clockMs(): number {
        return this.nowMs
    }
}

async function node(store = new Slots()) {
    const channel = { name: "temperature", min: -4000, max: 12500 }
    const sensor = {
        ...{ ...PART, channels: [channel], values: [0], qualities: [QUALITY_OK] },
    } as unknown as CorrectedSensor
    const options = { intervalSeconds: 60 }
    const all = new TestCalibrations()
    await all.load(store, [sensor], {
        ...{ clock: CLOCK, sinks: { rows: { samples: 1 } }, options },
        changeInterval: seconds => (options.intervalSeconds = seconds),
    })
    const sample = (value: number, quality: number) => {
        sensor.values[0] = value
        sensor.qualities[0] = quality
        all.correct(sensor)
        return [sensor.values[0], sensor.qualities[0]]
    }
    return { store, all, sample, sensor, options, channel: all.channels[0] }
}

describe("a corrected sample", () => {
    it("keeps the quality that its driver gave it where that is worse, and a gap stays as it is", async () => {
        const { all, sample } = await node()
        expect(await all.apply(record())).toBe(APPLIED)
        expect(sample(2100, QUALITY_OK)).toEqual([2050, QUALITY_OK])
        expect(sample(2100, QUALITY_WARMING_UP)).toEqual([2050, QUALITY_WARMING_UP])
        expect(sample(2100, QUALITY_SATURATED)).toEqual([2050, QUALITY_SATURATED])
        for (let gap = 8; gap < 16; gap++) expect(sample(77, gap)[1]).toBe(gap)
        expect(sample(-3999, QUALITY_OK), "beyond the range").toEqual([-4000, QUALITY_SATURATED])
        expect(sample(-3999, QUALITY_WARMING_UP)).toEqual([-4000, QUALITY_WARMING_UP])
    })

    it("of an expired calibration is uncalibrated, but for what its driver has to say", async () => {
        const { all, sample } = await node()
        expect(await all.apply(record({ validUntil: NOW_S }))).toBe(APPLIED)
        expect(sample(2100, QUALITY_OK)).toEqual([2050, QUALITY_UNCALIBRATED])
        expect(sample(2100, QUALITY_WARMING_UP)).toEqual([2050, QUALITY_WARMING_UP])
    })

    it("of a part that is away is skipped, whatever its quality", async () => {
        const { all, sample, sensor, options, channel } = await node()
        all.takeAway(sensor, 5)
        expect(options.intervalSeconds).toBe(5)
        expect(sample(2100, QUALITY_WARMING_UP)[1]).toBe(QUALITY_SKIPPED)
        expect([channel.sample.readInt32LE(4), channel.sample[8]]).toEqual([
            2100,
            QUALITY_WARMING_UP,
        ])
        all.nowMs = 120_001
        expect(sample(2100, QUALITY_OK)).toEqual([2100, QUALITY_OK])
        expect(options.intervalSeconds, "s, afterwards").toBe(60)
    })
})

describe("a store", () => {
    it("that keeps nothing refuses a record, and takes back none: what was in force still is", async () => {
        const { all, store, sample, channel } = await node()
        store.mood = "keeps nothing"
        expect(await all.apply(record())).toBe(REFUSED_STORE)
        expect(sample(2100, QUALITY_OK)).toEqual([2100, QUALITY_OK])
        store.mood = "answers"
        const first = record()
        expect(await all.apply(first)).toBe(APPLIED)
        store.mood = "keeps nothing"
        const next = record({ previous: recordId(first), technician: "ole" })
        expect(await all.apply(next)).toBe(REFUSED_STORE)
        expect(await all.rollBack(channel, recordId(first))).toBe(REFUSED_STORE)
        expect(sample(2100, QUALITY_OK)).toEqual([2050, QUALITY_OK])
        expect(channel.record?.id).toBe(recordId(first))
    })

    it("that does not answer at the start is reported as damaged, and nothing in it is written over", async () => {
        const store = new Slots()
        const before = await node(store)
        const kept = record()
        await before.all.apply(kept)
        store.mood = "is silent"
        const { all, sample } = await node(store)
        expect(all.statusText()).toContain('"damagedCalibrations":1')
        expect(sample(2100, QUALITY_OK)).toEqual([2100, QUALITY_OK])
        store.mood = "answers"
        expect(await all.apply(record({ technician: "ole" }))).toBe(REFUSED_STORE)
        expect(store.kept[0].toString("hex")).toBe(kept.toString("hex"))
    })
})
