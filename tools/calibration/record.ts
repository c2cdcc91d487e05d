/**
 * Calibration records: docs/calibration-record.md describes their bytes. Nodes read of them what
 * corrects a reading (src/core/calibration/record.ts); here they are written and read as a whole.
 */
import { getU32, putU16, putU32 } from "../../src/core/bytes.js"
import { INT32_MAX, INT32_MIN } from "../../src/core/fixed.js"
import { crc32 } from "../../src/core/crc32.js"
import { getHumidityLine, type HumidityLine } from "../../src/core/calibration/humidity-line.js"
import {
    METHOD_BY_HUMIDITY,
    METHOD_LINEAR,
    METHOD_OFFSET,
    METHOD_PIECEWISE,
    METHOD_POLYNOMIAL,
    COEFFICIENT_BYTES,
    MAX_EXPONENT,
    MAX_STEP,
    TABLE_HEAD_BYTES,
    type Correction,
} from "../../src/core/calibration/correction.js"
import {
    MAX_RECORD_BYTES,
    RECORD_COUNT,
    RECORD_DATE,
    RECORD_ID_BYTES,
    RECORD_METHOD,
    RECORD_POINTS,
    RECORD_PREVIOUS,
    RECORD_TEMPERATURE,
    RECORD_TEXTS,
    RECORD_UNCERTAINTY,
    RECORD_VALID_UNTIL,
    RECORD_VERSION,
    getNodeRecord,
    unsigned,
} from "../../src/core/calibration/record.js"

export const METHODS = ["offset", "linear", "polynomial", "piecewise", "by humidity"] as const
export type Method = (typeof METHODS)[number]

const METHOD_CODES: Readonly<Record<Method, number>> = {
    offset: METHOD_OFFSET,
    linear: METHOD_LINEAR,
    polynomial: METHOD_POLYNOMIAL,
    piecewise: METHOD_PIECEWISE,
    "by humidity": METHOD_BY_HUMIDITY,
}
/** Of a line that adds an offset. */
const ONE: Coefficient = { mantissa: 1, exponent: 0 }
/** Coefficients of a line. */
const LINE = 2
/** A temperature that was not noted. */
const NO_TEMPERATURE = -32768

/** A coefficient as a record has it: mantissa × 2^−exponent. */
export interface Coefficient {
    /** int32 */
    readonly mantissa: number
    /** 0 … 62 */
    readonly exponent: number
}

/** What corrects a reading: all numbers in the channel's integers. */
export type CorrectionTerms =
    | {
          readonly method: "offset" | "linear" | "polynomial"
          readonly origin: number
          /** Lowest first. */
          readonly coefficients: readonly Coefficient[]
      }
    | {
          readonly method: "piecewise"
          /** Raw and corrected readings, rising. */
          readonly table: readonly (readonly [raw: number, corrected: number])[]
      }
    | ByHumidity

/** (c₀ + c₂·u) + (c₁ + c₃·u)·t, where t = raw − origin and u = humidity − humidityOrigin. */
export interface ByHumidity {
    readonly method: "by humidity"
    readonly origin: number
    /** c₀, c₁ */
    readonly coefficients: readonly [Coefficient, Coefficient]
    /** 0.01 %RH */
    readonly humidityOrigin: number
    /** c₂, c₃: for each 0.01 %RH */
    readonly slopes: readonly [Coefficient, Coefficient]
}
type Polynomial = Extract<CorrectionTerms, { method: "offset" | "linear" | "polynomial" }>

export interface CalibrationRecord {
    readonly channel: string
    /** Maker and name of the part, and what it tells of itself; "" = it tells nothing. */
    readonly part: string
    readonly identity: string
    readonly correction: CorrectionTerms
    /** How many points it was fitted to. */
    readonly points: number
    /** Expanded uncertainty (k = 2) of a corrected reading, in the channel's integers. */
    readonly uncertainty: number
    /** Reference instrument and the number of its certificate; of a batch's correction its name and its version. */
    readonly reference: string
    readonly certificate: string
    readonly technician: string
    /** Unix time, s. */
    readonly date: number
    /** Unix time, s; undefined: for good. */
    readonly validUntil: number | undefined
    /** Ambient temperature, °C; undefined: not noted. */
    readonly temperature: number | undefined
    /** Id of the record before it; 0 = none. */
    readonly previous: number
}

/** A record cannot be written: the message says why. */
export class RecordFormatError extends Error {
    override name = "RecordFormatError"
}

/**
 * @returns at most 200 B; the last four are the CRC-32 that is its id
 * @throws RecordFormatError for what does not fit, and for texts with control characters
 */
