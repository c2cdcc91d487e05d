import { Bytes, getI32, getU32 } from "../bytes.js"
import { crc32 } from "../crc32.js"
import { Correction, METHOD_BY_HUMIDITY, METHOD_PIECEWISE, getCorrection } from "./correction.js"

/**
 * A calibration record: what corrects one channel of one part, and what is known about it.
 * docs/calibration-record.md describes its bytes. The last four are the CRC-32 of those before
 * them, and at the same time the calibration's id: a record that says anything else has another id.
 */
export const RECORD_VERSION = 2
/** Longest record, B: the platform's settings store reads back 232 B with the key. */
export const MAX_RECORD_BYTES = 200

export const RECORD_METHOD = 1
export const RECORD_COUNT = 2
export const RECORD_POINTS = 3
export const RECORD_PREVIOUS = 4
export const RECORD_DATE = 8
export const RECORD_VALID_UNTIL = 12
export const RECORD_TEMPERATURE = 16
export const RECORD_UNCERTAINTY = 18
export const RECORD_TEXTS = 22
export const RECORD_ID_BYTES = 4

/** What a node needs of a record. */
export interface NodeRecord {
    /** CRC-32 of its bytes, 1 … 2³²−1. */
    readonly id: number
    /** Id of the record that it followed; 0 = none. */
    readonly previous: number
    /** Unix time of the calibration, s. */
    readonly date: number
    /** Unix time from which it is expired, s; 0 = never. */
    readonly validUntil: number
    readonly channel: string
    /** Maker and name of the part, and its serial number as it tells it; "" = it tells none. */
    readonly part: string
    readonly identity: string
    readonly correction: Correction
}

/**
 * Reads a record as far as a node needs it.
 *
 * @returns undefined when it is none, or damaged
 */
export function getNodeRecord(bytes: Bytes): NodeRecord | undefined {
    const end = bytes.length - RECORD_ID_BYTES
    if (end < RECORD_TEXTS || bytes.length > MAX_RECORD_BYTES) return undefined
    const id = getU32(bytes, end)
    if (bytes[0] !== RECORD_VERSION || id === 0) return undefined
    if (getI32(bytes, end) !== crc32(bytes, 0, end, 0)) return undefined
    const texts: string[] = []
    let at = RECORD_TEXTS
    for (let i = 0; i < 3; i++) {
        const next = at + 1 + bytes[at]
        if (next > end) return undefined
        let text = ""
        for (at++; at < next; at++) text = text + String.fromCharCode(bytes[at])
        texts.push(text)
    }
    const method = bytes[RECORD_METHOD]
    if (method > METHOD_BY_HUMIDITY) return undefined
    const isTable = method === METHOD_PIECEWISE
    const correction = getCorrection(bytes, at, isTable, bytes[RECORD_COUNT], end)
    if (correction === undefined) return undefined
    return {
        id,
        previous: getU32(bytes, RECORD_PREVIOUS),
        date: getU32(bytes, RECORD_DATE),
        validUntil: getU32(bytes, RECORD_VALID_UNTIL),
        channel: texts[0],
        part: texts[1],
        identity: texts[2],
        correction,
    }
}

/** An int32 as what its bits mean without sign. */
export function unsigned(value: number): number {
    return value < 0 ? value + 4294967296 : value
}
