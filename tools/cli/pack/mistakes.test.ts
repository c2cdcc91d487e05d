/** Mistakes in CSV files: named with file, line, column and what to do. */
import { existsSync, writeFileSync } from "node:fs"
import path from "node:path"
import { describe, expect, it } from "vitest"
import { PackBench, suitcase } from "../../../tests/support/pack-bench.js"

const bench = new PackBench()
const { csvFile, folder, packFile } = bench

describe("mistakes in a CSV file", () => {
    const head = "time,temperature_degC,co2_ppm\n2024-01-15T00:00:00,21.5,600\n"
    it.each([
        [
            "text in a number column",
            `${head}2024-01-15T00:01:00,warm,600\n`,
            [],
            'room.csv, line 3, column 2 (temperature_degC): "warm" is not a number; write 21.5, leave the cell empty for a missing value, or leave the column out with --skip temperature_degC',
        ],
        [
            "NaN",
            `${head}2024-01-15T00:01:00,21.5,NaN\n`,
            [],
            'line 3, column 3 (co2_ppm): "NaN" is not a number',
        ],
        ["hexadecimal", `${head}2024-01-15T00:01:00,21.5,0x10\n`, [], '"0x10" is not a number'],
        [
            "a number beyond all sensors",
            `${head}2024-01-15T00:01:00,21.5,1e9999\n`,
            [],
            '"1e9999" is not a number',
        ],
        [
            "a decimal comma",
            `${head}2024-01-15T00:01:00,21,5,600\n`,
            [],
            "room.csv, line 3: 4 cells, but the header has 3",
        ],
        [
            "a row that is too short",
            `${head}\n2024-01-15T00:01:00,21.5\n`,
            [],
            "room.csv, line 4: 2 cells, but the header has 3",
        ],
        [
            "backwards time",
            `${head}2024-01-14T23:59:59.999,21.5,600\n`,
            [],
            'room.csv, line 3, column 1 (time): "2024-01-14T23:59:59.999" is earlier than the time of the row before; sort the rows by time, or add --sort',
        ],
        [
            "time that an offset puts back",
            "time,a\n2024-01-15T00:00:00Z,1\n2024-01-15T00:30:00+01:00,2\n",
            [],
            "is earlier than the time of the row before",
        ],
        [
            "time that goes back by a nanosecond",
            "time,a\n2024-01-15T00:00:00.000000002,1\n2024-01-15T00:00:00.000000001,1\n",
            [],
            "line 3, column 1 (time)",
        ],
        [
            "no time",
            `${head},21.5,600\n`,
            [],
            'room.csv, line 3, column 1 (time): "" is not a time; write 2024-01-15T08:30:00',
        ],
        [
            "a Unix time among ISO times",
            `${head}1705307400,21.5,600\n`,
            [],
            '"1705307400" is not a time; write 2024-01-15T08:30:00',
        ],
        ["a day that does not exist", `${head}2024-02-30T00:00:00,21.5,600\n`, [], "is not a time"],
        [
            "an offset that does not exist",
            `${head}2024-02-28T00:00:00+99:00,21.5,600\n`,
            [],
            "is not a time",
        ],
        [
            "a time finer than 1 ns",
            `${head}2024-01-15T00:01:00.0000000001,21.5,600\n`,
            [],
            "is not a time",
        ],
        [
            "more than nine digits",
            `${head}2024-01-15T00:01:00,21.0123456789,600\n`,
            [],
            'line 3, column 2 (temperature_degC): "21.0123456789" has more than 9 digits behind the point; say what the sensor resolves, such as --step temperature_degC=0.01 --round',
        ],
        [
            "more than 32 bits",
            `${head}2024-01-15T00:01:00,21.5,2147483648\n`,
            [],
            'line 3, column 3 (co2_ppm): "2147483648" does not fit the 32 bits of a reading in steps of 1',
        ],
        [
            "more than 32 bits for the column's finest digit",
            `${head}2024-01-15T00:01:00,0.000000001,600\n`,
            [],
            'line 2, column 2 (temperature_degC): "21.5" does not fit the 32 bits of a reading in steps of 0.000000001',
        ],
        [
            "more than 32 bits for the step asked for",
            `${head}2024-01-15T00:01:00,21.5,-2147484\n`,
            ["--step", "co2_ppm=0.001"],
            '"-2147484" does not fit the 32 bits of a reading in steps of 0.001, the step asked for',
        ],
        [
            "no multiple of the step",
            `${head}2024-01-15T00:01:00,21.6,600\n`,
            ["--step", "temperature_degC=0.25"],
            'line 3, column 2 (temperature_degC): "21.6" is not a multiple of the step 0.25; correct the step, or add --round to take the nearest multiple',
        ],
        [
            "a half that was rounded down",
            "time,a\n1705307400,0.12\n1705307401,0.06\n",
            ["--step", "0.0625"],
            'line 2, column 2 (a): "0.12" is not a multiple of the step 0.0625',
        ],
        [
            "a quote that never ends",
            `${head}2024-01-15T00:01:00,"21,600\n`,
            [],
            "a quotation mark is out of place",
        ],
        ["one column", "time\n2024-01-15\n", [], "room.csv, line 1: the header has one column"],
        [
            "two columns of one name",
            "time,a,a\n2024-01-15,1,2\n",
            [],
            'room.csv, line 1, column 3: there are two columns called "a"',
        ],
        ["nothing", "", [], "room.csv: the file is empty"],
        ["a header only", "time,a\n", [], "room.csv: there are no rows below the header"],
        [
            "33 columns",
            `time,${Array.from({ length: 33 }, (_, i) => `c${i}`).join(",")}\n`,
            [],
            "a frame holds 32 columns, but there are 33; leave some out with --skip",
        ],
        [
            "32 columns and microseconds",
            `time,${Array.from({ length: 32 }, (_, i) => `c${i}`).join(",")}\n2024-01-15T00:00:00.000001${",1".repeat(32)}\n`,
            [],
            "there are 32 and one for times finer than 1 ms",
        ],
    ])("%s: exit code 2, one line, no file", async (_what, text, options, message) => {
        writeFileSync(csvFile, text)
        const target = path.join(folder, "none.pack")
        const { code, out, err } = await suitcase("pack", csvFile, "-o", target, ...options)
        expect(err).toContain(message)
        expect(err).toMatch(/^suitcase: [^\n]+\n$/)
        expect([code, out]).toEqual([2, ""])
        expect([existsSync(target), existsSync(`${target}.part`)]).toEqual([false, false])
    })

    it("32 columns are taken, 33 with one left out too", async () => {
        const text = (n: number) =>
            `time,${Array.from({ length: n }, (_, i) => `c${i}`).join(",")}\n` +
            `1705307400${",-5".repeat(n)}\n`
        expect(await bench.roundTrip(text(32))).toBe(text(32))
        expect((await bench.pack(text(33), "--skip", "c7")).channels).toBe(32)
    })

    it("rows that do not fit a frame are named", async () => {
        const wide = Array.from({ length: 32 }, (_, i) => i)
        writeFileSync(
            csvFile,
            `time,${wide.map(i => `c${i}`).join(",")}\n1705307400,${wide.map(i => (i + 1) * 61234567).join(",")}\n`
        )
        const { code, err } = await suitcase("pack", csvFile, "-o", packFile, "--bytes", "32")
        expect(code).toBe(2)
        expect(err).toMatch(/a row of 32 columns does not fit into a frame of 32 B; .*--bytes/)
    })
})
