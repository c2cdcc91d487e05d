/** `suitcase pack` and `unpack`: the same numbers come back, or an error says why not. */
import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import fc from "fast-check"
import { afterAll, describe, expect, it } from "vitest"
import { decodeFrame } from "../src/core/frame/decoder.js"
import { crc16, CRC16_START } from "../src/core/crc.js"
import { PROJECT_ROOT } from "../sim/program/compile.js"
import { run } from "../tools/cli.js"
import { parseSchema } from "../tools/decoder/schema-record.js"
import { MAGIC } from "../tools/pack/container.js"
import { type PackReport } from "../tools/pack/pack.js"
import { fakeTerminal } from "./support/fake-terminal.js"

const folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-pack-test-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const csvFile = path.join(folder, "room.csv")
const packFile = path.join(folder, "room.pack")

interface Outcome {
    readonly code: number
    readonly out: string
    readonly err: string
}

async function suitcase(...args: string[]): Promise<Outcome> {
    const terminal = fakeTerminal()
    const code = await run(args, terminal)
    return { code, out: terminal.out.text, err: terminal.err.text }
}

/** Packs a text; the report, or an error with the message. */
async function pack(text: string, ...options: string[]): Promise<PackReport> {
    writeFileSync(csvFile, text)
    const { code, out, err } = await suitcase("pack", csvFile, "--json", "-o", packFile, ...options)
    if (code !== 0) throw new Error(`${code}: ${err}`)
    expect(err).toBe("")
    return JSON.parse(out) as PackReport
}

async function unpacked(...options: string[]): Promise<string> {
    const { code, out, err } = await suitcase("unpack", packFile, ...options)
    expect([code, err]).toEqual([0, ""])
    return out
}

async function roundTrip(text: string, ...options: string[]): Promise<string> {
    await pack(text, ...options)
    return unpacked()
}

