/** The energy model against figures that one can reckon by hand, and the counts of a run. */
import { readFileSync } from "node:fs"
import path from "node:path"
import { describe, expect, it } from "vitest"
import { theBoard } from "../../sim/board/profile.js"
import { loadAnyPart } from "../../sim/parts/catalogue.js"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { knownBoards } from "../../sim/program/boards.js"
import { hours, minutes } from "../../sim/time/duration.js"
import { run as suitcase } from "../cli/cli.js"
import { fakeTerminal } from "../../tests/support/fake-terminal.js"
import { isRegulated, lifeDays, parseBattery, type Battery } from "./battery.js"
import { chipCurrents, sleepsDeeply, type ChipCurrents } from "./boards.js"
import { type EnergyCounts } from "./counts.js"
import { averageCurrent, slower, withDeepSleep } from "./model.js"

const CHIP: ChipCurrents = {
    connected: { mA: 20, source: "a" },
    receiving: { mA: 80, source: "b" },
    deepSleep: { mA: 0.01, source: "c" },
}

function counts(more: Partial<EnergyCounts> = {}): EnergyCounts {
    return {
        spanMs: hours(1),
        busMs: 10,
        transfers: 100,
        wakeUps: 1000,
        busyMs: 500,
        connects: 0,
        wireBytes: 0,
        sleeps: 0,
        asleepMs: 0,
        parts: [],
        ...more,
    }
}

function battery(text: string): Battery {
    return parseBattery(text) ?? expect.fail(text)
}

describe("a battery", () => {
    it("is cells of a kind, or what somebody typed", () => {
        expect(battery("2xAA")).toMatchObject({ capacity: 2850, voltage: 2.4 })
        expect(battery("3xAA-lithium").voltage).toBeCloseTo(4.35, 9)
        expect(battery("2600mAh@3.7V")).toMatchObject({ capacity: 2600, voltage: 3.7 })
        for (const wrong of ["", "AA", "0xAA", "9xAA", "2xD", "-5mAh@3V", "100mAh@0V", "1mAh@99V"])
            expect(parseBattery(wrong), wrong).toBeUndefined()
    })

    it("above the board's voltage lasts its charge, below it its energy through a converter", () => {
        expect(isRegulated(battery("1000mAh@3.7V"))).toBe(true)
        expect(lifeDays(battery("1000mAh@3.7V"), 10, 1)).toBeCloseTo(1000 / 10 / 24, 9)
        expect(isRegulated(battery("1000mAh@3V"))).toBe(false)
        const converted = (1000 * 3 * 0.85) / 3.3 / 10 / 24
        expect(lifeDays(battery("1000mAh@3V"), 10, 1)).toBeCloseTo(converted, 9)
        expect(lifeDays(battery("1000mAh@3V"), 10, 0.4)).toBeCloseTo(0.4 * converted, 9)
    })

    it("empties by itself, however little is taken", () => {
        const days = lifeDays(battery("3xAA"), 1e-9, 1)
        expect(days / 365.25).toBeCloseTo(1 / 0.03, 1)
    })
})