export function writeRecord(record: CalibrationRecord): Uint8Array {
    const { correction } = record
    const bytes: number[] = new Array<number>(RECORD_TEXTS).fill(0)
    bytes[0] = RECORD_VERSION
    bytes[RECORD_METHOD] = METHOD_CODES[correction.method]
    bytes[RECORD_COUNT] = countOf(correction)
    bytes[RECORD_POINTS] = inRange("points", record.points, 0, 255)
    putU32(bytes, RECORD_PREVIOUS, inRange("previous", record.previous, 0, 4294967295))
    putU32(bytes, RECORD_DATE, inRange("date", record.date, 1, 4294967295))
    putU32(bytes, RECORD_VALID_UNTIL, inRange("validUntil", record.validUntil ?? 0, 0, 4294967295))
    const { temperature } = record
    const hundredths =
        temperature === undefined
            ? NO_TEMPERATURE
            : inRange("temperature", Math.round(temperature * 100), -32767, 32767)
    putU16(bytes, RECORD_TEMPERATURE, hundredths)
    const uncertainty = Math.min(Math.ceil(record.uncertainty * 100 - 1e-9), 4294967295)
    putU32(bytes, RECORD_UNCERTAINTY, inRange("uncertainty", uncertainty, 0, 4294967295))
    addNodeText(bytes, "channel", record.channel)
    addNodeText(bytes, "part", record.part)
    addNodeText(bytes, "identity", record.identity)
    if (correction.method === "piecewise") addTable(bytes, correction.table)
    else if (correction.method === "by humidity") {
        addCurve(bytes, correction.origin, correction.coefficients)
        addCurve(bytes, correction.humidityOrigin, correction.slopes)
    } else addCurve(bytes, correction.origin, ofLine(correction))
    addText(bytes, "reference", record.reference)
    addText(bytes, "certificate", record.certificate)
    addText(bytes, "technician", record.technician)
    addI32(bytes, crc32(bytes, 0, bytes.length, 0))
    if (bytes.length > MAX_RECORD_BYTES)
        throw new RecordFormatError(
            `the record would have ${bytes.length} B, ${bytes.length - MAX_RECORD_BYTES} too many: ` +
                "shorten the names of reference, certificate or technician, or take fewer points"
        )
    const result = Uint8Array.from(bytes)
    if (getNodeRecord(result) === undefined)
        throw new RecordFormatError("no node would take this record: its correction is not valid")
    return result
}

/**
 * Reads a record that a node or a file holds.
 *
 * @returns what it says, its id, and the correction as nodes calculate it
 * @throws RecordFormatError when it is none, or damaged
 */
export function readRecord(bytes: Uint8Array): CalibrationRecord & {
    readonly id: number
    readonly compute: Correction
    /** Turns `compute` to a humidity; undefined: it does not depend on one. */
    readonly byHumidity: HumidityLine | undefined
} {
    const buffer = Buffer.from(bytes)
    const node = getNodeRecord(buffer)
    if (node === undefined)
        throw new RecordFormatError(
            "this is no calibration record, or it was damaged: its checksum does not match"
        )
    const cursor = { at: RECORD_TEXTS }
    for (let i = 0; i < 3; i++) takeText(buffer, cursor)
    const method = METHODS[buffer[RECORD_METHOD]]
    const count = buffer[RECORD_COUNT]
    const correction =
        method === "piecewise"
            ? { method, table: takeTable(buffer, cursor, count, node.correction.terms) }
            : method === "by humidity"
              ? takeByHumidity(buffer, cursor, count)
              : ofMethod(method, takeCoefficients(buffer, cursor, count))
    const hundredths = buffer.readInt16LE(RECORD_TEMPERATURE)
    const record = {
        channel: node.channel,
        part: node.part,
        identity: node.identity,
        correction,
        points: buffer[RECORD_POINTS],
        uncertainty: getU32(buffer, RECORD_UNCERTAINTY) / 100,
        reference: takeText(buffer, cursor),
        certificate: takeText(buffer, cursor),
        technician: takeText(buffer, cursor),
        date: node.date,
        validUntil: node.validUntil === 0 ? undefined : node.validUntil,
        temperature: hundredths === NO_TEMPERATURE ? undefined : hundredths / 100,
        previous: node.previous,
        id: node.id,
        compute: node.correction,
        byHumidity: getHumidityLine(buffer, node.correction),
    }
    if (cursor.at !== buffer.length - RECORD_ID_BYTES)
        throw new RecordFormatError("this record is longer than what it holds")
    return record
}

/** Id of a record: its last four bytes. */
export function recordId(bytes: Uint8Array): number {
    return unsigned(getU32(bytes, bytes.length - RECORD_ID_BYTES) | 0)
}

function inRange(name: string, value: number, min: number, max: number): number {
    if (!Number.isInteger(value) || value < min || value > max)
        throw new RecordFormatError(
            `${name} must be an integer from ${min} to ${max}, not ${value}`
        )
    return value
}

function addI32(bytes: number[], value: number): void {
    const at = bytes.length
    bytes.push(0, 0, 0, 0)
    putU32(bytes, at, value)
}

/** Of the texts that nodes compare byte by byte. */
function addNodeText(bytes: number[], name: string, text: string): void {
    if (!/^[\x20-\x7e]*$/.test(text))
        throw new RecordFormatError(`${name} must be plain ASCII text: "${text}"`)
    addText(bytes, name, text)
}

