import { describe, expect, it } from "vitest"
import { CRC16_START, crc16 } from "../../src/core/crc.js"
import { FrameEncoder } from "../../src/core/frame/encoder.js"
import { QUALITY_ABSENT, QUALITY_OK } from "../../src/core/quality.js"
import { schemaText } from "../../src/core/schema.js"
import { FrameCollector, type Malformed, type Reading } from "./index.js"

const TICK_MS = 1000
const EPOCH = 1_704_960_000_000
const schemaBytes = Buffer.from(
    schemaText("indoor-climate", TICK_MS, [
        { channel: channel("temperature", "Cel", 100), part: "Sensirion SHT4x" },
        { channel: channel("co2", "ppm", 1), part: "Sensirion SCD4x" },
    ])
)
const schemaId = crc16(schemaBytes, 0, schemaBytes.length, CRC16_START)

function channel(name: string, unit: string, scaleDenominator: number) {
    return {
        name,
        quantity: name,
        unit,
        unitCode: "C62",
        scaleNumerator: 1,
        scaleDenominator,
        min: -40000,
        max: 40000,
    }
}

interface FrameOptions {
    boot?: number
    unixTime?: boolean
    schema?: number
    time?: number
    rows?: readonly (readonly (number | undefined)[])[]
}

/** A frame of rows 10 ticks apart; undefined cells are gaps of an absent sensor. */
function frame(sequence: number, options: FrameOptions = {}): Buffer {
    const buffer = Buffer.alloc(400)
    const rows = options.rows ?? [[2137, 650]]
    const encoder = new FrameEncoder(buffer, rows[0]?.length ?? 2, options.schema ?? schemaId)
    encoder.begin(options.boot ?? 7, sequence, options.unixTime ?? true)
    rows.forEach((row, i) =>
        encoder.add(
            (options.time ?? EPOCH / TICK_MS) + 10 * i,
            row.map(cell => cell ?? 0),
            row.map(cell => (cell === undefined ? QUALITY_ABSENT : QUALITY_OK))
        )
    )
    return buffer.subarray(0, encoder.finish())
}

function statusText(fields: Record<string, unknown> = {}): Buffer {
    const status = {
        v: 1,
        app: "indoor-climate",
        boot: 7,
        schema: schemaId,
        uptime: 60_000,
        rows: 1,
        readings: 2,
        gaps: 0,
        frames: 1,
        acked: 1,
        queued: 0,
        dropped: 0,
        epoch: EPOCH,
        sensors: [{ part: "Sensirion SHT4x", address: 68, errors: 0, lastError: "" }],
    }
    return Buffer.from(JSON.stringify({ ...status, ...fields }))
}

function bench() {
    const readings: Reading[] = []
    const problems: Malformed[] = []
    const collector = new FrameCollector({
        onReading: reading => readings.push(reading),
        onMalformed: problem => problems.push(problem),
    })
    const publish = (leaf: string, payload: Uint8Array, node = "n1") =>
        collector.accept(`suitcase/town/${node}/${leaf}`, payload)
    return { collector, readings, problems, publish }
}