describe("the average current", () => {
    it("of a part is that of measuring for its time, and that between for the rest", async () => {
        const part = await loadAnyPart("sht4x")
        const parts = [{ part, address: 0x44 }]
        const busy = counts({ parts: [{ address: 0x44, samples: 60, activeMs: hours(0.25) }] })
        const { mA, shares, unknown } = averageCurrent(CHIP, busy, parts)
        const expected = 0.25 * 0.32 + 0.75 * 8e-5
        expect(shares.find(({ what }) => what === part.name)?.mA).toBeCloseTo(expected, 9)
        expect(mA).toBeCloseTo(20 + expected, 6)
        expect(shares[0]?.what).toMatch(/chip/)
        expect(unknown).toEqual([])
    })

    it("does not make up what a datasheet does not say", async () => {
        const part = await loadAnyPart("aht20")
        const report = averageCurrent(CHIP, counts(), [{ part, address: 0x38 }])
        expect(report.unknown).toEqual(["AHT20"])
        expect(report.mA).toBe(20)
    })

    it("of the radio is at most 500 mA for its bytes at 1 Mbit/s and its connects", () => {
        const { shares } = averageCurrent(CHIP, counts({ wireBytes: 12_500, connects: 2 }), [])
        const radio = shares.find(({ what }) => what.startsWith("radio"))
        // 37,500 B with headers are 0.3 s, two connects 9 s.
        expect(radio?.mA).toBeCloseTo((500 * 9.3) / 3600, 9)
    })

    it("falls with the interval only by what a row costs", async () => {
        const part = await loadAnyPart("vl53l1x")
        const parts = [{ part, address: 0x29 }]
        const often = counts({ parts: [{ address: 0x29, samples: 60, activeMs: 360_000 }] })
        const now = averageCurrent(CHIP, often, parts).mA
        const later = averageCurrent(CHIP, slower(often, 4), parts).mA
        expect(now - 20).toBeCloseTo(0.1 * 16 + 0.9 * 0.006, 6)
        expect(later - 20).toBeCloseTo(0.025 * 16 + 0.975 * 0.006, 6)
    })

    it("of a node that slept is that of its own wakes, and fewer of them with rows further apart", () => {
        const slept = counts({ sleeps: 6, asleepMs: hours(1) - 36_000, connects: 2 })
        const { mA, shares } = averageCurrent(CHIP, slept, [])
        const awake = shares.find(({ what }) => what === "chip, awake 6.0 s between two sleeps")
        expect(awake?.mA).toBeCloseTo(0.8, 9)
        const radio = shares.find(({ what }) => what.startsWith("radio"))?.mA ?? NaN
        expect(mA - radio).toBeCloseTo(0.8 + 0.99 * 0.01, 6)
        const later = averageCurrent(CHIP, slower(slept, 4), [])
        expect(later.mA).toBeCloseTo(0.2 + 0.9975 * 0.01 + radio / 4, 6)
    })

    it("with deep sleep is that of waking up, and of what stays on", async () => {
        const scd4x = { part: await loadAnyPart("scd4x"), address: 0x62 }
        const row = withDeepSleep(CHIP, counts(), [], minutes(15))
        const awake = 2.048 + 4.5 + 1.5
        expect(row.mA).toBeCloseTo((80 * awake + 0.01 * (900 - awake)) / 900, 6)
        expect(withDeepSleep(CHIP, counts(), [scd4x], minutes(15)).mA).toBeCloseTo(row.mA + 15, 6)
        // No shorter than the time that a row takes.
        expect(withDeepSleep(CHIP, counts(), [], 1000).mA).toBeCloseTo(80, 6)
    })
})

describe("a board", () => {
    it("has figures where its chip is an ESP32, and they make sense", () => {
        const ids = knownBoards().map(({ id }) => id)
        for (const id of ids.filter(name => name.startsWith("suitcase_"))) {
            const profile = theBoard(id)
            const chip = chipCurrents(profile)
            expect(chip !== undefined, id).toBe(profile.family === "esp32")
            expect(sleepsDeeply(profile), id).toBe(profile.family === "esp32")
            if (chip === undefined) continue
            expect(chip.deepSleep.mA).toBeLessThan(0.1)
            expect(chip.connected.mA).toBeGreaterThan(10)
            expect(chip.receiving.mA).toBeGreaterThan(chip.connected.mA)
        }
    })
})

