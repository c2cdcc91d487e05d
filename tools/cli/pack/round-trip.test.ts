/** unpack(pack(x)) gives the same numbers. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { PackBench, cells } from "../../../tests/support/pack-bench.js"

const bench = new PackBench()

describe("unpack(pack(x))", () => {
    it.each([
        ["ISO times in UTC", "time,a\n2024-01-15T08:30:00Z,1\n2024-01-15T08:30:01Z,2\n"],
        ["ISO times without offset", "time,a\n2024-01-15T08:30:00,1\n2024-01-15T08:30:01,2\n"],
        ["microseconds", "time,a\n2024-01-15T08:30:00.000001,1\n2024-01-19T08:30:01.999999,2\n"],
        [
            "nanoseconds",
            "time,a\n2024-01-15T08:30:00.123456789Z,1\n2024-01-15T08:31:00.1234567890Z,2\n",
        ],
        ["Unix seconds", "time_unix_s,a\n1705307400,1\n1705307401,2\n"],
        ["fractions of Unix seconds", "time,a\n1705307400.25,1\n1705307401.50,2\n"],
        ["Unix milliseconds", "time,a\n1705307400000,1\n1705307400001,2\n"],
        [
            "fractions of Unix milliseconds",
            "t_unix_ms,a\n-0.5,0\n1705307400000.0,1\n1705307400000.1,2\n",
        ],
        [
            "times before 1970 and after 2106",
            "time,a\n0000-01-01T00:00:00,1\n1969-12-31T23:59:59,2\n9999-12-31T23:59:59,3\n",
        ],
        ["negative seconds with fractions", "t_s,a\n-1.25,1\n-0.75,2\n0.00,3\n0.25,4\n"],
        [
            "repeated times",
            "time,a\n2024-01-15T08:30:00,1\n2024-01-15T08:30:00,2\n2024-01-15T08:30:00,2\n",
        ],
        ["decades between rows", "time,a\n1950-01-01T00:00:00.5,1\n2150-01-01T00:00:00.0,2\n"],
        [
            "gaps, rows of gaps and an empty column",
            "time,a,b,c\n2024-01-15T08:30:00,,1,\n2024-01-15T08:31:00,,,\n2024-01-15T08:32:00,7,,\n",
        ],
        [
            "zeros at the end and values below one",
            "time,a\n2024-01-15T08:30:00,0.050\n2024-01-15T08:31:00,-0.500\n2024-01-15T08:32:00,10.000\n",
        ],
        [
            "as few digits as needed",
            "time,a\n2024-01-15T08:30:00,25\n2024-01-15T08:31:00,24.94\n2024-01-15T08:32:00,24.5\n",
        ],
        [
            "nine digits",
            "time,a\n2024-01-15T08:30:00,2.147483647\n2024-01-15T08:31:00,-2.147483648\n",
        ],
        [
            "the ends of 32 bits",
            "time,a\n2024-01-15T08:30:00,2147483647\n2024-01-15T08:31:00,-2147483648\n",
        ],
        [
            "names beyond ASCII, with commas, quotes and blanks",
            'Zeit,"CO₂, ppm","a ""b"" c"," x"\n2024-01-15T08:30:00,1,2,3\n',
        ],
        ["names that differ in case only", "time,A,a,A_\n2024-01-15T08:30:00,1,2,3\n"],
    ])("gives %s digit for digit", async (_what, text) => {
        const back = await bench.roundTrip(text.replace(".1234567890Z", ".123456789Z"))
        expect(back).toBe(text.replace(".1234567890Z", ".123456789Z"))
    })

    it.each([
        ["an offset becomes UTC", "2024-01-15T08:30:00+01:30,1", "2024-01-15T07:00:00Z,1"],
        ["a day, minutes, a blank for T", "2024-01-15 08:30,1", "2024-01-15T08:30:00,1"],
        ["a plus sign, a bare point, an exponent", "1705307400,+.5e1", "1705307400,5"],
        ["an exponent below zero", "1705307400,25E-2", "1705307400,0.25"],
        ["minus zero", "1705307400,-0", "1705307400,0"],
    ])("gives the same value in one form: %s", async (_what, row, expected) => {
        expect(await bench.roundTrip(`time,a\n${row}\n`)).toBe(`time,a\n${expected}\n`)
    })

    it("gives as few digits as needed where a column has them in several ways", async () => {
        expect(await bench.roundTrip("time,a\n1,25.00\n2,24.5\n3,-0.10\n")).toBe(
            "time,a\n1,25\n2,24.5\n3,-0.1\n"
        )
    })

    it("gives any table back, digit for digit, at any frame length", async () => {
        const column = fc
            .record({
                digits: fc.integer({ min: 0, max: 9 }),
                gaps: fc.constantFrom(0, 0.1, 0.9),
                spread: fc.constantFrom(3, 1000, 2 ** 31 - 1),
            })
            .chain(({ digits, spread }) =>
                fc.func(
                    fc.option(
                        fc
                            .integer({ min: -spread - 1, max: spread })
                            .map(integer => fixed(integer, digits)),
                        { freq: 6, nil: "" }
                    )
                )
            )
        const table = fc.record({
            columns: fc.array(column, { minLength: 1, maxLength: 6 }),
            start: fc.integer({ min: -1e9, max: 5e9 }),
            steps: fc.array(fc.oneof(fc.nat(3), fc.constant(60), fc.nat(100_000), fc.nat(6e9)), {
                minLength: 1,
                maxLength: 60,
            }),
            timeDigits: fc.integer({ min: 0, max: 9 }),
            form: fc.constantFrom("iso", "iso-z", "s"),
            limit: fc.constantFrom<string[]>(
                ["--bytes", "200"],
                ["--rows", "7"],
                ["--bytes", "1000"],
                []
            ),
        })
        await fc.assert(
            fc.asyncProperty(table, async ({ columns, start, steps, timeDigits, form, limit }) => {
                const scale = 10n ** BigInt(timeDigits)
                let ticks = BigInt(start) * scale
                const rows = steps.map((step, i) => {
                    ticks += BigInt(step)
                    const time = timeCell(ticks, timeDigits, form)
                    return [time, ...columns.map(cell => cell(i))].join(",")
                })
                const header = ["time_unix_s", ...columns.map((_, i) => `c${i}`)].join(",")
                const named = form === "s" ? header : header.replace("_unix_s", "")
                const text = `${named}\n${rows.join("\n")}\n`
                expect(await bench.roundTrip(text, ...limit)).toBe(text)
            }),
            { numRuns: 150 }
        )
    })

    it("gives the nearest double of any number with a step, within half a step", async () => {
        const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 })
        await fc.assert(
            fc.asyncProperty(numbers, async values => {
                const rows = values.map((value, i) => `${1705307400 + i},${value}`)
                const text = `time,a\n${rows.join("\n")}\n`
                const back = cells(
                    await bench.roundTrip(text, "--step", "0.0625", "--round")
                ).slice(1)
                back.forEach(([, cell], i) => {
                    expect(Math.abs(Number(cell) - values[i])).toBeLessThanOrEqual(0.03125)
                    expect(Number.isInteger(Number(cell) * 16)).toBe(true)
                })
                expect(back).toHaveLength(values.length)
            }),
            { numRuns: 100 }
        )
    })
})

/** integer × 10^−digits, with all digits. */
function fixed(integer: number, digits: number): string {
    const text = String(Math.abs(integer)).padStart(digits + 1, "0")
    const sign = integer < 0 ? "-" : ""
    if (digits === 0) return sign + text
    return `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`
}

function timeCell(ticks: bigint, digits: number, form: string): string {
    const scale = 10n ** BigInt(digits)
    if (form === "s") {
        const magnitude = ticks < 0n ? -ticks : ticks
        const fraction = String(magnitude % scale).padStart(digits, "0")
        const sign = ticks < 0n ? "-" : ""
        return `${sign}${magnitude / scale}${digits === 0 ? "" : `.${fraction}`}`
    }
    const rest = ((ticks % scale) + scale) % scale
    const iso = new Date(Number((ticks - rest) / scale) * 1000).toISOString().slice(0, 19)
    const fraction = digits === 0 ? "" : `.${String(rest).padStart(digits, "0")}`
    return iso + fraction + (form === "iso-z" ? "Z" : "")
}
