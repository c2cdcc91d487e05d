/** Times that the decoder states, against the true ones. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
    EPOCH,
    TICK_MS,
    clockText,
    decoderBench,
    frame,
    schemaBytes,
    statusText,
} from "../../tests/support/decoder-bench.js"
import { CRC16_START, crc16 } from "../../src/core/crc.js"
import { BootClock } from "./boot-clock.js"
import type { ClockAnchor } from "./clock-record.js"

const DAY_MS = 86_400_000
/** What doubles lose on times of this size, ms. */
const ARITHMETIC_MS = 0.01

/** A clock that runs at a constant wrong speed, and a server's answers with errors. */
interface Boot {
    /** True Unix time of the boot, ms. */
    start: number
    /** How many ppm the node's clock is too slow. */
    slowPpm: number
    anchors: ClockAnchor[]
}

const trueTime = (boot: Boot, uptime: number) => boot.start + uptime * (1 + boot.slowPpm * 1e-6)

const boots: fc.Arbitrary<Boot> = fc
    .record({
        start: fc.integer({ min: EPOCH, max: EPOCH + DAY_MS }),
        slowPpm: fc.double({ min: -150, max: 150, noNaN: true }),
        replies: fc.uniqueArray(
            fc.record({
                uptime: fc.integer({ min: 0, max: 40 * DAY_MS }),
                uncertainty: fc.integer({ min: 1, max: 5000 }),
                /** Share of the uncertainty that is used up. */
                error: fc.double({ min: -1, max: 1, noNaN: true }),
                rate: fc.integer({ min: -200_000, max: 200_000 }),
                /** Beyond what the rate leaves uncorrected, ppm. */
                spare: fc.integer({ min: 0, max: 50 }),
            }),
            { minLength: 1, maxLength: 8, selector: reply => reply.uptime }
        ),
    })
    .map(({ start, slowPpm, replies }) => {
        const boot: Boot = { start, slowPpm, anchors: [] }
        boot.anchors = replies.map(({ uptime, uncertainty, error, rate, spare }) => ({
            boot: 7,
            uptime,
            // Rounded towards the truth, so that rounding never exceeds the bound.
            unix: Math.round(trueTime(boot, uptime) + error * (uncertainty - 0.5)),
            uncertainty,
            rate,
            drift: Math.ceil(Math.abs(slowPpm - rate / 1000)) + spare,
        }))
        return boot
    })

