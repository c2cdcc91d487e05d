/** Boots that never learnt the time: rows from an outage with power cuts. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
    EPOCH,
    TICK_MS,
    clockText,
    decoderBench,
    frame,
    schemaBytes,
} from "../../tests/support/decoder-bench.js"
import { CRC16_START, crc16 } from "../../src/core/crc.js"

const HOUR_MS = 3_600_000

describe("rows of a boot that never knew the time", () => {
    it("lie, within their stated uncertainty, between the boots before and after; none is lost and their order stays", () => {
        const firstUptimes = fc
            .oneof(fc.constant(0), fc.integer({ min: 1, max: 40 * 24 * 3600 }))
            .map(s => s * TICK_MS)
        const boots = fc.array(
            fc.record({
                /** Time without power before the boot, and uptime of its last row, ms. */
                offMs: fc.integer({ min: 1000, max: 24 * HOUR_MS }),
                upMs: fc.integer({ min: 1, max: 48 * 3600 }).map(s => s * TICK_MS),
                /** Uptime of its first row: weeks, when the program started on a board that was on. */
                fromMs: firstUptimes,
            }),
            { minLength: 1, maxLength: 5 }
        )
        const lastOff = fc.integer({ min: 1000, max: HOUR_MS })
        fc.assert(
            fc.property(boots, lastOff, firstUptimes, (list, lastOffMs, lastUptimeMs) => {
                const { readings, collector, publish } = decoderBench()
                publish("schema", schemaBytes)
                // A boot that knows the time; its one row is taken right at its end.
                publish("clock", clockText({ boot: 1 }))
                publish("frame", frame(0, { boot: 1, unixTime: false, time: 60 }))
                let now = EPOCH + 60_000
                const truth: number[] = [now]
                list.forEach(({ offMs, upMs, fromMs }, i) => {
                    const start = now + offMs
                    for (const [sequence, uptime] of [0, upMs].entries()) {
                        truth.push(start + uptime)
                        const time = (fromMs + uptime) / TICK_MS
                        publish("frame", frame(sequence, { boot: 10 + i, unixTime: false, time }))
                    }
                    now = start + upMs
                })
                expect(readings.length).toBe(2)
                expect(collector.heldFrames).toBe(2 * list.length)
                publish(
                    "clock",
                    clockText({ boot: 99, unix: now + lastOffMs, uptime: lastUptimeMs })
                )
                const times = readings.filter(r => r.channel === "co2")
                expect(times.length).toBe(truth.length)
                times.forEach((reading, i) => {
                    const error = Math.abs(reading.time - truth[i])
                    expect(error, `row ${i}: error in ms`).toBeLessThanOrEqual(
                        reading.timeUncertaintyMs as number
                    )
                    if (i > 0) expect(reading.time).toBeGreaterThanOrEqual(times[i - 1]?.time)
                })
                expect(collector.heldFrames).toBe(0)
            }),
            { seed: 1, numRuns: 200 }
        )
    })

    it("say that their uncertainty is unknown when nothing was ever heard before", () => {
        const { readings, publish } = decoderBench()
        publish("schema", schemaBytes)
        publish("frame", frame(0, { boot: 1, unixTime: false, time: 100 }))
        publish("clock", clockText({ boot: 2, unix: EPOCH + HOUR_MS, uncertainty: 0 }))
        expect(readings[0]).toMatchObject({ time: EPOCH + HOUR_MS, timeUncertaintyMs: undefined })
    })

    it("say that their uncertainty is unknown when the boots around them contradict each other", () => {
        const { readings, publish } = decoderBench()
        publish("schema", schemaBytes)
        // Three days ahead of the boot that tells the time next.
        publish("clock", clockText({ boot: 1, unix: EPOCH + 72 * HOUR_MS, uncertainty: 0 }))
        publish("frame", frame(0, { boot: 1, unixTime: false, time: 0 }))
        publish("frame", frame(0, { boot: 2, unixTime: false, time: 100 }))
        publish("clock", clockText({ boot: 3, unix: EPOCH + HOUR_MS, uncertainty: 0 }))
        expect(readings.filter(r => r.boot === 2)[0]).toMatchObject({
            time: EPOCH + HOUR_MS,
            timeUncertaintyMs: undefined,
        })
    })

    it("say that their uncertainty is unknown when the boot after them contradicts itself", () => {
        const { readings, publish } = decoderBench()
        const late = Buffer.from(schemaBytes.toString().replace('"tick"', ' "tick"'))
        const schema = crc16(late, 0, late.length, CRC16_START)
        publish("schema", schemaBytes)
        publish("clock", clockText({ boot: 1, unix: EPOCH, uncertainty: 0 }))
        publish("frame", frame(0, { boot: 1, unixTime: false, time: 0 }))
        publish("frame", frame(0, { boot: 2, unixTime: false, time: 100, schema }))
        const told = (uptime: number, hours: number) => {
            const unix = EPOCH + hours * HOUR_MS + uptime
            publish("clock", clockText({ boot: 3, unix, uptime, uncertainty: 0 }))
        }
        told(0, 1)
        told(1000, 9)
        publish("schema", late)
        told(2000, 9)
        const rows = readings.filter(r => r.boot === 2)
        expect(rows.length).toBe(2)
        expect(rows[0].timeUncertaintyMs).toBeUndefined()
    })

    it("come before the rows of the boot that tells the time, though those waited for it too", () => {
        const { readings, publish } = decoderBench()
        publish("schema", schemaBytes)
        publish("frame", frame(0, { boot: 1, unixTime: false, time: 100 }))
        publish("frame", frame(0, { boot: 2, unixTime: false, time: 3600 }))
        publish("clock", clockText({ boot: 2, unix: EPOCH + HOUR_MS, uncertainty: 0 }))
        const rows = readings.filter(r => r.channel === "co2")
        expect(rows.map(r => r.boot)).toEqual([1, 2])
        expect(rows[0], "no later than the boot after it").toMatchObject({
            time: EPOCH + HOUR_MS,
            timeUncertaintyMs: undefined,
        })
    })

    it("go on waiting when the anchor is of an earlier boot", () => {
        const { collector, publish } = decoderBench()
        publish("schema", schemaBytes)
        publish("clock", clockText({ boot: 1 }))
        publish("frame", frame(0, { boot: 2, unixTime: false, time: 100 }))
        // The broker repeats what it had sent.
        publish("clock", clockText({ boot: 1 }))
        expect(collector.heldFrames).toBe(1)
    })

    it("go on waiting while only the node's next boot without time is heard", () => {
        const { collector, publish } = decoderBench()
        publish("schema", schemaBytes)
        publish("frame", frame(0, { boot: 2, unixTime: false, time: 100 }))
        publish("frame", frame(0, { boot: 3, unixTime: false, time: 100 }))
        expect(collector.heldFrames).toBe(2)
    })
})
