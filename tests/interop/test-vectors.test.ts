/** docs/test-vectors/frames.json: frames that any other decoder can be checked with. */
import { readFileSync } from "node:fs"
import path from "node:path"
import { describe, expect, it } from "vitest"
import { type Vector, encodeVector } from "../../tools/scripts/codec/vectors.js"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { decodeFrame } from "../../src/core/frame/decoder.js"
import { TABLES } from "../../src/core/frame/tables.js"
import { isGap } from "../../src/core/quality.js"

const vectors = JSON.parse(
    readFileSync(path.join(PROJECT_ROOT, "docs", "test-vectors", "frames.json"), "utf8")
) as readonly Vector[]

describe("the frame format's test vectors", () => {
    it.each(vectors)("$name: decodes to these rows", vector => {
        const frame = decodeFrame(Buffer.from(vector.hex, "hex"))
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

    it.each(vectors)("$name: these rows encode to the same bytes", vector => {
        expect(encodeVector(vector, TABLES)).toBe(vector.hex)
    })
})
