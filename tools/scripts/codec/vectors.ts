/** Makes docs/test-vectors/frames.json: frames that any other decoder can be checked with. */
import { FrameEncoder } from "../../../src/core/frame/encoder.js"
import { type RowTables } from "../../../src/core/frame/row-tables.js"

interface VectorRow {
    readonly time: number
    readonly values: readonly number[]
    readonly qualities: readonly number[]
}

/** A frame, its rows and what else is in it. */
export interface Vector {
    readonly name: string
    readonly schemaId: number
    readonly bootId: number
    readonly sequence: number
    readonly unixTime: boolean
    readonly channels: number
    readonly rows: readonly VectorRow[]
    readonly hex: string
}

/** Longest frame that a vector may have, B. */
const MOST_BYTES = 4000

/** @returns the vector's rows as bytes, hexadecimal @throws Error when they do not fit */
export function encodeVector(vector: Vector, tables: RowTables): string {
    const buffer = new Uint8Array(MOST_BYTES)
    const encoder = new FrameEncoder(buffer, vector.channels, vector.schemaId, tables)
    encoder.begin(vector.bootId, vector.sequence, vector.unixTime)
    for (const { time, values, qualities } of vector.rows)
        if (!encoder.add(time, [...values], [...qualities]))
            throw new Error(`${vector.name}: the rows do not fit`)
    return Buffer.from(buffer.subarray(0, encoder.finish())).toString("hex")
}

/** @returns text of frames.json, a line per row */
export function vectorsJson(vectors: readonly Vector[], tables: RowTables): string {
    const texts = vectors.map(vector => {
        const { rows, ...head } = vector
        const fields = Object.entries({ ...head, hex: encodeVector(vector, tables) })
            .map(([key, value]) => `    ${JSON.stringify(key)}: ${JSON.stringify(value)},\n`)
            .join("")
        const lines = rows.map(row => `      ${JSON.stringify(row)}`).join(",\n")
        return `  {\n${fields}    "rows": [\n${lines}\n    ]\n  }`
    })
    return `[\n${texts.join(",\n")}\n]\n`
}
