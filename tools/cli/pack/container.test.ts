/** What is in a packed file, as docs/pack.md describes it. */
import { readFileSync, readdirSync } from "node:fs"
import path from "node:path"
import { describe, expect, it } from "vitest"
import { CRC16_START, crc16 } from "../../../src/core/crc.js"
import { decodeFrame } from "../../../src/core/frame/decoder.js"
import { parseSchema } from "../../decoder/schema-record.js"
import { MAGIC } from "./container.js"
import { PackBench, recordsOf, suitcase } from "../../../tests/support/pack-bench.js"

const bench = new PackBench()
const { folder, packFile } = bench

describe("the packed file", () => {
    const text = "time,temperature_degC,CO₂\n1705307400.5,21.50,\n1705307401.0,-4.25,600\n"

    it("holds the schema record of nodes, by whose checksum frames name it", async () => {
        await bench.pack(text)
        const file = bench.bytes
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
        expect((await bench.pack(`time,a\n${time},1\n`)).tickMs).toBe(tickMs)
        expect(await bench.unpacked()).toBe(`time,a\n${time},1\n`)
    })

    it("carries what is finer than 1 ms in a channel of its own", async () => {
        await bench.pack("time,a\n2024-01-15T08:30:00.123456,1\n")
        const [schemaRecord] = recordsOf(bench.bytes)
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
        await bench.pack(text)
        const lines = (await bench.unpacked("--format", "ndjson")).trimEnd().split("\n")
        expect(lines).toEqual([
            '{"time":1705307400.5,"temperature_degC":21.50,"CO₂":null}',
            '{"time":1705307401.0,"temperature_degC":-4.25,"CO₂":600}',
        ])
        expect(lines.map(line => JSON.parse(line) as unknown)).toHaveLength(2)
        await bench.pack("time,a\n2024-01-15T08:30:00Z,1\n")
        expect(await bench.unpacked("--format", "ndjson")).toBe(
            '{"time":"2024-01-15T08:30:00Z","a":1}\n'
        )
    })

    it("unpacks into a file and says so", async () => {
        await bench.pack(text)
        const target = path.join(folder, "back.csv")
        const { code, out } = await suitcase("unpack", packFile, "-o", target)
        expect([code, out]).toEqual([0, `${target}: 2 rows from 1 frame\n`])
        expect(readFileSync(target, "utf8")).toBe(text)
        expect(readdirSync(folder).filter(name => name.endsWith(".part"))).toEqual([])
    })
})
