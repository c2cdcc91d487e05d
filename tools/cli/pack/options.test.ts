/** Options of `suitcase pack` and `unpack`. */
import { writeFileSync } from "node:fs"
import path from "node:path"
import { describe, expect, it } from "vitest"
import { run } from "../cli.js"
import { parseSchema } from "../../decoder/schema-record.js"
import { fakeTerminal } from "../../../tests/support/fake-terminal.js"
import { PackBench, cells, recordsOf, suitcase } from "../../../tests/support/pack-bench.js"

const bench = new PackBench()
const { csvFile, folder, packFile } = bench

describe("options", () => {
    const rows = ["24.94", "25", "24.5", "-0.06", "0.13", "25.0"]
    const text = `time,a,b\n${rows.map((cell, i) => `${1705307400 + i},${cell},${i}`).join("\n")}\n`

    it("--step takes sixteenths that were rounded to two digits, and gives them back as written", async () => {
        const report = await bench.pack(text, "--step", "a=0.0625")
        expect(report.perChannel.map(channel => channel.step)).toEqual(["0.0625", "1"])
        const back = cells(await bench.unpacked()).slice(1)
        expect(back.map(row => Number(row[1]))).toEqual(rows.map(Number))
        const schema = parseSchema(recordsOf(bench.bytes)[0].payload.slice(0, -2))
        expect([schema.channels[0].scaleNumerator, schema.channels[0].scaleDenominator]).toEqual([
            1, 16,
        ])
    })

    it("--step of one column goes before that of all", async () => {
        const report = await bench.pack(text, "--step", "0.01", "--step", "b=0.5")
        expect(report.perChannel.map(channel => channel.step)).toEqual(["0.01", "0.5"])
    })

    it("--round takes the nearest multiple, halves away from zero", async () => {
        const values = "time,a\n1,21.37\n2,21.25\n3,-21.25\n4,0.24\n5,-0.24\n"
        expect(await bench.roundTrip(values, "--step", "0.5", "--round")).toBe(
            "time,a\n1,21.5\n2,21.5\n3,-21.5\n4,0.0\n5,0.0\n"
        )
        expect(await bench.roundTrip(values, "--step", "10", "--round")).toBe(
            "time,a\n1,20\n2,20\n3,-20\n4,0\n5,0\n"
        )
    })

    it("--skip leaves columns out, text among them", async () => {
        const mixed = "time,note,a,status\n1705307400,hello,1,0x00\n"
        expect(await bench.roundTrip(mixed, "--skip", "note,status")).toBe("time,a\n1705307400,1\n")
        expect(await bench.roundTrip(mixed, "--skip", "note", "--skip", "status")).toBe(
            "time,a\n1705307400,1\n"
        )
    })

    it("--sort puts rows in the order of time; equal times stay as they were", async () => {
        const mixed = "time,a,b\n3.000002,1,\n1.000001,2,7\n3.000001,3,\n1.000001,4,8\n"
        expect(await bench.roundTrip(mixed, "--sort")).toBe(
            "time,a,b\n1.000001,2,7\n1.000001,4,8\n3.000001,3,\n3.000002,1,\n"
        )
    })

    it("--sort holds more rows than it made room for at first", async () => {
        const many = Array.from({ length: 3000 }, (_, i) => `${(i * 7919) % 3000},${i}`)
        const back = cells(await bench.roundTrip(`t_s,a\n${many.join("\n")}\n`, "--sort")).slice(1)
        expect(back.map(([time]) => Number(time))).toEqual(many.map((_, i) => i))
        expect(back.every(([time, value]) => (Number(value) * 7919) % 3000 === Number(time))).toBe(
            true
        )
    })

    it.each([
        [["pack", "-o", packFile], /missing required argument 'file'/],
        [["pack", csvFile], /required option '-o, --output <file>' not specified/],
        [
            ["pack", "none.csv", "-o", packFile],
            /none\.csv: no such file; give the path of a CSV file/,
        ],
        [["pack", folder, "-o", packFile], /this is a folder/],
        [
            ["pack", csvFile, "-o", path.join(folder, "no", "x")],
            /no such file or folder; give another path with -o/,
        ],
        [["pack", csvFile, "-o", folder], /this is a folder/],
        [["pack", csvFile, "-o", csvFile], /would overwrite what is read/],
        [["pack", csvFile, "-o", packFile, "--rows", "0"], /from 1 to 1000000/],
        [["pack", csvFile, "-o", packFile, "--bytes", "31"], /from 32 to 65536/],
        [["pack", csvFile, "-o", packFile, "--step", "0"], /--step 0: write a number above 0/],
        [["pack", csvFile, "-o", packFile, "--step", "-0.1"], /write a number above 0/],
        [["pack", csvFile, "-o", packFile, "--step", "fine"], /write a number above 0/],
        [["pack", csvFile, "-o", packFile, "--step", "1e-10"], /at most 9 digits/],
        [["pack", csvFile, "-o", packFile, "--step", "1e300"], /write a number above 0/],
        [
            ["pack", csvFile, "-o", packFile, "--step", "c=1"],
            /there is no column "c"; the columns are a, b/,
        ],
        [
            ["pack", csvFile, "-o", packFile, "--skip", "c"],
            /--skip c: there is no such column; the columns are a, b/,
        ],
        [["pack", csvFile, "-o", packFile, "--skip", "a,b"], /--skip leaves no column to pack/],
        [["unpack", "none.pack"], /none\.pack: no such file; give the path of a packed file/],
        [["unpack", folder], /this is a folder/],
        [["unpack", packFile, "--format", "xml"], /Allowed choices are csv, ndjson/],
        [["unpack", packFile, "-o", packFile], /would overwrite what is read/],
    ])("%j is wrong use", async (args, message) => {
        await bench.pack(text)
        const { code, out, err } = await suitcase(...args)
        expect(err).toMatch(message)
        expect(err).toMatch(/^suitcase: [^\n]+\n$/)
        expect([code, out]).toEqual([2, ""])
    })

    it.each(["pack", "unpack"])(
        "%s --help has examples and exit codes in 80 columns",
        async name => {
            const { code, out } = await suitcase(name, "--help")
            expect(code).toBe(0)
            expect(out).toContain("Examples:")
            expect(out).toContain("Exit codes:")
            expect(out.split("\n").filter(line => line.length > 80)).toEqual([])
        }
    )

    it("a packed file is not sent to a terminal", async () => {
        const terminal = fakeTerminal(true)
        writeFileSync(csvFile, text)
        expect(await run(["pack", csvFile, "-o", "-"], terminal)).toBe(2)
        expect(terminal.err.text).toMatch(/a terminal cannot show a packed file/)
    })
})