describe("suitcase energy", () => {
    const run = async (...args: string[]) => {
        const terminal = fakeTerminal()
        const code = await suitcase(["energy", ...args], terminal)
        return { code, out: terminal.out.text, err: terminal.err.text }
    }

    it("says what dominates, how long a battery lasts, and what a longer interval gives", async () => {
        const { out } = await run("indoor-climate", "--battery", "3xAA", "--json")
        const result = JSON.parse(out) as {
            mA: number
            shares: { what: string; mA: number }[]
            intervals: { intervalMs: number; days: number }[]
            withDeepSleep: { days: number }[]
            counts: EnergyCounts
        }
        const sht4x = result.counts.parts.find(({ address }) => address === 0x44)
        expect(sht4x?.samples).toBe(60)
        expect((sht4x?.activeMs ?? 0) / 60, "ms a sample of SHT4x").toBeGreaterThan(8)
        expect((sht4x?.activeMs ?? 0) / 60, "ms a sample of SHT4x").toBeLessThan(40)
        expect(result.counts.wireBytes).toBeGreaterThan(300)
        expect(result.counts).toMatchObject({ connects: 0, spanMs: hours(1) })
        expect(result.counts.busyMs).toBeGreaterThan(result.counts.busMs)
        expect(result.shares[0]).toMatchObject({ what: "chip, joined to the network", mA: 21.47 })
        expect(result.mA).toBeCloseTo(36.5, 1)
        expect(result.intervals.map(({ intervalMs }) => intervalMs)).toEqual(
            [60, 240, 720].map(s => s * 1000)
        )
        expect(result.intervals[0]?.days).toBeCloseTo(2850 / 36.5 / 24, 1)
        expect(result.withDeepSleep[2]?.days).toBeGreaterThan(result.intervals[2]?.days ?? NaN)
    })

    it("takes the wakes of a program that sleeps between rows", async () => {
        const { out } = await run("waste-bin-battery", "--json")
        const { mA, counts, withDeepSleep } = JSON.parse(out) as {
            mA: number
            counts: EnergyCounts
            withDeepSleep: null
        }
        expect(counts.sleeps).toBeGreaterThan(30)
        expect(counts.asleepMs / counts.spanMs, "share asleep").toBeGreaterThan(0.98)
        expect(mA, "mA").toBeGreaterThan(0.5)
        expect(mA, "mA").toBeLessThan(2)
        expect(withDeepSleep).toBeNull()
    })

    it("runs at the interval that is asked for", async () => {
        const { out } = await run("indoor-climate", "--interval", "15m", "--json")
        const { counts, intervals } = JSON.parse(out) as {
            counts: EnergyCounts
            intervals: { intervalMs: number }[]
        }
        expect(intervals[0]?.intervalMs).toBe(900_000)
        expect(counts.parts.find(({ address }) => address === 0x44)?.samples).toBe(4)
    })

    it("prints what docs/energy.md shows, figures of chips included", async () => {
        const page = readFileSync(path.join(PROJECT_ROOT, "docs/energy.md"), "utf8")
        const { out } = await run("indoor-climate")
        const shown = out.split("\n").filter(line => !line.includes("an hour:"))
        expect(shown[0]).toMatch(/^indoor-climate on suitcase_xiao_c3/)
        for (const line of shown.slice(0, 4)) expect(page).toContain(`${line}\n`)
        for (const id of [
            "suitcase_xiao_c3",
            "suitcase_devkitc",
            "suitcase_feather_s2",
            "suitcase_devkitm_s3",
        ]) {
            const chip = chipCurrents(theBoard(id)) ?? expect.fail(id)
            const row = [
                chip.connected.mA,
                chip.receiving.mA,
                Math.round(chip.deepSleep.mA * 1e4) / 10,
            ]
            expect(page).toMatch(new RegExp(`\\| +${row.join(" \\| +")} \\|`))
        }
    })

    it("asks for a measured current where none was found", async () => {
        const refused = await run("indoor-climate", "--board", "suitcase_pico_w")
        expect(refused.err).toMatch(/suitcase_pico_w.*measure it and give --idle-current/)
        expect((await run("indoor-climate", "--board", "suitcase_pico")).err).toMatch(/no Wi-Fi/)
    })
})
