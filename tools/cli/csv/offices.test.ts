/** Tables as offices export them: read without options where they show how, asked about where not. */
import { writeFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { PackBench, suitcase } from "../../../tests/support/pack-bench.js"

const bench = new PackBench()

/** Rows of a file that is packed and unpacked again. */
async function read(content: string | Buffer, ...options: string[]): Promise<string[]> {
    writeFileSync(bench.csvFile, content)
    const { code, err } = await suitcase(
        "pack",
        bench.csvFile,
        "--json",
        "-o",
        bench.packFile,
        ...options
    )
    expect(err).toBe("")
    expect(code).toBe(0)
    return (await bench.unpacked()).trimEnd().split("\n")
}

async function refusal(content: string | Buffer, ...options: string[]): Promise<string> {
    writeFileSync(bench.csvFile, content)
    const args = ["pack", bench.csvFile, "-o", bench.packFile, ...options]
    const { code, out, err } = await suitcase(...args)
    expect([code, out]).toEqual([2, ""])
    return err
}

describe("numbers", () => {
    it.each([
        ["21,5;-3,25", ["21.5", "-3.25"]],
        ["1.234,5;1.000.000,25", ["1234.5", "1000000.25"]],
        ["1 234,5;12\u00a0345,0", ["1234.5", "12345.0"]],
        ["1\u202f234,5;7,0", ["1234.5", "7.0"]],
        ["1'234.5;7.0", ["1234.5", "7.0"]],
        ["\u22123,5;2,0", ["-3.5", "2.0"]],
        ["-0,5;+4,5", ["-0.5", "4.5"]],
    ])("of %s are read without options, digit for digit", async (cells, expected) => {
        const [, row] = await read(`tid;a;b\n2024-01-15 08:30:00;${cells}\n`)
        expect(row.split(",").slice(1)).toEqual(expected)
    })

    it("with commas for thousands, in quotes, are read", async () => {
        const rows = await read('time,a\n2024-01-15,"1,234.5"\n2024-01-16,"12.0"\n')
        expect(rows.slice(1)).toEqual(["2024-01-15T00:00:00,1234.5", "2024-01-16T00:00:00,12.0"])
    })

    it.each([
        ["tid;a\n2024-01-15;1.234\n2024-01-16;2.500\n", '"1.234" can be 1.234 or 1234', "1.234"],
        ['time,a\n2024-01-15,"1,234"\n', '"1,234" can be 1.234 or 1234', "1234"],
    ])("that can be thousands or not are asked about: %j", async (text, message, asPoint) => {
        const err = await refusal(text)
        expect(err).toContain(`line 2: ${message}`)
        expect(err).toContain("--decimal point")
        expect(err).toContain("--decimal comma")
        const [, row] = await read(text, "--decimal", "point")
        expect(Number(row.split(",")[1])).toBe(Number(asPoint))
    })

    it("tell about others in the file: 1.234 beside 0,5 is a thousand", async () => {
        const rows = await read("tid;a;b\n2024-01-15;1.234;7\n2024-01-16;0,5;1.000\n")
        expect(rows.slice(1).map(row => row.split(",").slice(1).map(Number))).toEqual([
            [1234, 7],
            [0.5, 1000],
        ])
    })

    it("of another form than the rest of the file are mistakes, not other numbers", async () => {
        const err = await refusal("tid;a\n2024-01-15;21,5\n2024-01-16;1.5\n2024-01-17;22,5\n")
        expect(err).toContain('line 3, column 2 (a): "1.5" is not a number with a decimal comma')
    })

    it("that are missing have words, which have to be named", async () => {
        const text = "time,a\n2024-01-15,21.5\n2024-01-16,NaN\n2024-01-17,-9999\n"
        expect(await refusal(text)).toContain('"NaN" is not a number')
        expect((await read(text, "--null", "NaN,-9999")).slice(2)).toEqual([
            "2024-01-16T00:00:00,",
            "2024-01-17T00:00:00,",
        ])
    })
})

describe("times", () => {
    it.each([
        ["15-01-2024 08:30", "2024-01-15T08:30:00"],
        ["15.01.2024 08.30", "2024-01-15T08:30:00"],
        ["1/15/2024 2:30:15 PM", "2024-01-15T14:30:15"],
        ["1/15/2024 12:05 AM", "2024-01-15T00:05:00"],
        ["2024/01/15 08:30:00", "2024-01-15T08:30:00"],
        ["31/12/99 08:30", "1999-12-31T08:30:00"],
        ["31-12-1999", "1999-12-31T00:00:00"],
        ["15-01-2024T08:30:01,250", "2024-01-15T08:30:01.250"],
    ])("such as %s are read without options", async (time, expected) => {
        const [, row] = await read(`tid;a\n${time};1\n`)
        expect(row).toBe(`${expected},1`)
    })

    it("whose month and day can change places are asked about", async () => {
        const text = "tid;a\n01-02-2024 08:30;1\n03-04-2024 08:30;2\n"
        expect(await refusal(text)).toContain(
            'line 2: "01-02-2024 08:30" can be 2024-02-01 or 2024-01-02, and no other date tells; say --date dmy or --date mdy'
        )
        expect((await read(text, "--date", "mdy"))[1]).toBe("2024-01-02T08:30:00,1")
        expect((await read(`${text}13-04-2024 08:30;3\n`))[1], "one date tells").toBe(
            "2024-02-01T08:30:00,1"
        )
    })

    it.each(["31-02-2024 08:30", "15-13-2024 08:30", "15-01-2024 24:30", "15-01-2024 8:5", "-"])(
        "that do not exist are mistakes: %s",
        async time => {
            const err = await refusal(`tid;a\n15-01-2024 08:30;1\n${time};2\n`)
            expect(err).toContain(
                `line 3, column 1 (tid): "${time}" is not a time with day, month and year as in the other rows`
            )
        }
    )

    it("may stand in two columns", async () => {
        const rows = await read("Dato;Tid;Temp\n15-01-2024;08.30;21,5\n15-01-2024;08.45;21,6\n")
        expect(rows).toEqual([
            "Dato Tid,Temp",
            "2024-01-15T08:30:00,21.5",
            "2024-01-15T08:45:00,21.6",
        ])
        const iso = await read("day,clock,a\n2024-01-15,08:30:00,1\n")
        expect(iso[1]).toBe("2024-01-15T08:30:00,1")
    })

    it("with and without offset in one file are mistakes, unless the zone is said", async () => {
        const text = "time,a\n2024-01-15T08:30:00,1\n2024-01-15T08:30:00Z,2\n"
        expect(await refusal(text)).toContain("line 3, column 1 (time)")
        expect(await read(text, "--zone", "Europe/Copenhagen")).toEqual([
            "time,a",
            "2024-01-15T07:30:00Z,1",
            "2024-01-15T08:30:00Z,2",
        ])
    })
})

describe("local times of a zone", () => {
    const ZONE = ["--zone", "Europe/Copenhagen"]
    /** The night in which summer time ends. */
    const night = (...times: string[]) =>
        `tid;a\n${times.map((time, i) => `27-10-2024 ${time};${i}\n`).join("")}`
    const TWICE = night("01:30", "02:00", "02:30", "02:00", "02:30", "03:00")

    it("are told apart in the hour that comes twice by the order of the rows", async () => {
        const rows = await read(TWICE, ...ZONE)
        expect(rows.slice(1).map(row => row.slice(11, 16))).toEqual([
            "23:30",
            "00:00",
            "00:30",
            "01:00",
            "01:30",
            "02:00",
        ])
    })

    it("are asked about when that hour is there once", async () => {
        const once = night("01:30", "02:00", "02:30", "03:00")
        expect(await refusal(once, ...ZONE)).toContain(
            "the hour of 2024-10-27T02:00 comes twice in Europe/Copenhagen, and the file has it once; say which it is with --repeated-hour"
        )
        const hours = async (which: string) =>
            (await read(once, ...ZONE, "--repeated-hour", which)).map(row => row.slice(11, 13))
        expect((await hours("first")).slice(1)).toEqual(["23", "00", "00", "02"])
        expect((await hours("second")).slice(1)).toEqual(["23", "01", "01", "02"])
        expect(await refusal(night("02:10", "02:20"), ...ZONE)).toContain("--repeated-hour")
    })

    it("do not exist in the hour that is left out in spring", async () => {
        expect(await refusal("tid;a\n31-03-2024 02:30;1\n", ...ZONE)).toContain(
            '"31-03-2024 02:30" does not exist in Europe/Copenhagen'
        )
    })

    it("of an unknown zone are refused", async () => {
        expect(await refusal(TWICE, "--zone", "Europe/Arhus")).toContain(
            "--zone Europe/Arhus: there is no such time zone"
        )
    })

    it("are never mixed by --sort", async () => {
        expect(await refusal(TWICE, "--sort")).toContain(
            "line 5: the hour from 2024-10-27 02:00 comes twice, as at the end of summer time"
        )
        expect((await read(TWICE, "--sort", ...ZONE)).slice(1).map(row => row.slice(-1))).toEqual([
            "0",
            "1",
            "2",
            "3",
            "4",
            "5",
        ])
        // One row out of order is no hour that comes twice.
        expect((await read(night("02:10", "02:30", "02:20"), "--sort")).length).toBe(4)
        const shuffled = night("03:00", "02:30", "02:00", "02:30", "02:00")
        expect(await refusal(shuffled, "--sort", ...ZONE)).toContain("are not in the order")
    })
})

describe("the rest of the file", () => {
    it.each([
        ["semicolons", ";"],
        ["tabs", "\t"],
        ["bars", "|"],
    ])("may have %s between cells", async (_name, sign) => {
        expect(await read(["time", "a\n2024-01-15", "21.5\n"].join(sign))).toEqual([
            "time,a",
            "2024-01-15T00:00:00,21.5",
        ])
    })

    it("that can be cut in two ways is asked about", async () => {
        const text = "dato, kl;a\n15/1/2024, 14:30;21\n"
        expect(await refusal(text)).toContain(
            "cells can be separated by comma or by semicolon; say --delimiter comma or --delimiter semicolon"
        )
        expect(await read(text, "--delimiter", "semicolon")).toEqual([
            '"dato, kl",a',
            "2024-01-15T14:30:00,21",
        ])
    })

    it("may begin with comments", async () => {
        expect(await read("# kontor 3\n# eksport\ntime,a\n2024-01-15,1\n# slut\n")).toEqual([
            "time,a",
            "2024-01-15T00:00:00,1",
        ])
    })

    it("has to have a header, or names by option", async () => {
        const text = "2024-01-15,21.5,600\n2024-01-16,21.6,610\n"
        expect(await refusal(text)).toContain(
            "the file has no header, as its first row begins with a time; name its columns with --header"
        )
        expect(await read(text, "--header", "time,temperature,co2")).toEqual([
            "time,temperature,co2",
            "2024-01-15T00:00:00,21.5,600",
            "2024-01-16T00:00:00,21.6,610",
        ])
        expect(await refusal(text, "--header", "time,a")).toContain("3 cells, but the header has 2")
        expect(await refusal(`time,a,b\n${text}`, "--header", "time,a,b")).toContain(
            "leave --header out"
        )
    })

    it.each([
        ["Windows-1252", Buffer.from("tid;sn\xf8\n2024-01-15;1,5\n", "latin1")],
        ["UTF-8 with a mark", Buffer.from("\ufefftid;snø\n2024-01-15;1,5\n")],
        ["UTF-16 of Windows", Buffer.from("\ufefftid;snø\n2024-01-15;1,5\n", "utf16le")],
    ])("may be in %s", async (_name, bytes) => {
        expect(await read(bytes)).toEqual(["tid,snø", "2024-01-15T00:00:00,1.5"])
    })

    it("tells all its mistakes at once, and says how it was read", async () => {
        const text = "tid;a;b\n15-01-2024;1,5;x\nmorgen;2,5;1\n16-01-2024;1.5;3\n17-01-2024;4\n"
        const err = await refusal(text)
        expect(err).toContain("has 4 mistakes:")
        for (const place of [
            "line 2, column 3",
            "line 3, column 1",
            "line 4, column 2",
            "line 5: 2 cells",
        ])
            expect(err).toContain(place)
        writeFileSync(bench.csvFile, "tid;a\n15-01-2024 08:30;1.234,5\n")
        const { out } = await suitcase(
            "pack",
            bench.csvFile,
            "-o",
            bench.packFile,
            "--zone",
            "Europe/Copenhagen"
        )
        expect(out).toContain(
            'read as: semicolons, decimal comma, "." between thousands, day-month-year, Europe/Copenhagen'
        )
    })

    it("with 10,000 mistakes tells a few of each kind and counts the others", async () => {
        const rows = Array.from({ length: 10_000 }, (_, i) => `${1705307400 + i},x`)
        const err = await refusal(`time,a\n${rows.join("\n")}\n`)
        expect(err).toContain("has 10,000 mistakes:")
        expect(err).toContain("and 9,997 more")
        expect(err.split("\n").length).toBeLessThan(10)
    })
})
