/**
 * A sensor that drifts, calibrated at the end of each quarter: how wrong its data are before and after, by what a data
 * user has, which is readings with their calibration ids. A quarter is two hours here, with the drift of one;
 * `npm run soak` has the year, in hourly rows.
 */
import { describe, expect, it } from "vitest"
import { CERTIFICATE, type Certificate } from "../../tools/calibration/certificate.js"
import { calibrate, type Plan } from "../../tools/calibration/session.js"
import { openSimBench } from "../../tools/calibration/sim-bench.js"
import { FrameCollector, type Reading } from "../../tools/decoder/index.js"

const HOURS = Number(process.env["SUITCASE_QUARTER_HOURS"] ?? 2)
const IS_YEAR = HOURS > 1000
const QUARTER_MS = HOURS * 3_600_000
const QUARTERS = 4
/** A share of a quarter at its begin and at its end, in which it hardly drifts. */
const SHARE = 1 / 6
/** What the room really has, and the reference shows, °C. */
const TRUTH = 21
/** What the sensor's offset gains in a quarter, °C: a temperature sensor gone bad. */
const DRIFT = 0.6
const UNCERTAINTY = 0.05

const PLAN: Plan = {
    channel: "temperature",
    points: [5, 35],
    method: "exact",
    reference: {
        ...{ name: "Testo 104", certificate: "1", validUntil: undefined },
        ...{ uncertainty: UNCERTAINTY, resolution: 0.01 },
    },
    technician: "mette",
    temperature: undefined,
    validDays: 365,
    timeoutMs: 1_800_000,
    isUnstableAllowed: false,
}

interface Quarter {
    readonly certificate: Certificate
    readonly fromMs: number
    readonly toMs: number
}

async function fourQuarters(): Promise<{ quarters: Quarter[]; readings: Reading[] }> {
    const bench = await openSimBench(7, {
        faults: new Map([["temperature", { drift: ms => (DRIFT * ms) / QUARTER_MS, noise: 0.03 }]]),
        warmUpMs: 60_000,
        ...(IS_YEAR ? { intervalSeconds: 3600 } : {}),
    })
    const readings: Reading[] = []
    const problems: string[] = []
    const collector = new FrameCollector({
        onReading: reading => {
            if (reading.channel === PLAN.channel) readings.push(reading)
        },
        onMalformed: ({ code }) => problems.push(code),
    })
    bench.broker.subscribe("#", (topic, payload) => collector.accept(topic, payload))
    try {
        const quarters: Quarter[] = []
        bench.bring(PLAN.channel, TRUTH)
        for (let i = 0; i < QUARTERS; i++) {
            await bench.sleep(QUARTER_MS)
            const toMs = bench.nowMs()
            const done = await calibrate(bench, PLAN, {
                atPoint: () => Promise.resolve(),
                onReading: () => undefined,
                confirm: () => Promise.resolve(true),
                onApplied: () => undefined,
            })
            bench.bring(PLAN.channel, TRUTH)
            const certificate = CERTIFICATE.parse(done?.certificate)
            quarters.push({ certificate, fromMs: bench.nowMs(), toMs })
        }
        // The quarter after the last calibration.
        await bench.sleep(QUARTER_MS)
        expect(problems).toEqual([])
        return { quarters, readings }
    } finally {
        await bench.close()
    }
}

describe(`a sensor that drifts, over ${QUARTERS} quarters of ${HOURS} h with a calibration at the end of each`, () => {
    it("is right again after each, by the decoded readings and their calibration ids", async () => {
        const { quarters, readings } = await fourQuarters()
        const values = readings.filter(({ isGap }) => !isGap)
        const errorOf = (id: number, fromMs: number, toMs: number) => {
            const within = values.filter(
                ({ calibration, time }) => calibration === id && time >= fromMs && time < toMs
            )
            expect(within.length, "readings to judge by").toBeGreaterThan(5)
            return within.reduce((sum, { value = NaN }) => sum + value, 0) / within.length - TRUTH
        }
        const rows = quarters.map(
            ({ certificate: { id, previous, uncertainty }, fromMs, toMs }) => ({
                before: errorOf(previous, toMs - SHARE * QUARTER_MS, toMs),
                after: errorOf(id, fromMs, fromMs + SHARE * QUARTER_MS),
                expanded: uncertainty.expanded,
            })
        )
        const told = rows
            .map(
                ({ before, after, expanded }, i) =>
                    `quarter ${i + 1}: ${before.toFixed(3)} °C before, ${after.toFixed(3)} °C after, ± ${expanded.toFixed(3)}`
            )
            .join("\n")
        if (IS_YEAR) console.log(told)
        for (const { before, after, expanded } of rows) {
            // Less, or plus, half of what it drifts in the share of the quarter that is looked at.
            expect(Math.abs(before - DRIFT * (1 - SHARE / 2)), told).toBeLessThan(expanded)
            expect(Math.abs(after - (DRIFT * SHARE) / 2), told).toBeLessThan(expanded)
        }
        // No reading has an id that no certificate has, and each id is in the data once it is in force.
        const ids = [0, ...quarters.map(({ certificate }) => certificate.id)]
        expect([...new Set(values.map(({ calibration }) => calibration))]).toEqual(ids)
        // At the references nothing was recorded as a reading of the room.
        expect(values.filter(({ value = NaN }) => Math.abs(value - TRUTH) > 2 * DRIFT)).toEqual([])
    })
})
