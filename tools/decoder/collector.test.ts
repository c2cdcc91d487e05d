import { describe, expect, it } from "vitest"
import {
    EPOCH,
    TICK_MS,
    clockText,
    decoderBench as bench,
    frame,
    json,
    schemaBytes,
    schemaId,
    statusText,
} from "../../tests/support/decoder-bench.js"

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
        const frames = Array.from({ length: 1000 }, (_, sequence) => frame(sequence))
        const nodes = Math.ceil(16_000_000 / (100 + frames[0].length) / 1000)
        for (let node = 0; node <= nodes; node++)
            for (const payload of frames) publish("frame", payload, `n${node}`)
        expect(collector.discardedFrames).toBeGreaterThan(0)
        expect(collector.heldFrames).toBeGreaterThan(900 * nodes)
        expect(collector.heldFrames + collector.discardedFrames).toBe(1000 * (nodes + 1))
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
        damaged[8] = damaged[8] ^ 0x80
        publish("frame", damaged)
        publish("frame", Buffer.from("hello"))
        publish("frame", frame(1))
        expect(problems.map(p => p.code)).toEqual(["rows", "too-short"])
        expect(problems[0]?.message).toContain("the frame was damaged")
        expect(problems[0]?.topic).toBe("suitcase/town/n1/frame")
        expect(collector.counts.malformed.get("rows")).toBe(1)
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

    it("reads every field of a status record, and the shorter ones of version 1", () => {
        const { collector, problems, publish } = bench()
        const store = {
            part: "MB85RC256V",
            bytes: 32768,
            used: 9,
            recovered: 2,
            torn: 1,
            errors: 0,
        }
        const more = { capacity: 28_000, held: "settings" }
        publish(
            "status",
            statusText({ rssi: -71, store, reset: "command", settings: "damaged", ...more })
        )
        expect(collector.statusOf({ site: "town", node: "n1" })).toMatchObject({
            version: "1.2.3",
            reset: "command",
            queuedBytes: 0,
            connects: 1,
            resent: 0,
            errors: 0,
            rssi: -71,
            settings: "damaged",
            ...more,
            store,
            intervalSeconds: 60,
        })
        expect(problems).toEqual([])
    })

    it("names what is wrong with the new fields of a status record", () => {
        const { problems, publish } = bench()
        publish("status", statusText({ version: "" }))
        publish("status", statusText({ reset: "magic" }))
        publish("status", statusText({ intervalSeconds: 86_401 }))
        publish("status", statusText({ rssi: "-71" }))
        publish("status", statusText({ store: [] }))
        publish("status", statusText({ store: { part: "FRAM", bytes: -1 } }))
        publish("status", statusText({ epoch: 1e15 }))
        publish("status", statusText({ capacity: -1 }))
        publish("status", statusText({ held: "up" }))
        expect(problems.map(p => p.message)).toEqual([
            "status record.version must be 1 to 64 printable ASCII characters",
            "status record.reset must be one of power, program, command, standstill, network, sleep, unknown",
            "status record.intervalSeconds must be an integer from 1 to 86400",
            "status record.rssi must be an integer from -200 to 100",
            "status record.store: not a JSON object",
            expect.stringContaining("status record.store.bytes must be an integer from 0"),
            expect.stringContaining("status record.epoch must be an integer from 0"),
            expect.stringContaining("status record.capacity must be an integer from 0"),
            "status record.held must be one of settings, seal, envelope",
        ])
    })

    it("tells whether a node is online, and refuses what does not say so", () => {
        const { collector, problems, states, publish } = bench()
        publish("state", json({ v: 1, online: true, boot: 7 }))
        publish("state", json({ v: 1, online: false, boot: 7 }))
        publish("state", json({ v: 1, online: "yes", boot: 7 }))
        publish("state", json({ v: 1, online: true, boot: 65_536 }))
        expect(states.map(state => state.online)).toEqual([true, false])
        expect(collector.stateOf({ site: "town", node: "n1" })).toEqual({ online: false, boot: 7 })
        expect(problems.map(p => `${p.code}: ${p.message}`)).toEqual([
            "state: state record.online must be true or false",
            "state: state record.boot must be an integer from 0 to 65535",
        ])
    })

    it("reads frames in JSON envelopes, and each once whichever way it came", () => {
        const { collector, readings, publish } = bench()
        const envelope = json({ v: 1, kind: "frame", data: frame(0).toString("base64") })
        publish("schema", schemaBytes)
        publish("envelope", envelope)
        publish("envelope", envelope)
        publish("frame", frame(0))
        expect(readings.map(r => r.integer)).toEqual([2137, 650])
        expect(collector.counts.duplicates).toBe(2)
    })

    it("refuses envelopes that are none, and the damaged frame in one that is", () => {
        const { problems, publish } = bench()
        const data = frame(0).toString("base64")
        publish("envelope", Buffer.from("{"))
        publish("envelope", json({ v: 2, kind: "frame", data }))
        publish("envelope", json({ v: 1, kind: "clock", data }))
        publish("envelope", json({ v: 1, kind: "frame", data: data.slice(1) }))
        publish("envelope", json({ v: 1, kind: "frame", data: `${data.slice(4)}\n\n\n\n` }))
        publish("envelope", json({ v: 1, kind: "frame", data: 7 }))
        publish("envelope", Buffer.alloc(110_000, 0x20))
        publish("envelope", json({ v: 1, kind: "frame", data: data.slice(4) }))
        expect(problems.map(p => `${p.code}: ${p.message}`)).toEqual([
            "envelope: envelope: not JSON",
            "envelope: envelope.v must be an integer from 1 to 1",
            "envelope: envelope.kind must be one of frame, sealed",
            "envelope: envelope.data must be base64 with padding",
            "envelope: envelope.data must be base64 with padding",
            "envelope: envelope.data must be base64 with padding",
            "envelope: envelope: 110000 B are more than the 103768 B allowed",
            expect.stringContaining("version: the frame was damaged, or "),
        ])
    })

    it("gives the same readings in whichever order retained records come after a restart", () => {
        const records = [
            ["schema", schemaBytes],
            ["clock", clockText()],
            ["status", statusText()],
            ["state", json({ v: 1, online: true, boot: 7 })],
        ] as const
        const outcomes = permutations(records).map(order => {
            const { readings, problems, publish } = bench()
            for (const [leaf, payload] of order) publish(leaf, payload)
            publish("frame", frame(0))
            publish("frame", frame(1, { unixTime: false, time: 3 }))
            expect(problems).toEqual([])
            return readings.map(r => [r.channel, r.time, r.timeUncertaintyMs])
        })
        for (const outcome of outcomes)
            expect(outcome).toEqual([
                ["temperature", EPOCH, 520],
                ["co2", EPOCH, 520],
                ["temperature", EPOCH + 3000, 520],
                ["co2", EPOCH + 3000, 520],
            ])
        expect(outcomes).toHaveLength(24)
    })
})