/** Cells of a CSV text without quotes. */
function cells(text: string): string[][] {
    return text
        .split(/\r?\n/)
        .filter(line => line !== "")
        .map(line => line.split(","))
}

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
        const back = await roundTrip(text.replace(".1234567890Z", ".123456789Z"))
        expect(back).toBe(text.replace(".1234567890Z", ".123456789Z"))
    })

    it.each([
        ["an offset becomes UTC", "2024-01-15T08:30:00+01:30,1", "2024-01-15T07:00:00Z,1"],
        ["a day, minutes, a blank for T", "2024-01-15 08:30,1", "2024-01-15T08:30:00,1"],
        ["a plus sign, a bare point, an exponent", "1705307400,+.5e1", "1705307400,5"],
        ["an exponent below zero", "1705307400,25E-2", "1705307400,0.25"],
        ["minus zero", "1705307400,-0", "1705307400,0"],
    ])("gives the same value in one form: %s", async (_what, row, expected) => {
        expect(await roundTrip(`time,a\n${row}\n`)).toBe(`time,a\n${expected}\n`)
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
                expect(await roundTrip(text, ...limit)).toBe(text)
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
                const back = cells(await roundTrip(text, "--step", "0.0625", "--round")).slice(1)
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

describe("recordings", () => {
    const own = path.join(PROJECT_ROOT, "sim", "traces")
    const shared = path.join(PROJECT_ROOT, "..", "shared", "traces")
    const files = [own, shared]
        .filter(existsSync)
        .flatMap(where => readdirSync(where).map(file => path.join(where, file)))
        .filter(file => file.endsWith(".csv"))
        .map(file => [path.basename(file), file] as const)
    /** What these files need beyond the defaults. */
    const options: Readonly<Record<string, readonly string[]>> = {
        "scd30-room.csv": ["--step", "0.01", "--round", "--sort"],
        "scd30_co2_room_irregular.csv": ["--step", "0.01", "--round", "--sort"],
        "edinburgh_bins_fill_events.csv": [
            "--step",
            "volume_litre=0.000001,weight_kg=0.000001",
            "--round",
        ],
        "nab_ambient_temperature_hourly.csv": ["--step", "0.0000001", "--round"],
        "hast_node2_lora_21s.csv": ["--skip", "status_hex"],
        "opensensemap_muenster_pm25_newyear.csv": ["--skip", "box"],
        "owl_ultrasonic_water_distance.csv": ["--skip", "published_time", "--sort"],
        "uci_room_occupancy_estimation.csv": [
            "--step",
            "s1_temp_degC=0.0625,s2_temp_degC=0.0625,s3_temp_degC=0.0625,s4_temp_degC=0.0625,s5_co2_ppm=5",
            "--round",
        ],
    }

    it("are there", () => expect(files.length).toBeGreaterThanOrEqual(2))

    it.each(files)("%s comes back: every time and every value", async (name, file) => {
        const chosen = [...(options[name] ?? []), "--no-costs"]
        const text = readFileSync(file, "utf8")
        const report = await pack(text, ...chosen)
        const sorted = chosen.includes("--sort")
        const skipped = chosen[chosen.indexOf("--skip") + 1]
        const [header, ...rows] = cells(text)
        const kept = header.map((_, i) => i).filter(i => header[i] !== skipped || i === 0)
        const expected = rows.map(row => kept.map(i => row[i]))
        if (sorted) expected.sort((a, b) => orderOf(a[0]) - orderOf(b[0]))
        const [, ...back] = cells(await unpacked())
        expect(back).toHaveLength(expected.length)
        const tolerances = report.perChannel.map(({ step }) =>
            chosen.includes("--round") ? Number(step) * 0.5001 : 0
        )
        let different = 0
        back.forEach((row, r) =>
            row.forEach((cell, c) => {
                const was = expected[r][c]
                const isSame =
                    c === 0
                        ? sameTime(cell, was)
                        : cell === was ||
                          (was !== "" &&
                              cell !== "" &&
                              Math.abs(Number(cell) - Number(was)) <= tolerances[c - 1])
                if (!isSame) different++
            })
        )
        expect(different).toBe(0)
        expect(report.rows).toBe(expected.length)
        expect(report.containerBytes).toBeLessThan(report.csvBytes / 2)
    })

    /** Microseconds since 1970, or the number as it is. */
    function orderOf(time: string): number {
        const match = /^(.*T\d\d:\d\d:\d\d)\.(\d+)$/.exec(time)
        if (match === null) return Number(time)
        return Date.parse(`${match[1]}Z`) * 1000 + Number(match[2].padEnd(6, "0"))
    }

    function sameTime(a: string, b: string): boolean {
        if (/^[\d.-]+$/.test(a) && !/-\d\d-/.test(a)) return Number(a) === Number(b)
        const normal = (text: string) =>
            text.replace(/(\+00:00|Z)$/, "").replace(/T(\d\d:\d\d)$/, "T$1:00")
        return normal(a) === normal(b)
    }
})

describe("the report", () => {
    const rows = Array.from({ length: 500 }, (_, i) => {
        const noise = (i * 7919) % 1000
        return `${1705307400 + 60 * i},21.50,${noise}${i % 5 === 0 ? "," : `,${i}`}`
    })
    const text = `time,still,noisy,counter\n${rows.join("\n")}\n`

    it("counts readings, gaps, frames and bytes, and they add up", async () => {
        const report = await pack(text)
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
        expect(report.containerBytes).toBe(readFileSync(packFile).length)
        expect(framesOf(readFileSync(packFile)).map(frame => frame.length)).toSatisfy(
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
        const all = await pack(text)
        for (const { name, bits, bitsPerReading, readings } of all.perChannel) {
            const without = await pack(text, "--skip", name, "--no-costs")
            expect(bits, name).toBe(8 * (all.bytes - without.bytes))
            expect(bitsPerReading).toBeCloseTo((bits ?? NaN) / readings, 9)
            expect(without.perChannel[0]).not.toHaveProperty("bits")
        }
        const [still, noisy] = all.perChannel
        expect(noisy.bits ?? 0).toBeGreaterThan(still.bits ?? 0)
        const lone = await pack(text, "--skip", "still,counter")
        expect(lone.perChannel[0].bits).toBe(8 * lone.bytes)
    })

    it("--rows and --bytes bound frames, together too", async () => {
        expect((await pack(text, "--rows", "120")).frames).toBe(5)
        expect((await pack(text, "--rows", "1")).frames).toBe(500)
        await pack(text, "--bytes", "50")
        for (const frame of framesOf(readFileSync(packFile)))
            expect(frame.length).toBeLessThanOrEqual(50)
        expect(await unpacked()).toBe(text)
        const both = await pack(text, "--rows", "120", "--bytes", "50")
        expect(both.frames).toBeGreaterThan(5)
    })

    it("has null where there is nothing to divide by", async () => {
        const report = await pack("time,a\n1705307400,\n")
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

/** The frames of a packed file, by its description in docs/pack.md. */
function framesOf(file: Uint8Array): Uint8Array[] {
    return recordsOf(file)
        .filter(record => record.type === "F")
        .map(record => record.payload)
}

interface PackedRecord {
    readonly type: string
    readonly start: number
    readonly payload: Uint8Array
}

function recordsOf(file: Uint8Array): PackedRecord[] {
    const records: PackedRecord[] = []
    for (let at = 9; at < file.length;) {
        const start = at
        const type = String.fromCharCode(file[at++])
        let length = 0
        for (let shift = 0; ; shift += 7) {
            const byte = file[at++]
            length += (byte & 127) << shift
            if (byte < 128) break
        }
        records.push({ type, start, payload: file.slice(at, at + length) })
        at += length
    }
    return records
}

describe("the packed file", () => {
    const text = "time,temperature_degC,CO₂\n1705307400.5,21.50,\n1705307401.0,-4.25,600\n"

    it("holds the schema record of nodes, by whose check value frames name it", async () => {
        await pack(text)
        const file = readFileSync(packFile)
        expect(file.subarray(0, 8)).toEqual(Buffer.from(MAGIC))
        expect(file[8]).toBe(1)
        const records = recordsOf(file)
        expect(records.map(record => record.type).join("")).toBe("STBFE")
        const schemaBytes = records[0].payload.slice(0, -2)
        const schema = parseSchema(schemaBytes)
        expect(schema.tickMs).toBe(100)
        expect(
            schema.channels.map(({ name, scaleNumerator, scaleDenominator, min, max }) => [
                name,
                scaleNumerator,
                scaleDenominator,
                min,
                max,
            ])
        ).toEqual([
            ["temperature_degc", 1, 100, -425, 2150],
            ["co", 1, 1, 600, 600],
        ])
        const frame = decodeFrame(records[3].payload)
        expect(frame.schemaId).toBe(crc16(schemaBytes, 0, schemaBytes.length, CRC16_START))
        expect([frame.unixTime, frame.times]).toEqual([false, [0, 5]])
        expect(frame.values).toEqual([2150, 0, -425, 600])
        expect(frame.qualities).toEqual([0, 15, 0, 0])
    })

    it.each([
        ["2024-01-15T08:30:00", 1000],
        ["2024-01-15T08:30:00.000", 1000],
        ["2024-01-15T08:30:00.100", 100],
        ["2024-01-15T08:30:00.12", 10],
        ["2024-01-15T08:30:00.123", 1],
        ["2024-01-15T08:30:00.123456", 1],
    ])("%s is counted in ticks of %i ms", async (time, tickMs) => {
        expect((await pack(`time,a\n${time},1\n`)).tickMs).toBe(tickMs)
        expect(await unpacked()).toBe(`time,a\n${time},1\n`)
    })

    it("carries what is finer than 1 ms in a channel of its own", async () => {
        await pack("time,a\n2024-01-15T08:30:00.123456,1\n")
        const [schemaRecord] = recordsOf(readFileSync(packFile))
        const schema = parseSchema(schemaRecord.payload.slice(0, -2))
        expect(
            schema.channels.map(({ name, unit, scaleDenominator }) => [
                name,
                unit,
                scaleDenominator,
            ])
        ).toEqual([
            ["a", "-", 1],
            ["time_rest", "s", 1_000_000],
        ])
    })

    it("unpacks to one JSON object per row", async () => {
        await pack(text)
        const lines = (await unpacked("--format", "ndjson")).trimEnd().split("\n")
        expect(lines).toEqual([
            '{"time":1705307400.5,"temperature_degC":21.50,"CO₂":null}',
            '{"time":1705307401.0,"temperature_degC":-4.25,"CO₂":600}',
        ])
        expect(lines.map(line => JSON.parse(line) as unknown)).toHaveLength(2)
        await pack("time,a\n2024-01-15T08:30:00Z,1\n")
        expect(await unpacked("--format", "ndjson")).toBe('{"time":"2024-01-15T08:30:00Z","a":1}\n')
    })

    it("unpacks into a file and says so", async () => {
        await pack(text)
        const target = path.join(folder, "back.csv")
        const { code, out } = await suitcase("unpack", packFile, "-o", target)
        expect([code, out]).toEqual([0, `${target}: 2 rows from 1 frame\n`])
        expect(readFileSync(target, "utf8")).toBe(text)
        expect(readdirSync(folder).filter(name => name.endsWith(".part"))).toEqual([])
    })
})

describe("damaged files", () => {
    const rows = Array.from({ length: 90 }, (_, i) => `${1705307400 + 60 * i}.25,${i * 1.5},${i}`)
    const text = `time,a,b\n${rows.join("\n")}\n`

    async function damaged(change: (file: Buffer) => Uint8Array): Promise<Outcome> {
        await pack(text, "--rows", "30", "--no-costs")
        writeFileSync(packFile, change(readFileSync(packFile)))
        return suitcase("unpack", packFile)
    }

    function expectRefused({ code, err }: Outcome): void {
        expect(code).toBeGreaterThan(0)
        expect(err).toMatch(/^suitcase: [^\n]*room\.pack[^\n]*\n$/)
        expect(err).not.toContain("internal error")
    }

    it("name the frame that a flipped bit hit, and give the rows before it", async () => {
        const outcome = await damaged(file => {
            const frame = recordsOf(file).filter(record => record.type === "F")[1]
            file[frame.start + 20] ^= 4
            return file
        })
        expect(outcome.code).toBe(1)
        expect(outcome.err).toMatch(/^suitcase: .*room\.pack, frame 2: crc: .*damaged\n$/)
        expect(cells(outcome.out).slice(1)).toEqual(cells(rows.slice(0, 30).map(plain).join("\n")))
    })

    /** As `unpack` writes: as few digits as needed in a column of both. */
    const plain = (row: string) => row

    it("are found whatever the flipped bit, with no wrong number before the message", async () => {
        await pack(text, "--rows", "30", "--no-costs")
        const good = readFileSync(packFile)
        const whole = await unpacked()
        for (let bit = 0; bit < good.length * 8; bit += 3) {
            const bad = Buffer.from(good)
            bad[bit >> 3] ^= 1 << (bit & 7)
            writeFileSync(packFile, bad)
            const outcome = await suitcase("unpack", packFile)
            expectRefused(outcome)
            expect(whole.startsWith(outcome.out), `bit ${bit}`).toBe(true)
        }
    })

    it("are found wherever the file is cut off", async () => {
        await pack(text, "--rows", "30", "--no-costs")
        const good = readFileSync(packFile)
        for (let length = 0; length < good.length; length++) {
            writeFileSync(packFile, good.subarray(0, length))
            const outcome = await suitcase("unpack", packFile)
            expectRefused(outcome)
            if (length > 8) expect(outcome.err).toMatch(/truncated/)
        }
        expect((await damaged(file => file.subarray(0, file.length - 10))).err).toMatch(
            /, frame 4: truncated: the file ends here, but its end is missing/
        )
    })

    /** The file with its records in another order, or some left out. */
    const rearranged = (order: (records: Buffer[]) => Buffer[]) => (file: Buffer) => {
        const starts = recordsOf(file).map(record => record.start)
        const records = starts.map((start, i) => file.subarray(start, starts[i + 1] ?? file.length))
        return Buffer.concat([file.subarray(0, 9), ...order(records)])
    }

    it.each([
        [
            "a frame is missing",
            ([s, t, b, f1, , f3, e]: Buffer[]) => [s, t, b, f1, f3, e],
            /frame 2: order: expected frame 1 of boot 0, found frame 2/,
        ],
        [
            "the last frame is missing",
            ([s, t, b, f1, f2, , e]: Buffer[]) => [s, t, b, f1, f2, e],
            /after frame 2: end: expected 3 frames with 90 rows, found 2 with 60/,
        ],
        [
            "a frame comes twice",
            ([s, t, b, f1, f2, f3, e]: Buffer[]) => [s, t, b, f1, f1, f2, f3, e],
            /frame 2: order/,
        ],
        [
            "frames changed places",
            ([s, t, b, f1, f2, f3, e]: Buffer[]) => [s, t, b, f2, f1, f3, e],
            /frame 1: order/,
        ],
        [
            "the boot is missing",
            ([s, t, , f1, f2, f3, e]: Buffer[]) => [s, t, f1, f2, f3, e],
            /frame 1: order: the record of the boot is missing/,
        ],
        [
            "the schema is missing",
            ([, t, b, f1, f2, f3, e]: Buffer[]) => [t, b, f1, f2, f3, e],
            /order: the schema record is missing/,
        ],
        [
            "the table is missing",
            ([s, , b, f1, f2, f3, e]: Buffer[]) => [s, b, f1, f2, f3, e],
            /order: the table record is missing/,
        ],
        [
            "there are two schemas",
            ([s, t, b, f1, f2, f3, e]: Buffer[]) => [s, t, s, b, f1, f2, f3, e],
            /order: a second schema record/,
        ],
        [
            "two files are in one",
            (records: Buffer[]) => [...records, ...records],
            /end: something follows/,
        ],
    ])("are named where %s", async (_what, order, message) => {
        const outcome = await damaged(rearranged(order))
        expectRefused(outcome)
        expect(outcome.err).toMatch(message)
    })

    it("frames of another file are not taken for its own", async () => {
        await pack(text.replace("a,b", "a,c"), "--rows", "30")
        const other = recordsOf(readFileSync(packFile))[3]
        const frame = readFileSync(packFile).subarray(
            other.start,
            other.start + other.payload.length + 3
        )
        const outcome = await damaged(
            rearranged(([s, t, b, , f2, f3, e]) => [
                s,
                t,
                b,
                frame.subarray(0, frameLength(frame)),
                f2,
                f3,
                e,
            ])
        )
        expectRefused(outcome)
        expect(outcome.err).toMatch(/frame 1: schema: the frame belongs to another schema/)
    })

    /** Of a frame's record, with its type and length. */
    const frameLength = (record: Uint8Array) =>
        record[1] < 128 ? record[1] + 2 : (record[1] & 127) + 128 * record[2] + 3

    it("any bytes after the magic end in a message", async () => {
        await fc.assert(
            fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async random => {
                writeFileSync(packFile, Buffer.concat([MAGIC, Uint8Array.of(1), random]))
                expectRefused(await suitcase("unpack", packFile))
            }),
            { numRuns: 300 }
        )
    })

    it("what is no packed file, or one of a later version, is wrong use", async () => {
        writeFileSync(packFile, "time,a\n1705307400,1\n")
        const csv = await suitcase("unpack", packFile)
        expect(csv.code).toBe(2)
        expect(csv.err).toMatch(
            /room\.pack: magic: this is no packed file; make one with suitcase pack/
        )
        const later = await damaged(file => file.fill(2, 8, 9))
        expect(later.code).toBe(2)
        expect(later.err).toMatch(/version 2 is not known/)
    })

    it("leave no file behind, and what was there untouched", async () => {
        const target = path.join(folder, "kept.csv")
        writeFileSync(target, "before")
        await damaged(file => file.subarray(0, file.length - 1))
        const { code } = await suitcase("unpack", packFile, "-o", target)
        expect(code).toBe(1)
        expect(readFileSync(target, "utf8")).toBe("before")
        expect(existsSync(`${target}.part`)).toBe(false)
    })
})

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
            `${head}2024-01-15T00:30:00+01:00,21.5,600\n`,
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
        [
            "semicolons",
            "time;a\n2024-01-15;21\n",
            [],
            "room.csv, line 1: the header has one column",
        ],
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
        expect(await roundTrip(text(32))).toBe(text(32))
        expect((await pack(text(33), "--skip", "c7")).channels).toBe(32)
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

describe("options", () => {
    const rows = ["24.94", "25", "24.5", "-0.06", "0.13", "25.0"]
    const text = `time,a,b\n${rows.map((cell, i) => `${1705307400 + i},${cell},${i}`).join("\n")}\n`

    it("--step takes sixteenths that were rounded to two digits, and gives them back as written", async () => {
        const report = await pack(text, "--step", "a=0.0625")
        expect(report.perChannel.map(channel => channel.step)).toEqual(["0.0625", "1"])
        const back = cells(await unpacked()).slice(1)
        expect(back.map(row => Number(row[1]))).toEqual(rows.map(Number))
        const schema = parseSchema(recordsOf(readFileSync(packFile))[0].payload.slice(0, -2))
        expect([schema.channels[0].scaleNumerator, schema.channels[0].scaleDenominator]).toEqual([
            1, 16,
        ])
    })

    it("--step of one column goes before that of all", async () => {
        const report = await pack(text, "--step", "0.01", "--step", "b=0.5")
        expect(report.perChannel.map(channel => channel.step)).toEqual(["0.01", "0.5"])
    })

    it("--round takes the nearest multiple, halves away from zero", async () => {
        const values = "time,a\n1,21.37\n2,21.25\n3,-21.25\n4,0.24\n5,-0.24\n"
        expect(await roundTrip(values, "--step", "0.5", "--round")).toBe(
            "time,a\n1,21.5\n2,21.5\n3,-21.5\n4,0.0\n5,0.0\n"
        )
        expect(await roundTrip(values, "--step", "10", "--round")).toBe(
            "time,a\n1,20\n2,20\n3,-20\n4,0\n5,0\n"
        )
    })

    it("--skip leaves columns out, text among them", async () => {
        const mixed = "time,note,a,status\n1705307400,hello,1,0x00\n"
        expect(await roundTrip(mixed, "--skip", "note,status")).toBe("time,a\n1705307400,1\n")
        expect(await roundTrip(mixed, "--skip", "note", "--skip", "status")).toBe(
            "time,a\n1705307400,1\n"
        )
    })

    it("--sort puts rows in the order of time; equal times stay as they were", async () => {
        const mixed = "time,a,b\n3.000002,1,\n1.000001,2,7\n3.000001,3,\n1.000001,4,8\n"
        expect(await roundTrip(mixed, "--sort")).toBe(
            "time,a,b\n1.000001,2,7\n1.000001,4,8\n3.000001,3,\n3.000002,1,\n"
        )
    })

    it("--sort holds more rows than it made room for at first", async () => {
        const many = Array.from({ length: 3000 }, (_, i) => `${(i * 7919) % 3000},${i}`)
        const back = cells(await roundTrip(`t_s,a\n${many.join("\n")}\n`, "--sort")).slice(1)
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
            /there is no such folder; give another path with -o/,
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
        await pack(text)
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
        expect(terminal.err.text).toMatch(/a terminal can not show a packed file/)
    })
})

describe("as a process", () => {
    const command = path.join(PROJECT_ROOT, "tools", "suitcase.mjs")
    const text = "time,a\n2024-01-15T08:30:00Z,21.50\n2024-01-15T08:31:00Z,-0.25\n"

    it("goes from standard input to standard output and back, with the report on stderr", () => {
        const packed = spawnSync(process.execPath, [command, "pack", "-", "--json", "-o", "-"], {
            input: text,
        })
        expect(packed.status).toBe(0)
        expect(packed.stdout.subarray(0, 8)).toEqual(Buffer.from(MAGIC))
        const report = JSON.parse(packed.stderr.toString()) as PackReport
        expect(report).toMatchObject({ file: "standard input", csvBytes: text.length })
        expect(report.containerBytes).toBe(packed.stdout.length)
        const back = spawnSync(process.execPath, [command, "unpack", "-"], { input: packed.stdout })
        expect([back.status, back.stdout.toString(), back.stderr.toString()]).toEqual([0, text, ""])
    })
})