describe("FrameCollector", () => {
    it("makes readings with unit, scale, time and quality out of a frame", () => {
        const { readings, publish } = bench()
        publish("schema", schemaBytes)
        publish(
            "frame",
            frame(0, {
                rows: [
                    [2137, 650],
                    [-501, undefined],
                ],
            })
        )
        expect(readings.map(r => [r.channel, r.value, r.unit, r.time, r.quality])).toEqual([
            ["temperature", 21.37, "Cel", EPOCH, "ok"],
            ["co2", 650, "ppm", EPOCH, "ok"],
            ["temperature", -5.01, "Cel", EPOCH + 10_000, "ok"],
            ["co2", undefined, "ppm", EPOCH + 10_000, "absent"],
        ])
        expect(readings[0]).toMatchObject({ site: "town", node: "n1", integer: 2137, decimals: 2 })
        expect(readings[3]).toMatchObject({ integer: undefined, isGap: true })
    })

    it("counts readings, gaps with their reason, frames and bytes", () => {
        const { collector, publish } = bench()
        const message = frame(0, { rows: [[2137, undefined]] })
        publish("schema", schemaBytes)
        publish("frame", message)
        expect(collector.counts).toMatchObject({
            readings: 1,
            gaps: 1,
            frames: 1,
            payloadBytes: message.length,
            duplicates: 0,
        })
        expect([...collector.counts.gapsByReason]).toEqual([["absent", 1]])
    })

    it("hands out a frame that was delivered twice only once", () => {
        const { collector, readings, publish } = bench()
        publish("schema", schemaBytes)
        for (let i = 0; i < 3; i++) publish("frame", frame(5))
        expect(readings).toHaveLength(2)
        expect(collector.counts.duplicates).toBe(2)
    })

    it("keeps equal sequence numbers of other boots and other nodes apart", () => {
        const { collector, publish } = bench()
        publish("schema", schemaBytes)
        publish("schema", schemaBytes, "n2")
        publish("frame", frame(5))
        publish("frame", frame(5, { boot: 8 }))
        publish("frame", frame(5), "n2")
        expect(collector.counts).toMatchObject({ frames: 3, duplicates: 0, readings: 6 })
    })

    it("keeps a second frame with a used number when its content differs", () => {
        const { collector, publish } = bench()
        publish("schema", schemaBytes)
        publish("frame", frame(5))
        publish("frame", frame(5, { rows: [[1, 2]] }))
        expect(collector.counts).toMatchObject({ frames: 2, duplicates: 0, readings: 4 })
    })

    it("reports missing frames, and takes it back when they come late", () => {
        const { collector, publish } = bench()
        publish("schema", schemaBytes)
        for (const sequence of [3, 4, 8]) publish("frame", frame(sequence))
        expect(collector.lostFrames).toBe(3)
        for (const sequence of [6, 5, 7, 2]) publish("frame", frame(sequence))
        expect(collector.lostFrames).toBe(0)
        expect(collector.counts.readings).toBe(14)
    })

    it("goes on counting when the sequence number starts again at 0", () => {
        const { collector, publish } = bench()
        publish("schema", schemaBytes)
        for (const sequence of [8190, 8191, 0, 2, 8191]) publish("frame", frame(sequence))
        expect(collector.lostFrames).toBe(1)
        expect(collector.counts.duplicates).toBe(1)
    })

    it("holds frames back until their schema comes, then reads them in order", () => {
        const { collector, readings, publish } = bench()
        publish("frame", frame(0, { rows: [[1, 1]] }))
        publish("frame", frame(1, { rows: [[2, 2]] }))
        expect(readings).toHaveLength(0)
        expect(collector.heldFrames).toBe(2)
        publish("schema", schemaBytes, "n2")
        expect(readings).toHaveLength(0)
        publish("schema", schemaBytes)
        expect(readings.map(r => r.integer)).toEqual([1, 1, 2, 2])
        expect(collector.heldFrames).toBe(0)
    })

    it("gives frames from before the first time sync their right time later", () => {
        const { readings, publish } = bench()
        publish("schema", schemaBytes)
        publish("status", statusText({ epoch: 0 }))
        publish("frame", frame(0, { unixTime: false, time: 30 }))
        publish("status", statusText({ boot: 8, epoch: EPOCH - 1 }))
        expect(readings).toHaveLength(0)
        publish("status", statusText())
        expect(readings.map(r => r.time)).toEqual([EPOCH + 30_000, EPOCH + 30_000])
    })

    it("bounds what it holds back and counts what had to go", () => {
        const { collector, publish } = bench()
        const rows = Array.from({ length: 100 }, () => [1, 2])
        for (let sequence = 0; sequence < 2600; sequence++)
            publish("frame", frame(sequence, { rows }))
        expect(collector.discardedFrames).toBeGreaterThan(0)
        expect(collector.heldFrames + collector.discardedFrames).toBe(2600)
    })

    it("has all its room again once what it held back was read", () => {
        const { collector, publish } = bench()
        const rows = Array.from({ length: 90 }, () => [1, 2])
        for (const boot of [1, 2, 3]) {
            const schema = boot === 1 ? schemaId : schemaId ^ 1
            for (let sequence = 0; sequence < 1300; sequence++)
                publish("frame", frame(sequence, { rows, boot, schema }))
            if (boot === 1) publish("schema", schemaBytes)
        }
        expect(collector.counts.readings).toBe(1300 * 180)
        expect(collector.heldFrames).toBe(2600)
        expect(collector.discardedFrames).toBe(0)
    })

    it("refuses damaged frames with the decoder's error and goes on", () => {
        const { collector, problems, readings, publish } = bench()
        publish("schema", schemaBytes)
        const damaged = Buffer.from(frame(0))
        damaged[13] = damaged[13] ^ 1
        publish("frame", damaged)
        publish("frame", Buffer.from("hello"))
        publish("frame", frame(1))
        expect(problems.map(p => p.code)).toEqual(["crc", "too-short"])
        expect(problems[0]?.topic).toBe("suitcase/town/n1/frame")
        expect(collector.counts.malformed.get("crc")).toBe(1)
        expect(readings).toHaveLength(2)
    })

    it("refuses a frame whose number of channels is not that of its schema", () => {
        const { problems, readings, publish } = bench()
        publish("schema", schemaBytes)
        publish("frame", frame(0, { rows: [[1, 2, 3]] }))
        expect(problems.map(p => p.code)).toEqual(["channels"])
        expect(readings).toHaveLength(0)
    })

    it("survives records that are no records, and names what is wrong", () => {
        const { problems, publish } = bench()
        const schema = JSON.parse(schemaBytes.toString()) as { channels: object[] }
        const broken = (change: object) => Buffer.from(JSON.stringify({ ...schema, ...change }))
        const first = schema.channels[0]
        publish("schema", Buffer.from("{"))
        publish("schema", Buffer.from("[]"))
        publish("schema", broken({ v: 99 }))
        publish("schema", broken({ tick: 0.5 }))
        publish("schema", broken({ channels: [] }))
        publish("schema", broken({ channels: [first, first] }))
        publish("schema", broken({ channels: [{ ...first, scale: [1, 0] }] }))
        publish("schema", broken({ channels: [{ ...first, name: "a\u001b[2J" }] }))
        publish("schema", Buffer.alloc(20_000, 0x20))
        publish("status", statusText({ readings: -1 }))
        publish("status", statusText({ __proto__: { readings: 1 }, readings: undefined }))
        expect(problems.map(p => p.message)).toEqual([
            "schema record: not JSON",
            "schema record: not a JSON object",
            "schema record.v must be an integer from 1 to 1",
            "schema record.tick must be an integer from 1 to 86400000",
            "schema record.channels must be a list of 1 to 32",
            "schema record.channels must have different names",
            "schema record.channels[0].scale must be two integers above 0",
            "schema record.channels[0].name must be 1 to 64 printable ASCII characters",
            "schema record: 20000 B are more than the 16384 B allowed",
            expect.stringContaining("status record.readings must be an integer from 0"),
            expect.stringContaining("status record.readings must be an integer from 0"),
        ])
    })

    it("ignores foreign topics, unknown leaves and cleared retained messages", () => {
        const { collector, problems, publish } = bench()
        collector.accept("other/town/n1/frame", frame(0))
        collector.accept("suitcase/n1", frame(0))
        collector.accept("suitcase/to wn/n1/frame", frame(0))
        collector.accept("suitcase/town/../frame\u001b", frame(0))
        publish("unknown", frame(0))
        publish("schema", Buffer.alloc(0))
        expect(collector.counts.frames).toBe(0)
        expect(problems).toEqual([])
    })

    it("keeps the latest status of each node and counts its readings", () => {
        const { collector, publish } = bench()
        publish("schema", schemaBytes)
        publish("status", statusText({ readings: 5 }))
        publish("status", statusText({ readings: 6 }))
        publish("frame", frame(0))
        expect(collector.statusOf({ site: "town", node: "n1" })?.readings).toBe(6)
        publish("frame", frame(0, { boot: 9 }))
        expect(
            collector
                .bootsOf({ site: "town", node: "n1" })
                .map(boot => [boot.status?.readings, boot.readings])
        ).toEqual([
            [6, 2],
            [undefined, 2],
        ])
        expect(collector.statusOf({ site: "town", node: "n2" })).toBeUndefined()
    })
})
