/**
 * Damaged frames: the schema is folded into the checksum, so a damaged frame looks like one of
 * a schema that its node has not described. It must end as a counted gap, never as a reading.
 */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
    EPOCH,
    TICK_MS,
    decoderBench as bench,
    frame,
    schemaBytes,
    schemaId,
} from "../../tests/support/decoder-bench.js"
import { CRC16_START, crc16 } from "../../src/core/crc.js"
import { FrameCollector, type Malformed, type Reading, type SavedPart } from "./index.js"

/** The record of another program with as many channels. */
const otherSchema = Buffer.from(schemaBytes.toString().replace("indoor", "office"))
const otherId = crc16(otherSchema, 0, otherSchema.length, CRC16_START)

const DAMAGED = "the checksum does not match the schema of the frame's boot: the frame was damaged"
const UNDESCRIBED = expect.stringMatching(
    /^the frame was damaged, or is of a program that its node has not described/
) as string

/** Bytes of the envelope. */
const BOOT = 2
const TIME = 4

function damaged(at: number, sequence = 0, options = {}): Buffer {
    const bytes = Buffer.from(frame(sequence, options))
    bytes[at] ^= 4
    return bytes
}

const words = (problems: readonly Malformed[]) =>
    problems.map(({ code, message }) => [code, message])

describe("a damaged frame", () => {
    it("with any one bit flipped is refused, at once or when its node describes itself again", () => {
        const { collector, readings, problems, publish } = bench()
        publish("schema", schemaBytes)
        publish("frame", frame(0))
        readings.length = 0
        const whole = frame(1)
        for (let bit = 0; bit < 8 * whole.length; bit++) {
            const bytes = Buffer.from(whole)
            bytes[bit >> 3] ^= 1 << (bit & 7)
            publish("frame", bytes)
            const isBoot = bit >> 3 === BOOT || bit >> 3 === BOOT + 1
            expect(collector.heldFrames, `bit ${bit}: frames held`).toBe(isBoot ? 1 : 0)
            publish("schema", schemaBytes)
            expect(collector.heldFrames).toBe(0)
            expect(problems.length, `bit ${bit}: refusals`).toBe(bit + 1)
        }
        expect(problems.every(({ message }) => message.includes("damaged"))).toBe(true)
        expect(readings).toEqual([])
        expect(collector.lostFrames, "none of them was believed what number it is").toBe(0)
        publish("frame", whole)
        expect(readings.length, "the true one is still taken").toBe(2)
    })

    it("leaves a gap that is counted, and closed when the broker sends the true one", () => {
        const { collector, problems, readings, publish } = bench()
        publish("schema", schemaBytes)
        for (const message of [frame(0), damaged(TIME, 1), frame(2)]) publish("frame", message)
        expect(collector.lostFrames).toBe(1)
        expect(words(problems)).toEqual([["crc", DAMAGED]])
        expect(collector.counts).toMatchObject({ frames: 2, readings: 4 })
        publish("frame", frame(1))
        expect(collector.lostFrames).toBe(0)
        expect(readings.map(r => r.sequence)).toEqual([0, 0, 2, 2, 1, 1])
    })

    it("that is the first of its boot waits, and is refused with the first good one", () => {
        const { collector, problems, readings, publish } = bench()
        publish("schema", schemaBytes)
        expect(publish("frame", damaged(TIME))).toBe("held")
        expect(publish("frame", frame(1))).toBe("frame")
        expect(words(problems)).toEqual([["crc", DAMAGED]])
        expect(collector.heldFrames).toBe(0)
        expect(readings.map(r => r.sequence)).toEqual([1, 1])
    })

    it("that came before its node described itself is told from the true ones by the record", () => {
        const { collector, problems, readings, publish } = bench()
        publish("frame", frame(0))
        publish("frame", damaged(BOOT, 1))
        publish("frame", damaged(TIME, 1))
        publish("frame", frame(2))
        expect(collector.heldFrames).toBe(4)
        expect(collector.counts.frames, "frames known to be whole").toBe(0)
        publish("schema", schemaBytes)
        expect(readings.map(r => r.sequence)).toEqual([0, 0, 2, 2])
        expect(words(problems)).toEqual([
            ["undescribed", UNDESCRIBED],
            ["undescribed", UNDESCRIBED],
        ])
        expect([collector.lostFrames, collector.heldFrames]).toEqual([1, 0])
        expect(collector.bootsOf({ site: "town", node: "n1" }).length, "boots").toBe(1)
    })

    it("is never held against the schemas of other nodes of the site", () => {
        const { collector, problems, readings, publish } = bench()
        publish("schema", otherSchema, "n2")
        publish("schema", schemaBytes)
        // What damage could turn a frame of n1 into.
        publish("frame", frame(0, { schema: otherId }))
        expect(readings).toEqual([])
        publish("schema", schemaBytes)
        expect(words(problems)).toEqual([["undescribed", UNDESCRIBED]])
        publish("frame", frame(0, { schema: otherId }), "n2")
        expect(readings.map(r => r.node)).toEqual(["n2", "n2"])
        expect(collector.heldFrames).toBe(0)
    })

    it("does not take the place of the true one while both wait, in either order", () => {
        for (const order of [
            [frame(0), damaged(TIME)],
            [damaged(TIME), frame(0)],
        ]) {
            const { collector, readings, publish } = bench()
            for (const message of [...order, ...order]) publish("frame", message)
            expect(collector.heldFrames).toBe(2)
            expect(collector.counts.duplicates).toBe(2)
            publish("schema", schemaBytes)
            expect(readings.map(r => r.time)).toEqual([EPOCH, EPOCH])
            expect([...collector.counts.malformed]).toEqual([["undescribed", 1]])
        }
    })

    it("that waits is still doubtful after a restart of the listener, and a whole one is not", () => {
        const { collector, publish } = bench()
        publish("schema", schemaBytes)
        publish("frame", frame(0, { unixTime: false, time: 30 }))
        publish("frame", damaged(BOOT, 1))
        const readings: Reading[] = []
        const problems: Malformed[] = []
        const fresh = new FrameCollector({
            onReading: reading => readings.push(reading),
            onMalformed: problem => problems.push(problem),
        })
        for (const part of collector.save())
            fresh.restore(JSON.parse(JSON.stringify(part)) as SavedPart)
        expect(fresh.heldFrames).toBe(2)
        fresh.accept("suitcase/town/n1/schema", schemaBytes)
        expect(words(problems)).toEqual([["undescribed", UNDESCRIBED]])
        expect(fresh.heldFrames, "waits for its time").toBe(1)
        // The boot's schema is known, too.
        fresh.accept("suitcase/town/n1/frame", damaged(TIME, 2))
        expect(words(problems.slice(1))).toEqual([["crc", DAMAGED]])
    })
})

