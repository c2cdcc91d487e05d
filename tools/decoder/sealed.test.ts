/** Sealed frames, made here with Node's cipher from the description in docs/security.md. */
import { createCipheriv, randomBytes } from "node:crypto"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { decoderBench, frame, json, schemaBytes } from "../../tests/support/decoder-bench.js"
import { FRAME_CRC_BYTES, FRAME_HEADER_BYTES } from "../../src/core/frame/format.js"
import { ccmOpener } from "../cli/keys/ccm-opener.js"
import { openSealed } from "./sealed.js"

/** Format, salt, counter and tag, and the shortest frame's envelope. */
const LEAST_BYTES = 1 + 8 + 3 + 8 + FRAME_HEADER_BYTES + FRAME_CRC_BYTES
const KEY = Buffer.alloc(32, 0x5a)
const SALT = Buffer.from("0102030405060708", "hex")
const opener = ccmOpener(new Map([["n1", KEY]]))

function seal(plain: Uint8Array, counter: number, salt = SALT, key = KEY): Buffer {
    const count = Buffer.alloc(3)
    count.writeUIntLE(counter, 0, 3)
    const nonce = Buffer.concat([salt, count, Buffer.alloc(2)])
    const cipher = createCipheriv("aes-256-ccm", key, nonce, { authTagLength: 8 })
    const ciphertext = cipher.update(plain)
    cipher.final()
    return Buffer.concat([Buffer.from([0x81]), salt, count, ciphertext, cipher.getAuthTag()])
}

function bench() {
    const made = decoderBench(opener)
    made.publish("schema", schemaBytes)
    made.publish("schema", schemaBytes, "n2")
    return made
}

