/** Recordings: reading them, naming what is wrong with them, playing them back. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import fc from "fast-check"
import { afterAll, describe, expect, it } from "vitest"
import { buildSurroundings } from "../../sim/apps/app.js"
import { builtIn } from "../../sim/traces/built-in.js"
import { indoorClimate } from "../../sim/apps/indoor-climate.js"
import { columnFor } from "../../sim/traces/columns.js"
import { replay } from "../../sim/traces/replay.js"
import { TraceError, loadTrace, parseTrace, type TraceColumn } from "../../sim/traces/trace.js"
import { hours, minutes } from "../../sim/time/duration.js"

const folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-traces-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const MONDAY = Date.parse("2024-01-15T00:00:00Z")
const DAY = hours(24)

function column(text: string, name?: string): TraceColumn {
    const trace = parseTrace(text, "room.csv")
    const found = trace.columns.find(c => name === undefined || c.name === name)
    return found as TraceColumn
}

describe("the recordings in sim/traces", () => {
    it("load whole: rows, columns, and the faults they were recorded with", () => {
        const room = builtIn("scd30-room.csv")
        expect(room.columns.map(c => [c.name, c.values.length])).toEqual([
            ["co2_ppm", 2607],
            ["temperature_degC", 2607],
            ["humidity_pctRH", 2607],
        ])
        expect(room.skippedRows).toBe(1)
        expect(Math.max(...(room.columns[0]?.values ?? []))).toBe(40000)
        expect(builtIn("uci-room-light.csv").columns.map(c => c.values.length)).toEqual([
            4241, 4241,
        ])
    })

    it("feed every input that the kit app sends, within what the parts can measure", () => {
        const { sensors, feedings } = buildSurroundings(indoorClimate, { startMs: MONDAY })
        expect(feedings.map(f => f.channel)).toEqual([
            "temperature",
            "humidity",
            "co2",
            "illuminance",
        ])
        expect(sensors).toHaveLength(3)
    })
})

describe("reading a trace", () => {
    it("takes ISO times with and without offset, Unix seconds and milliseconds, and plain seconds", () => {
        for (const [header, first, second, unixMs] of [
            ["time", "2024-01-15T08:30:00", "2024-01-15T08:31:00.250", MONDAY + hours(8.5)],
            ["time", "2024-01-15 08:30", "2024-01-15 08:31", MONDAY + hours(8.5)],
            ["time", "2024-01-15T08:30:00Z", "2024-01-15T08:31:00+01:00", MONDAY + hours(8.5)],
            ["time_unix_s", "1705307400", "1705307460.5", 1705307400000],
            ["time_unix_ms", "1705307400000", "1705307460000", 1705307400000],
            ["time", "1705307400", "1705307460", 1705307400000],
            ["time", "1705307400000", "1705307460000", 1705307400000],
            ["t_s", "12.5", "13", 12500],
            ["t_s", "1705307400", "1705307401", 1705307400000],
        ] as const) {
            const trace = parseTrace(`${header},x\n${first},1\n${second},-2.5e1\n`, "room.csv")
            expect(trace.columns[0]?.times[0], first).toBe(unixMs)
            expect([...(trace.columns[0]?.values ?? [])]).toEqual([1, -25])
            expect(trace.hasClock, header).toBe(header !== "t_s")
        }
    })

    it("skips empty cells, blank lines, a byte order mark, and rows that do not go forward", () => {
        const trace = parseTrace(
            "\ufefftime,a,b\r\n2024-01-15,1,\r\n\r\n2024-01-16, 2 ,5\r\n2024-01-16,9,9\r\n2024-01-14,9,9\r\n2024-01-17,,6\r\n",
            "room.csv"
        )
        expect(trace.columns.map(c => [...c.values])).toEqual([
            [1, 2],
            [5, 6],
        ])
        expect(trace.skippedRows).toBe(2)
    })

    const head = "time,temperature_degC,co2_ppm\n2024-01-15T00:00:00,21.5,600\n"
    it.each([
        [
            "a word for a number",
            `${head}2024-01-15T00:01:00,21.5,high\n`,
            'room.csv, line 3, column 3 (co2_ppm): "high" is not a number; write 21.5, or leave the cell empty for a missing value',
        ],
        [
            "a decimal comma in quotes",
            `${head}2024-01-15T00:01:00,"21,5",600\n`,
            'room.csv, line 3, column 2 (temperature_degC): "21,5" is not a number',
        ],
        [
            "NaN",
            `${head}2024-01-15T00:01:00,NaN,600\n`,
            'room.csv, line 3, column 2 (temperature_degC): "NaN" is not a number',
        ],
        ["infinity", `${head}2024-01-15T00:01:00,1e999,600\n`, "room.csv, line 3, column 2"],
        ["hexadecimal", `${head}2024-01-15T00:01:00,0x10,600\n`, "room.csv, line 3, column 2"],
        [
            "no time",
            `${head},21.5,600\n`,
            'room.csv, line 3, column 1 (time): "" is not a time; write 2024-01-15T08:30:00',
        ],
        [
            "a day that does not exist",
            `${head}2024-02-30T00:00:00,21.5,600\n`,
            "room.csv, line 3, column 1 (time)",
        ],
        [
            "an hour that does not exist",
            `${head}2024-01-15T24:01:00,21.5,600\n`,
            "room.csv, line 3, column 1 (time)",
        ],
        [
            "a date of another order",
            `${head}15.01.2024 00:01,21.5,600\n`,
            "room.csv, line 3, column 1 (time)",
        ],
        [
            "a row that is too short",
            `${head}\n\n2024-01-15T00:01:00,21.5\n`,
            "room.csv, line 5: 2 cells, but the header has 3",
        ],
        [
            "a row that is too long",
            `${head}2024-01-15T00:01:00,21,5,600\n`,
            "room.csv, line 3: 4 cells, but the header has 3",
        ],
        [
            "a quote within a cell",
            `${head}2024-01-15T00:01:00,2"1,600\n`,
            "room.csv, line 3, column 2: a quotation mark is out of place",
        ],
        [
            "a quote that never ends",
            `${head}2024-01-15T00:01:00,"21,600\n`,
            "a quotation mark is out of place",
        ],
        [
            "semicolons",
            "time;temperature_degC\n2024-01-15;21\n",
            "room.csv, line 1: the header has one column",
        ],
        [
            "two columns of one name",
            "time,a,a\n2024-01-15,1,2\n",
            'room.csv, line 1, column 3: there are two columns called "a"',
        ],
        [
            "a column without name",
            "time,a,\n2024-01-15,1,2\n",
            "room.csv, line 1, column 3: the column has no name",
        ],
        ["nothing", "", "room.csv: the file is empty"],
        ["a header only", "time,a\n", "room.csv: there are no rows below the header"],
        [
            "newest first",
            "time,a\n2024-01-17,1\n2024-01-16,1\n2024-01-15,1\n",
            "room.csv: the times of most rows do not go forward; sort the rows by time",
        ],
    ])("names the place of %s and what to do", (_what, text, message) => {
        expect(() => parseTrace(text, "room.csv")).toThrow(TraceError)
        expect(() => parseTrace(text, "room.csv")).toThrow(message)
    })

    it("says so when there is no such file, or it is a folder", () => {
        expect(() => loadTrace(path.join(folder, "none.csv"))).toThrow(/none\.csv: no such file/)
        expect(() => loadTrace(folder)).toThrow(/this is a folder/)
    })

    it("any text gives a trace or a TraceError, never anything else", () => {
        const cell = fc.oneof(
            fc.string({ maxLength: 6 }),
            fc.constantFrom("1", "2024-01-15", '"', "")
        )
        const table = fc.array(fc.array(cell, { maxLength: 4 }).map(cells => cells.join(",")))
        fc.assert(
            fc.property(table, rows => {
                try {
                    const trace = parseTrace(rows.join("\n"), "room.csv")
                    for (const { values } of trace.columns)
                        expect(values.every(Number.isFinite)).toBe(true)
                } catch (e) {
                    expect(e).toBeInstanceOf(TraceError)
                }
            }),
            { numRuns: 2000 }
        )
    })
})

describe("playing a recording back", () => {
    const options = { trace: "room.csv", hasClock: true, startMs: MONDAY }
    const day = column(
        "time,a\n2023-05-02T06:00:00,10\n2023-05-02T06:30:00,20\n2023-05-02T07:00:00,30\n"
    )

    it("puts the recorded time of day on the simulated one, with lines between samples", () => {
        const signal = replay(day, options)
        expect(signal(MONDAY + hours(6))).toBe(10)
        expect(signal(MONDAY + hours(6) + minutes(15))).toBe(15)
        expect(signal(MONDAY + hours(7))).toBe(30)
        expect(signal(MONDAY + 3 * DAY + hours(6.5))).toBe(20)
    })

    it("holds the last value where it was asked to", () => {
        const signal = replay(day, { ...options, interpolation: "previous" })
        expect(signal(MONDAY + hours(6) + minutes(29))).toBe(10)
        expect(signal(MONDAY + hours(6.5))).toBe(20)
    })

    it("bridges what no day recorded with a straight line, around midnight too", () => {
        const signal = replay(day, options)
        // From 07:00 (30) to 06:00 of the next pass (10) are 23 h.
        expect(signal(MONDAY + hours(18.5))).toBeCloseTo(20, 9)
        expect(signal(MONDAY)).toBeCloseTo(30 - (20 * 17) / 23, 9)
    })

    it("fills hours that a day lacks with those of the nearest day that has them", () => {
        const two = column(
            "time,a\n" +
                "2023-05-02T06:00:00,10\n2023-05-02T07:00:00,10\n" +
                "2023-05-03T06:00:00,50\n2023-05-03T07:00:00,50\n2023-05-03T08:00:00,50\n"
        )
        const signal = replay(two, options)
        expect(signal(MONDAY + hours(6.5))).toBe(10)
        expect(signal(MONDAY + hours(7.5))).toBe(50)
        expect(signal(MONDAY + DAY + hours(6.5))).toBe(50)
        expect(signal(MONDAY + 2 * DAY + hours(6.5))).toBe(10)
    })

    it("starts with the recorded day that was asked for, and refuses one that is not there", () => {
        const two = column("time,a\n2023-05-02T06:00:00,10\n2023-05-03T06:00:00,50\n")
        expect(replay(two, { ...options, firstDay: "2023-05-03" })(MONDAY + hours(6))).toBe(50)
        expect(() => replay(two, { ...options, firstDay: "2023-05-04" })).toThrow(
            "room.csv: nothing was recorded on 2023-05-04; the recording begins on 2023-05-02 and ends on 2023-05-03"
        )
        expect(() => replay(two, { ...options, firstDay: "tomorrow" })).toThrow(TraceError)
    })

    it("repeats a recording without clock from the start of the simulation", () => {
        const text = "t_s,a\n5,1\n6,2\n7,3\n"
        const signal = replay(column(text), { ...options, hasClock: false })
        expect([0, 500, 1000, 2000, 2500, 3000, 3001 - 1].map(ms => signal(MONDAY + ms))).toEqual([
            1, 1.5, 2, 3, 2, 1, 1,
        ])
    })

    it("lags behind by the time it was given", () => {
        const signal = replay(day, { ...options, lagMs: minutes(30) })
        expect(signal(MONDAY + hours(7))).toBe(20)
    })

    it("refuses an empty column", () => {
        const empty = column("time,a,b\n2024-01-15,,1\n", "a")
        expect(() => replay(empty, options)).toThrow("room.csv: the column a holds no values")
    })

    it("never leaves the range of the recording, at any time, however irregular", () => {
        const samples = fc.uniqueArray(fc.nat(5 * 86_400), { minLength: 1, maxLength: 30 })
        fc.assert(
            fc.property(
                samples,
                fc.integer({ min: -10 * DAY, max: 10 * DAY }),
                fc.boolean(),
                fc.constantFrom("linear" as const, "previous" as const),
                (seconds, offset, hasClock, interpolation) => {
                    const times = Float64Array.from(
                        seconds.sort((a, b) => a - b),
                        s => MONDAY + s * 1000
                    )
                    const values = times.map(time => (time / 1000) % 97)
                    const value = replay(
                        { name: "a", times, values },
                        { ...options, hasClock, interpolation }
                    )(MONDAY + offset)
                    expect(value).toBeGreaterThanOrEqual(Math.min(...values))
                    expect(value).toBeLessThanOrEqual(Math.max(...values))
                }
            ),
            { numRuns: 2000 }
        )
    })
})

describe("finding columns for sensors", () => {
    const temperature = { name: "temperature", unit: "Cel", min: -45, max: 130, epsilon: 0.01 }
    const light = { name: "illuminance", unit: "lx", min: 0, max: 1e5, epsilon: 1 }

    it("goes by the words in their names", () => {
        const trace = parseTrace(
            "time,attempt_count,s1_temp_degC,s2_temp_degC,s1_light_lux\n2024-01-15,1,2,3,4\n",
            "x.csv"
        )
        expect(columnFor(trace, temperature)?.name).toBe("s1_temp_degC")
        expect(columnFor(trace, light)?.name).toBe("s1_light_lux")
    })

    it("converts units, and passes over units that do not fit the quantity", () => {
        const value = (name: string) =>
            columnFor(parseTrace(`time,${name}\n2024-01-15,50\n`, "x.csv"), temperature)?.values[0]
        expect(value("temperature_degF")).toBeCloseTo(10, 9)
        expect(value("temperature_kelvin")).toBeCloseTo(-223.15, 9)
        expect(value("temperature")).toBe(50)
        expect(value("temperature_ppm")).toBeUndefined()
        expect(value("contemporary")).toBeUndefined()
    })

    it("feeds a room from a given trace where it fits and from the app's own elsewhere", () => {
        const trace = parseTrace("time,temperature_degC\n2024-01-15,-12.34\n", "cold.csv")
        const { feedings } = buildSurroundings(indoorClimate, { startMs: MONDAY, trace })
        expect(feedings.find(f => f.channel === "temperature")?.trace).toBe("cold.csv")
        expect(feedings.find(f => f.channel === "co2")?.trace).toBe("scd30-room.csv")
    })

    it("says which columns and sensors there are when none fits", () => {
        const file = path.join(folder, "bikes.csv")
        writeFileSync(file, "time,bikes\n2024-01-15,3\n")
        expect(() =>
            buildSurroundings(indoorClimate, { startMs: MONDAY, trace: loadTrace(file) })
        ).toThrow(
            /bikes\.csv: no column fits a sensor; the columns are bikes, the sensors measure temperature \(Cel\), humidity/
        )
    })
})