describe("any damage to any of a node's frames", () => {
    const message = fc.record({
        boot: fc.integer({ min: 1, max: 3 }),
        /** Bits that are flipped, of the frame's length and beyond; none: it comes as it was sent. */
        flips: fc.oneof(
            { weight: 2, arbitrary: fc.constant([] as number[]) },
            fc.array(fc.nat({ max: 200 }), { minLength: 1, maxLength: 4 })
        ),
        /** Whether the node describes itself before it. */
        isDescribed: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, fc.constant(true)),
    })

    it("gives no wrong reading, takes no true one away, and leaves nothing that waits", () => {
        fc.assert(
            fc.property(fc.array(message, { minLength: 1, maxLength: 25 }), messages => {
                const { collector, readings, problems, publish } = bench()
                const numbers = new Map<number, number>()
                const truth = new Set<string>()
                let damagedOnes = 0
                for (const { boot, flips, isDescribed } of messages) {
                    if (isDescribed) publish("schema", schemaBytes)
                    const sequence = numbers.get(boot) ?? 0
                    numbers.set(boot, sequence + 1)
                    const rows = [[100 * boot + sequence, boot]]
                    const whole = frame(sequence, { boot, rows })
                    const bytes = Buffer.from(whole)
                    for (const bit of flips) bytes[(bit >> 3) % bytes.length] ^= 1 << (bit & 7)
                    if (bytes.equals(whole)) truth.add(`${boot}:${sequence}:${rows[0][0]}`)
                    else damagedOnes++
                    publish("frame", bytes)
                }
                publish("schema", schemaBytes)
                const given = readings.filter(r => r.channel === "temperature")
                expect(new Set(given.map(r => `${r.boot}:${r.sequence}:${r.integer}`))).toEqual(
                    truth
                )
                expect(given.length, "rows, each once").toBe(truth.size)
                expect(problems.length + collector.counts.duplicates).toBe(damagedOnes)
                expect(collector.heldFrames).toBe(0)
            }),
            { seed: 41, numRuns: 400 }
        )
    })
})

describe("a frame of a schema that its node described once", () => {
    it("is read after the node got another program, as long as its record is remembered", () => {
        const { readings, problems, publish } = bench()
        publish("schema", schemaBytes)
        publish("schema", otherSchema)
        publish("frame", frame(0, { boot: 2, schema: otherId }))
        publish("frame", frame(9, { boot: 1, schema: schemaId, time: EPOCH / TICK_MS - 600 }))
        expect(readings.map(r => r.boot)).toEqual([2, 2, 1, 1])
        expect(problems).toEqual([])
    })
})