function addText(bytes: number[], name: string, text: string): void {
    const encoded = Buffer.from(text.normalize("NFC"))
    if (/\p{C}/u.test(text) || encoded.length > 255)
        throw new RecordFormatError(
            `${name} must be a line of text, 255 B at most: ${JSON.stringify(text)}`
        )
    bytes.push(encoded.length, ...encoded)
}

/** Coefficients, or points of the table. */
function countOf(correction: CorrectionTerms): number {
    if (correction.method === "piecewise") return correction.table.length
    return correction.method === "by humidity" ? LINE : ofLine(correction).length
}

function addCurve(bytes: number[], origin: number, coefficients: readonly Coefficient[]): void {
    addI32(bytes, inRange("origin", origin, INT32_MIN, INT32_MAX))
    for (const { mantissa, exponent } of coefficients) {
        addI32(bytes, inRange("coefficient", mantissa, INT32_MIN, INT32_MAX))
        bytes.push(inRange("exponent", exponent, 0, MAX_EXPONENT))
    }
}

/** An offset as the line that nodes calculate with. */
function ofLine({ method, origin, coefficients }: Polynomial): readonly Coefficient[] {
    if (method !== "offset") return coefficients
    if (origin !== 0 || coefficients.length !== 1)
        throw new RecordFormatError("an offset has one coefficient, and the origin 0")
    return [...coefficients, ONE]
}

/** The first point, bytes of a step, and the steps from one point to the next, high bytes first. */
function addTable(bytes: number[], table: readonly (readonly [number, number])[]): void {
    for (const value of table.flat()) inRange("point", value, INT32_MIN, INT32_MAX)
    const steps = table
        .slice(1)
        .flatMap(([raw, corrected], i) => [raw - table[i][0], corrected - table[i][1]])
    if (table.length === 0 || steps.some(step => step < 0))
        throw new RecordFormatError("the points of a table must rise, raw and corrected ones")
    if (steps.some(step => step > MAX_STEP))
        throw new RecordFormatError("the points of a table are too far apart")
    const width = [1, 2, 3].find(n => steps.every(step => step < 256 ** n)) as number
    for (const value of table[0]) addI32(bytes, value)
    bytes.push(width)
    for (const step of steps)
        for (let n = width - 1; n >= 0; n--) bytes.push(Math.floor(step / 256 ** n) % 256)
}

function takeText(buffer: Buffer, cursor: { at: number }): string {
    const end = buffer.length - RECORD_ID_BYTES
    const from = cursor.at + 1
    if (cursor.at >= end || from + buffer[cursor.at] > end)
        throw new RecordFormatError("this record ends in the middle of a text")
    cursor.at = from + buffer[cursor.at]
    return buffer.toString("utf8", from, cursor.at)
}

function takeTable(
    buffer: Buffer,
    cursor: { at: number },
    count: number,
    terms: readonly number[]
): [number, number][] {
    cursor.at += TABLE_HEAD_BYTES + 2 * (count - 1) * buffer[cursor.at + TABLE_HEAD_BYTES - 1]
    return Array.from({ length: count }, (_, i) => [terms[2 * i], terms[2 * i + 1]])
}

/** @throws RecordFormatError when it has no two lines */
function takeByHumidity(buffer: Buffer, cursor: { at: number }, count: number): ByHumidity {
    const room = buffer.length - RECORD_ID_BYTES - cursor.at
    if (count !== LINE || room < 2 * (4 + LINE * COEFFICIENT_BYTES))
        throw new RecordFormatError("this record is not of the method by humidity that it names")
    const line = takeCoefficients(buffer, cursor, LINE)
    const change = takeCoefficients(buffer, cursor, LINE)
    const [c0, c1] = line.coefficients
    const [c2, c3] = change.coefficients
    return {
        method: "by humidity",
        origin: line.origin,
        coefficients: [c0, c1],
        humidityOrigin: change.origin,
        slopes: [c2, c3],
    }
}

function takeCoefficients(
    buffer: Buffer,
    cursor: { at: number },
    count: number
): { origin: number; coefficients: Coefficient[] } {
    const origin = buffer.readInt32LE(cursor.at)
    const coefficients = Array.from({ length: count }, (_, i) => ({
        mantissa: buffer.readInt32LE(cursor.at + 4 + COEFFICIENT_BYTES * i),
        exponent: buffer[cursor.at + 8 + COEFFICIENT_BYTES * i],
    }))
    cursor.at += 4 + COEFFICIENT_BYTES * count
    return { origin, coefficients }
}

/** @throws RecordFormatError when nodes would calculate something else than the method says */
function ofMethod(
    method: "offset" | "linear" | "polynomial",
    { origin, coefficients }: { origin: number; coefficients: Coefficient[] }
): CorrectionTerms {
    const [first, second] = coefficients
    const isRight =
        method === "offset"
            ? origin === 0 && second.mantissa === 1 && second.exponent === 0
            : (method === "linear") === (coefficients.length === 2)
    if (!isRight || (method === "offset" && coefficients.length !== 2))
        throw new RecordFormatError(`this record is not of the method ${method} that it names`)
    return { method, origin, coefficients: method === "offset" ? [first] : coefficients }
}