function permutations<T>(items: readonly T[]): T[][] {
    if (items.length === 0) return [[]]
    return items.flatMap((first, i) =>
        permutations(items.filter((_item, j) => j !== i)).map(rest => [first, ...rest])
    )
}

describe("restarts", () => {
    const rows = [
        [1, 1],
        [2, 2],
        [3, 3],
    ]

    it("count the rows that are missing between two boots, by the pause and the interval", () => {
        const { collector, publish } = bench()
        publish("schema", schemaBytes)
        publish("frame", frame(0, { boot: 1, rows }))
        // The last row was at +20 s, one every 10 s; the next boot's first one is at +100 s.
        publish("frame", frame(0, { boot: 2, rows, time: EPOCH / TICK_MS + 100 }))
        expect(collector.counts).toMatchObject({ restarts: 1, rowsMissing: 7 })
    })

    it("count none when the pause is no longer than usual, nor for frames that come late", () => {
        const { collector, publish } = bench()
        publish("schema", schemaBytes)
        publish("frame", frame(0, { boot: 1, rows }))
        publish("frame", frame(0, { boot: 2, rows, time: EPOCH / TICK_MS + 31 }))
        publish("frame", frame(5, { boot: 1, rows, time: EPOCH / TICK_MS - 500 }))
        expect(collector.counts).toMatchObject({ restarts: 1, rowsMissing: 0 })
    })
})
