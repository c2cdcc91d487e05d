import { describe, expect, it } from "vitest"
import { type Quantity } from "../../../sim/worlds/place.js"
import { fakeTerminal } from "../../../tests/support/fake-terminal.js"
import { type Reading } from "../../decoder/index.js"
import { truthTable } from "../view/truth-table.js"
import { TruthAccount } from "./truth.js"

const QUANTITIES: Record<string, Quantity> = {
    // Rises by 1 °C a minute from −5 °C on.
    temperature: { unit: "Cel", min: -40, max: 85, at: t => -5 + t / 60_000 },
    distance: { unit: "m", min: 0, max: 4, at: () => 1.5 },
    count: { unit: "count", min: 0, max: 1e6, isTotal: true, at: t => 700 + t / 1000 },
    energy: { unit: "kWh", min: 0, max: 1e6, isTotal: true, at: t => t / 60_000 },
    presence: { unit: "/", min: 0, max: 1, at: () => 1 },
    time_to_full: { unit: "h", min: 0, max: 1008, at: t => (t === 0 ? NaN : 8) },
    laeq: { unit: "dB", min: 0, max: 120, at: () => 0, over: (from, to) => (to - from) / 1000 },
}

function reading(channel: string, time: number, value: number | undefined, more = {}): Reading {
    return {
        site: "demo",
        node: "n1",
        boot: 1,
        sequence: 0,
        time,
        timeUncertaintyMs: undefined,
        channel,
        unit: "Cel",
        decimals: 2,
        calibration: 0,
        value,
        integer: 0,
        quality: value === undefined ? "absent" : "ok",
        isGap: value === undefined,
        ...more,
    }
}

function accountOf(...readings: Reading[]) {
    const account = new TruthAccount(
        node => (node === "n1" ? QUANTITIES : undefined),
        () => ({ voc_index: "an index" })
    )
    for (const one of readings) account.note(one)
    return account.report()
}

describe("the errors of a chain", () => {
    it("are bias, RMS, 95th percentile and maximum of what was read against what was true then", () => {
        const errors = [...Array.from({ length: 97 }, () => 0.1), -0.2, -0.2, -3]
        const report = accountOf(
            ...errors.map((error, i) =>
                reading("temperature", i * 60_000, -5 + i + error, { sequence: i })
            ),
            reading("temperature", 100 * 60_000, undefined)
        )
        expect(report.unknown).toEqual([])
        const [temperature] = report.channels
        expect(temperature).toMatchObject({ readings: 100, gaps: 1, trueMin: -5, trueMax: 94 })
        expect(temperature?.bias).toBeCloseTo((9.7 - 3.4) / 100, 9)
        expect(temperature?.rms).toBeCloseTo(Math.sqrt((97 * 0.01 + 0.08 + 9) / 100), 9)
        expect(temperature?.p95).toBeCloseTo(0.1, 9)
        expect(temperature?.max).toBeCloseTo(3, 9)
    })

    it("hold the error of the clock: a reading that is a minute late is a degree off", () => {
        const [temperature] = accountOf(reading("temperature", 600_000, 4)).channels
        expect(temperature?.bias).toBeCloseTo(-1, 9)
    })

    it("are those behind a prefix, and in a unit that differs by a factor", () => {
        const { channels } = accountOf(
            reading("roof_temperature", 0, -4.5),
            reading("distance", 0, 1512, { unit: "mm" })
        )
        expect(channels.map(({ channel }) => channel)).toEqual(["roof_temperature", "distance"])
        expect(channels[0]?.bias).toBeCloseTo(0.5, 9)
        expect(channels[1]?.bias).toBeCloseTo(12, 9)
    })

    it("of totals are those of what was counted since each start of the node", () => {
        const count = (boot: number, time: number, value: number) =>
            reading("count", time, value, { unit: "count", boot })
        const [errors] = accountOf(
            count(1, 0, 12),
            count(1, 60_000, 71),
            count(2, 120_000, 0),
            count(2, 180_000, 61)
        ).channels
        expect(errors).toMatchObject({ readings: 4, max: 1, bias: 0 })
    })

    it("of what stands for an interval are those against the interval since the row before", () => {
        const [errors] = accountOf(
            reading("laeq", 60_000, 0, { unit: "dB" }),
            reading("laeq", 120_000, 61, { unit: "dB" })
        ).channels
        expect(errors).toMatchObject({ readings: 2, max: 1 })
    })

    it("of what stands for an interval go on over the row of an event, in which it was not sampled", () => {
        const [errors] = accountOf(
            reading("laeq", 60_000, 0, { unit: "dB" }),
            reading("laeq", 100_000, undefined, { unit: "dB", quality: "skipped" }),
            reading("laeq", 120_000, 60, { unit: "dB" }),
            // A sample that failed ends an interval.
            reading("laeq", 150_000, undefined, { unit: "dB" }),
            reading("laeq", 180_000, 30, { unit: "dB" })
        ).channels
        expect(errors).toMatchObject({ readings: 3, gaps: 2, max: 0 })
    })

    it("are not those of a moment at which there is no truth: a forecast that is too early", () => {
        const [errors] = accountOf(
            reading("time_to_full", 0, 3, { unit: "h" }),
            reading("time_to_full", 60_000, 9, { unit: "h" })
        ).channels
        expect(errors).toMatchObject({ readings: 1, max: 1 })
    })

    it("of energy in Wh are those against kWh, of a state given as a number those against it", () => {
        const { channels } = accountOf(
            reading("energy", 0, 5, { unit: "Wh" }),
            reading("energy", 60_000, 1004, { unit: "Wh" }),
            reading("presence", 0, 1, { unit: "count" })
        )
        expect(channels).toMatchObject([
            { channel: "energy", trueMax: 1000, max: 1 },
            { channel: "presence", max: 0 },
        ])
    })

    it("are not made up where nothing true is known", () => {
        const report = accountOf(
            reading("voc_index", 0, 100, { unit: "1" }),
            reading("temperature", 0, 278, { unit: "K" }),
            reading("temperature", 0, 20, { node: "another" })
        )
        expect(report).toEqual({
            channels: [],
            unknown: [{ channel: "voc_index", reason: "an index" }, { channel: "temperature" }],
        })
        const text = truthTable(report, fakeTerminal())
        expect(text).toContain("nothing to compare with")
        expect(text).toContain("nothing true is known of temperature")
        expect(text).toContain("voc_index is not compared: an index")
    })

    it("name all channels that cannot be compared for one reason together, and need no table for it", () => {
        const reason = "they are of the network, not of the place"
        const unknown = ["place", "delay"].map(channel => ({ channel, reason }))
        expect(truthTable({ channels: [], unknown }, fakeTerminal())).toBe(
            `  not compared: place, delay:\n    ${reason}`
        )
    })

    it("fit 80 columns on a terminal that has no more", () => {
        const report = accountOf(
            reading("a_prefix_that_is_long_distance", 0, -123_456.789, { unit: "mm" }),
            reading("temperature", 0, undefined)
        )
        const reason = "what it tells of a place is tested against what happens there, not here"
        const unknown = ["presence", "high_alarm", "rising_alarm"].map((channel, i) => ({
            channel,
            reason: i === 0 ? `${reason}, ${reason}` : reason,
        }))
        for (const line of truthTable({ ...report, unknown }, fakeTerminal()).split("\n"))
            expect(line.length, line).toBeLessThanOrEqual(80)
    })
})
