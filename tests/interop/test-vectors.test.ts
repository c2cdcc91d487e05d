/** docs/test-vectors/frames.json: frames that any other decoder can be checked with. */
import { readFileSync } from "node:fs"
import path from "node:path"
import { describe, expect, it } from "vitest"
import { type Vector, encodeVector } from "../../tools/scripts/codec/vectors.js"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { FrameError, decodeFrame } from "../../src/core/frame/decoder.js"
import { TABLES } from "../../src/core/frame/tables.js"
import { decodeAnyFrame } from "../../tools/decoder/any-frame.js"
import { isGap } from "../../src/core/quality.js"

const FOLDER = path.join(PROJECT_ROOT, "docs", "test-vectors")
const vectors = JSON.parse(
    readFileSync(path.join(FOLDER, "frames.json"), "utf8")
) as readonly Vector[]
const vectors1 = JSON.parse(
    readFileSync(path.join(FOLDER, "version-1", "frames.json"), "utf8")
) as readonly Vector[]

describe("the frame format's test vectors", () => {
    it.each([...vectors, ...vectors1])("$name: decodes to these rows", vector => {
        const frame = decodeAnyFrame(Buffer.from(vector.hex, "hex"))
        const { schemaId, bootId, sequence, unixTime, channels } = vector
        expect(frame).toMatchObject({ schemaId, bootId, sequence, unixTime, channels })
        expect(frame.rows).toBe(vector.rows.length)
        expect(frame.times).toEqual(vector.rows.map(row => row.time))
        expect(frame.qualities).toEqual(vector.rows.flatMap(row => row.qualities))
        expect(frame.values).toEqual(
            vector.rows.flatMap(row =>
                row.values.map((value, i) => (isGap(row.qualities[i] ?? 0) ? 0 : value))
            )
        )
    })

    it("are of version 2, and of version 1, which boards do not know", () => {
        const versionOf = ({ hex }: Vector) => parseInt(hex.slice(0, 2), 16) >> 6
        expect(new Set(vectors.map(versionOf))).toEqual(new Set([2]))
        expect(new Set(vectors1.map(versionOf))).toEqual(new Set([1]))
        expect(() => decodeFrame(Buffer.from(vectors1[0]?.hex ?? "", "hex"))).toThrow("version 1")
    })

    it("of version 1 are refused by name when they are damaged", () => {
        const bytes = Buffer.from(vectors1[1]?.hex ?? "", "hex")
        bytes[12] ^= 1
        expect(() => decodeAnyFrame(bytes)).toThrow("the checksum does not match")
        expect(() => decodeAnyFrame(bytes.subarray(0, 12))).toThrow(FrameError)
    })

    it.each(vectors)("$name: these rows encode to the same bytes", vector => {
        expect(encodeVector(vector, TABLES)).toBe(vector.hex)
    })
})