describe("the time of a reading", () => {
    it("is within its stated uncertainty of the true one, for frames that count from boot", () => {
        const property = fc.property(
            boots,
            fc.array(fc.integer({ min: 0, max: 40 * DAY_MS }), { minLength: 1, maxLength: 5 }),
            (boot, uptimes) => {
                const { readings, publish } = decoderBench()
                publish("schema", schemaBytes)
                for (const { boot: id, ...anchor } of boot.anchors)
                    publish("clock", clockText({ boot: id, ...anchor }))
                for (const [sequence, uptime] of uptimes.entries()) {
                    readings.length = 0
                    const time = Math.floor((uptime + TICK_MS / 2) / TICK_MS)
                    publish("frame", frame(sequence, { unixTime: false, time }))
                    const error = Math.abs(readings[0].time - trueTime(boot, uptime))
                    // The tick adds its rounding, stretched by the clock's own error.
                    expect(error).toBeLessThanOrEqual(
                        (readings[0].timeUncertaintyMs as number) + 0.1 + ARITHMETIC_MS
                    )
                }
            }
        )
        fc.assert(property, { seed: 4, numRuns: 300 })
    })

    it("is within its stated uncertainty for frames that the node stamped itself", () => {
        const property = fc.property(
            boots,
            fc.array(fc.integer({ min: 0, max: 40 * DAY_MS }), { minLength: 1, maxLength: 5 }),
            (boot, uptimes) => {
                const { readings, publish } = decoderBench()
                publish("schema", schemaBytes)
                for (const anchor of boot.anchors) publish("clock", clockText({ ...anchor }))
                for (const [sequence, uptime] of uptimes.entries()) {
                    // As nodes do it: by the newest anchor they have by then.
                    const anchor = boot.anchors
                        .filter(known => known.uptime <= uptime)
                        .sort((a, b) => b.uptime - a.uptime)[0]
                    if (anchor === undefined) continue
                    const own = anchor.unix + (uptime - anchor.uptime) * (1 + anchor.rate * 1e-9)
                    readings.length = 0
                    const time = Math.floor((own + TICK_MS / 2) / TICK_MS)
                    publish("frame", frame(sequence, { time }))
                    const error = Math.abs(readings[0].time - trueTime(boot, uptime))
                    expect(readings[0].time).toBe(time * TICK_MS)
                    expect(error).toBeLessThanOrEqual(
                        (readings[0].timeUncertaintyMs as number) + 0.1 + ARITHMETIC_MS
                    )
                }
            }
        )
        fc.assert(property, { seed: 5, numRuns: 300 })
    })

    it("is never less certain than the best single anchor promises", () => {
        const property = fc.property(
            boots,
            fc.integer({ min: 0, max: 40 * DAY_MS }),
            (boot, uptime) => {
                const clock = new BootClock()
                for (const anchor of boot.anchors) clock.add(anchor)
                const best = Math.min(
                    ...boot.anchors.map(
                        anchor =>
                            anchor.uncertainty +
                            Math.abs(uptime - anchor.uptime) * anchor.drift * 1e-6
                    )
                )
                expect(clock.at(uptime)?.uncertaintyMs).toBeLessThanOrEqual(best + ARITHMETIC_MS)
            }
        )
        fc.assert(property, { seed: 6, numRuns: 300 })
    })

    it("waits for an anchor of its own boot, then comes by the anchor's formula", () => {
        const { collector, readings, publish } = decoderBench()
        publish("schema", schemaBytes)
        publish("clock", clockText({ boot: 8 }))
        publish("clock", clockText(), "n2")
        publish("frame", frame(0, { unixTime: false, time: 1_000_000 }))
        expect(readings).toEqual([])
        expect(collector.heldFrames).toBe(1)
        publish(
            "clock",
            clockText({ uptime: 5_000_000, unix: EPOCH, uncertainty: 30, rate: 2000, drift: 10 })
        )
        // 995,000,000 ms × (1 + 2e-6); 30 ms + 9,950 ms of drift + half a tick.
        expect(readings[0].time).toBe(EPOCH + 995_000_000 + 1990)
        expect(readings[0].timeUncertaintyMs).toBe(30 + 9950 + 500)
    })

    it("lies in the middle of what the anchors on both sides leave open", () => {
        const clock = new BootClock()
        const anchor = { boot: 7, uncertainty: 100, rate: 0, drift: 0 }
        clock.add({ ...anchor, uptime: 10_000, unix: EPOCH + 10_120 })
        clock.add({ ...anchor, uptime: 0, unix: EPOCH })
        expect(clock.at(5000)).toEqual({ unixMs: EPOCH + 5060, uncertaintyMs: 40 })
    })

    it("goes by the newest anchor when anchors contradict each other, and does not say how well", () => {
        const clock = new BootClock()
        const anchor = { boot: 7, uncertainty: 100, rate: 0, drift: 100 }
        clock.add({ ...anchor, uptime: 0, unix: EPOCH })
        clock.add({ ...anchor, uptime: 1_000_000, unix: EPOCH + 2_000_000 })
        expect(clock.at(400_000)).toEqual({ unixMs: EPOCH + 1_400_000, uncertaintyMs: undefined })
        expect(clock.at(900_000)?.unixMs).toBe(EPOCH + 1_900_000)
    })

    it("is as uncertain as a disputed anchor says, and only as long as it is the newest", () => {
        const clock = new BootClock()
        const anchor = { boot: 7, rate: 0, drift: 0, uncertainty: 20 }
        clock.add({ ...anchor, uptime: 0, unix: EPOCH })
        clock.add({ ...anchor, uptime: 100_000, unix: EPOCH + 100_000, uncertainty: 3 * DAY_MS })
        clock.add({ ...anchor, uptime: 200_000, unix: EPOCH + 200_000 })
        const stated = [50_000, 150_000, 250_000].map(ms =>
            clock.uncertaintyOf(EPOCH + ms, TICK_MS)
        )
        expect(stated).toEqual([20, 3 * DAY_MS, 20])
        // What counts from boot lies where all three overlap.
        expect(clock.at(150_000)).toEqual({ unixMs: EPOCH + 150_000, uncertaintyMs: 20 })
    })

    it("is of unknown uncertainty under an anchor that the node gave up for another", () => {
        const clock = new BootClock()
        const anchor = { boot: 7, rate: 0, drift: 0, uncertainty: 20 }
        clock.add({ ...anchor, uptime: 0, unix: EPOCH })
        expect(clock.uncertaintyOf(EPOCH + 50_000, TICK_MS)).toBe(20)
        clock.add({ ...anchor, uptime: 100_000, unix: EPOCH + 100_000, uncertainty: DAY_MS })
        clock.add({ ...anchor, uptime: 200_000, unix: EPOCH + 200_000 + DAY_MS - 1000 })
        expect(clock.uncertaintyOf(EPOCH + 50_000, TICK_MS)).toBeUndefined()
        expect(clock.uncertaintyOf(EPOCH + 150_000, TICK_MS)).toBe(DAY_MS)
        expect(clock.uncertaintyOf(EPOCH + DAY_MS + 250_000, TICK_MS)).toBe(20)
    })

    it("is as uncertain as the worse anchor when a clock that was set back leaves two to choose", () => {
        for (const [first, second] of [
            [20, 500],
            [500, 20],
        ]) {
            const clock = new BootClock()
            const anchor = { boot: 7, rate: 0, drift: 0 }
            clock.add({ ...anchor, uptime: 0, unix: EPOCH, uncertainty: first })
            clock.add({ ...anchor, uptime: 100_000, unix: EPOCH + 99_500, uncertainty: second })
            expect(clock.uncertaintyOf(EPOCH + 80_000, TICK_MS)).toBe(first)
            expect(clock.uncertaintyOf(EPOCH + 99_700, TICK_MS)).toBe(500)
            expect(clock.uncertaintyOf(EPOCH + 110_000, TICK_MS)).toBe(second)
        }
    })

    it("has no stated uncertainty without anchor, nor when it is older than the first one known", () => {
        const { readings, publish } = decoderBench()
        publish("schema", schemaBytes)
        publish("frame", frame(0))
        publish("clock", clockText({ uptime: 60_000, unix: EPOCH + 60_000 }))
        publish("frame", frame(1, { time: EPOCH / TICK_MS + 58 }))
        publish("frame", frame(2, { time: EPOCH / TICK_MS + 59 }))
        expect(readings.map(r => r.timeUncertaintyMs)).toEqual([
            undefined,
            undefined,
            undefined,
            undefined,
            520,
            520,
        ])
    })

    it("comes from the status record when no anchor is known, with unknown uncertainty", () => {
        const { readings, publish } = decoderBench()
        publish("schema", schemaBytes)
        publish("frame", frame(0, { unixTime: false, time: 30 }))
        publish("status", statusText())
        expect(readings[0]).toMatchObject({ time: EPOCH + 30_000, timeUncertaintyMs: undefined })
        publish("clock", clockText({ unix: EPOCH + 7 }))
        publish("frame", frame(1, { unixTime: false, time: 30 }))
        expect(readings[2]).toMatchObject({ time: EPOCH + 30_007, timeUncertaintyMs: 520 })
    })

    it("is refused where no calendar has it", () => {
        const { collector, readings, problems, publish } = decoderBench()
        const slow = Buffer.from(
            schemaBytes.toString().replace(`"tick":${TICK_MS}`, '"tick":86400000')
        )
        publish("schema", schemaBytes)
        publish("schema", slow)
        publish("clock", clockText({ unix: 1, uptime: 1_000_000 }))
        publish("frame", frame(0, { unixTime: false, time: 3 }))
        const schema = crc16(slow, 0, slow.length, CRC16_START)
        publish("frame", frame(1, { schema, time: 4_000_000_000 }))
        expect(problems.map(p => p.code)).toEqual(["time", "time"])
        expect(readings).toEqual([])
        expect(collector.counts.readings).toBe(0)
    })

    it("survives clock records that are none, and names what is wrong", () => {
        const { problems, publish } = decoderBench()
        publish("clock", Buffer.from("now"))
        publish("clock", clockText({ v: 2 }))
        publish("clock", clockText({ unix: 0 }))
        publish("clock", clockText({ unix: 1e300 }))
        publish("clock", clockText({ uptime: -1 }))
        publish("clock", clockText({ uncertainty: 0.5 }))
        publish("clock", clockText({ rate: 10_000_001 }))
        publish("clock", clockText({ drift: null }))
        expect(problems.map(p => p.message.replace(/ from.*/, ""))).toEqual([
            "clock record: not JSON",
            "clock record.v must be an integer",
            "clock record.unix must be an integer",
            "clock record.unix must be an integer",
            "clock record.uptime must be an integer",
            "clock record.uncertainty must be an integer",
            "clock record.rate must be an integer",
            "clock record.drift must be an integer",
        ])
        expect(problems.every(p => p.code === "clock")).toBe(true)
    })

    it("keeps a bounded number of anchors, the latest", () => {
        const clock = new BootClock()
        const anchor = { boot: 7, uncertainty: 1, rate: 0, drift: 1000 }
        for (let i = 0; i < 1000; i++)
            clock.add({ ...anchor, uptime: i * 1_000_000, unix: EPOCH + i * 1_000_000 })
        expect(clock.at(999_000_000)?.uncertaintyMs).toBe(1)
        // The earliest one kept is the 872nd.
        expect(clock.at(0)?.uncertaintyMs).toBeCloseTo(1 + 872_000, 6)
    })
})
