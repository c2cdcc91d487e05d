/** What `suitcase pack` says about a packed file. */
import { writeFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { PackBench, framesOf, suitcase } from "../../../tests/support/pack-bench.js"

const bench = new PackBench()
const { csvFile, packFile } = bench

describe("the report", () => {
    const rows = Array.from({ length: 500 }, (_, i) => {
        const noise = (i * 7919) % 1000
        return `${1705307400 + 60 * i},21.50,${noise}${i % 5 === 0 ? "," : `,${i}`}`
    })
    const text = `time,still,noisy,counter\n${rows.join("\n")}\n`

    it("counts readings, gaps, frames and bytes, and they add up", async () => {
        const report = await bench.pack(text)
        expect(report).toMatchObject({
            file: csvFile,
            channels: 3,
            rows: 500,
            readings: 1400,
            gaps: 100,
            csvBytes: text.length,
            tickMs: 1000,
        })
        expect(report.bitsPerReading).toBeCloseTo((8 * report.bytes) / 1400, 9)
        expect(report.containerBytes).toBe(bench.bytes.length)
        expect(framesOf(bench.bytes).map(frame => frame.length)).toSatisfy(
            (lengths: number[]) =>
                lengths.length === report.frames &&
                lengths.reduce((a, b) => a + b, 0) === report.bytes &&
                lengths.every(length => length <= 1000)
        )
        expect(
            report.perChannel.map(({ name, step, readings, gaps }) => [name, step, readings, gaps])
        ).toEqual([
            ["still", "0.1", 500, 0],
            ["noisy", "1", 500, 0],
            ["counter", "1", 400, 100],
        ])
    })

    it("costs of a channel are what the file without it is shorter by", async () => {
        const all = await bench.pack(text)
        for (const { name, bits, bitsPerReading, readings } of all.perChannel) {
            const without = await bench.pack(text, "--skip", name, "--no-costs")
            expect(bits, name).toBe(8 * (all.bytes - without.bytes))
            expect(bitsPerReading).toBeCloseTo((bits ?? NaN) / readings, 9)
            expect(without.perChannel[0]).not.toHaveProperty("bits")
        }
        const [still, noisy] = all.perChannel
        expect(noisy.bits ?? 0).toBeGreaterThan(still.bits ?? 0)
        const lone = await bench.pack(text, "--skip", "still,counter")
        expect(lone.perChannel[0].bits).toBe(8 * lone.bytes)
    })

    it("--rows and --bytes bound frames, together too", async () => {
        expect((await bench.pack(text, "--rows", "120")).frames).toBe(5)
        expect((await bench.pack(text, "--rows", "1")).frames).toBe(500)
        await bench.pack(text, "--bytes", "50")
        for (const frame of framesOf(bench.bytes)) expect(frame.length).toBeLessThanOrEqual(50)
        expect(await bench.unpacked()).toBe(text)
        const both = await bench.pack(text, "--rows", "120", "--bytes", "50")
        expect(both.frames).toBeGreaterThan(5)
    })

    it("has null where there is nothing to divide by", async () => {
        const report = await bench.pack("time,a\n1705307400,\n")
        expect(report).toMatchObject({ readings: 0, gaps: 1, bitsPerReading: null })
        expect(report.perChannel[0].bitsPerReading).toBeNull()
    })

    it("is a table within 80 columns for people", async () => {
        writeFileSync(
            csvFile,
            text.replace("noisy", "a_name_that_is_very_long_for_a_column_of_a_table")
        )
        const { code, out, err } = await suitcase("pack", csvFile, "-o", packFile)
        expect([code, err]).toEqual([0, ""])
        expect(out).toMatch(/room\.csv: 500 rows, 1,400 readings, 100 gaps\n/)
        expect(out).toMatch(/│ still +│ +0\.1 │ +500 │ +0 │ +[\d,-]+ │ +-?[\d.]+ │/)
        expect(out).toMatch(/^\d+ frames?, [\d,]+ B: \d+\.\d\d bits per reading$/m)
        expect(out).toMatch(/room\.pack: [\d,]+ B, \d+\.\d % of the CSV file's [\d,]+ B$/m)
        const table = out.split("\n").filter(line => /^[│┌├└]/.test(line))
        expect(table.filter(line => line.length > 80)).toEqual([])
    })
})