describe("sealed frames", () => {
    it("are opened and read, binary and in an envelope", () => {
        const { collector, readings, problems, publish } = bench()
        publish("sealed", seal(frame(0), 1))
        const data = seal(frame(1, { rows: [[-501, 700]] }), 2).toString("base64")
        publish("envelope", json({ v: 1, kind: "sealed", data }))
        expect(readings.map(r => r.integer)).toEqual([2137, 650, -501, 700])
        expect(problems).toEqual([])
        expect(collector.counts.frames).toBe(2)
    })

    it("sealed by another implementation are opened: Python's cryptography package", () => {
        const sealed = Buffer.from(
            "810102030405060708badcfee566dadfa0f585a36c370f3056ba11653bf992e34c2d8775d4",
            "hex"
        )
        const plain = Buffer.from("6123f20700000000a09f65f2ddecdec0cf", "hex")
        expect(Buffer.from(openSealed("n1", sealed, opener).frame)).toEqual(plain)
        expect(seal(plain, 0xfedcba)).toEqual(sealed)
    })

    it("with one changed bit anywhere are refused, and give no reading", () => {
        const { collector, readings, publish } = bench()
        const sealed = seal(frame(0), 1)
        for (let bit = 0; bit < 8 * sealed.length; bit++) {
            const changed = Buffer.from(sealed)
            changed[bit >> 3] ^= 1 << (bit & 7)
            publish("sealed", changed)
        }
        expect(Object.fromEntries(collector.counts.malformed)).toEqual({
            version: 8,
            forged: 8 * (sealed.length - 1),
        })
        expect(readings).toEqual([])
        publish("sealed", sealed)
        expect(readings, "the true one is still taken").toHaveLength(2)
    })

    it("cut off at any length are refused with a named error", () => {
        const { problems, readings, publish } = bench()
        const sealed = seal(frame(0), 1)
        for (let length = 1; length < sealed.length; length++)
            publish("sealed", sealed.subarray(0, length))
        expect(problems.map(p => p.code)).toEqual(
            Array.from({ length: sealed.length - 1 }, (_, i) =>
                i + 1 < LEAST_BYTES ? "truncated" : "forged"
            )
        )
        expect(sealed.length, "both kinds were there").toBeGreaterThan(LEAST_BYTES)
        expect(readings).toEqual([])
    })

    it("are refused without a key for their node, and with another node's", () => {
        const { problems, publish } = bench()
        publish("sealed", seal(frame(0), 1), "n2")
        publish("sealed", seal(frame(0), 1, SALT, Buffer.alloc(32, 1)))
        expect(problems.map(p => `${p.code}: ${p.message}`)).toEqual([
            "key: there is no key for node n2",
            "forged: the tag does not match: another key, or the message was changed or cut off",
        ])
        const keyless = decoderBench()
        keyless.publish("sealed", seal(frame(0), 1))
        expect(keyless.problems.map(p => p.code)).toEqual(["key"])
    })

    it("that say nothing valid inside are refused as any other frame", () => {
        const { problems, publish } = bench()
        const damaged = Buffer.from(frame(0))
        damaged[12] ^= 1
        publish("sealed", seal(damaged, 1))
        expect(problems.map(p => p.code)).toEqual(["rows"])
    })

    it("are what a node with a key must send: its plain frames are refused", () => {
        const { collector, readings, publish } = bench()
        publish("frame", frame(0))
        const data = frame(0).toString("base64")
        publish("envelope", json({ v: 1, kind: "frame", data }))
        publish("frame", frame(0), "n2")
        expect(Object.fromEntries(collector.counts.malformed)).toEqual({ unsealed: 2 })
        expect(readings.map(r => r.node)).toEqual(["n2", "n2"])
    })

    it("that come again byte for byte are duplicates, as QoS 1 allows", () => {
        const { collector, problems, publish } = bench()
        for (const counter of [1, 2, 3]) publish("sealed", seal(frame(counter), counter))
        for (const counter of [2, 1, 3]) publish("sealed", seal(frame(counter), counter))
        expect(collector.counts).toMatchObject({ frames: 3, duplicates: 3 })
        expect(problems).toEqual([])
    })

    it("that use a nonce again for other content are refused as replay", () => {
        const { readings, problems, publish } = bench()
        publish("sealed", seal(frame(0), 1))
        publish("sealed", seal(frame(1, { rows: [[1, 1]] }), 1))
        publish("sealed", seal(frame(2, { rows: [[2, 2]] }), 0))
        expect(problems.map(p => `${p.code}: ${p.message}`)).toEqual([
            "replay: the nonce of message 1 was used before for another one",
            "replay: the nonce of message 0 was used before for another one",
        ])
        expect(readings).toHaveLength(2)
    })

    it("recorded and sent again are never read twice, nor under the name of another site", () => {
        const { collector, readings, publish } = bench()
        const recorded = Array.from({ length: 1000 }, (_, i) => seal(frame(i), i + 1))
        for (const message of recorded) publish("sealed", message)
        for (const message of recorded) publish("sealed", message)
        collector.accept("suitcase/port/n1/schema", schemaBytes)
        for (const message of recorded) collector.accept("suitcase/port/n1/sealed", message)
        expect(readings).toHaveLength(2000)
        expect(collector.counts.duplicates, "in the window of 256").toBe(512)
        expect(collector.counts.malformed.get("replay"), "behind it").toBe(1488)
    })

    it("sealed anew under another nonce count once by their boot and number", () => {
        const { collector, readings, publish } = bench()
        publish("sealed", seal(frame(0), 1))
        publish("sealed", seal(frame(0), 1, Buffer.alloc(8, 9)))
        expect(readings).toHaveLength(2)
        expect(collector.counts.duplicates).toBe(1)
    })

    it("of two nodes that drew the same salt are kept apart", () => {
        const keys = new Map([
            ["n1", KEY],
            ["n2", Buffer.alloc(32, 2)],
        ])
        const { readings, problems, publish } = decoderBench(ccmOpener(keys))
        for (const node of ["n1", "n2"]) {
            publish("schema", schemaBytes, node)
            publish("sealed", seal(frame(0), 1, SALT, keys.get(node)), node)
        }
        expect(problems).toEqual([])
        expect(readings.map(r => r.node)).toEqual(["n1", "n1", "n2", "n2"])
    })

    it("arrive in any order within the window, each once", () => {
        const order = fc.shuffledSubarray(
            Array.from({ length: 200 }, (_, i) => i),
            { minLength: 200 }
        )
        const property = fc.property(order, order, (first, second) => {
            const { collector, problems, publish } = bench()
            for (const i of [...first, ...second]) publish("sealed", seal(frame(i), i + 1))
            expect(problems).toEqual([])
            expect(collector.counts).toMatchObject({ frames: 200, duplicates: 200 })
        })
        fc.assert(property, { seed: 7, numRuns: 5 })
    })

    it("of random bytes are refused and never throw", () => {
        const property = fc.property(fc.uint8Array({ minLength: 1, maxLength: 80 }), bytes => {
            const { collector, readings, publish } = bench()
            publish("sealed", bytes)
            publish("sealed", Buffer.concat([Buffer.from([0x81]), bytes]))
            expect([...collector.counts.malformed.values()].reduce((a, b) => a + b, 0)).toBe(2)
            expect(readings).toEqual([])
        })
        fc.assert(property, { seed: 8, numRuns: 200 })
        const { problems, publish } = bench()
        publish("sealed", Buffer.concat([Buffer.from([0x81]), randomBytes(65_600)]))
        publish("sealed", Buffer.concat([Buffer.from([0x81]), randomBytes(65_554)]))
        expect(problems.map(p => p.code)).toEqual(["too-long", "forged"])
    })
})
