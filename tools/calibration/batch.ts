/**
 * Corrections of a whole batch of parts, named and versioned: a file that says how parts of a kind, or those with
 * these serial numbers, are corrected; docs/procedures/batch.md. Each node gets it as a calibration record.
 */
import { parse } from "yaml"
import { z } from "zod"
import { toUnit } from "../../src/core/channel.js"
import { FOG } from "../../src/core/derived/particles.js"
import { endOfDayOf } from "../../sim/time/iso-time.js"
import { coefficientOf } from "./fit.js"
import { type NodeChannel } from "./node-calibration.js"
import { type CorrectionTerms, readRecord, writeRecord } from "./record.js"

/** Of a channel whose part is corrected by the humidity: src/derived/by-humidity.ts. */
const BY_HUMIDITY = "by humidity: "
/** Humidities at which a correction is looked at, 0.01 %RH. */
const HUMIDITY_STEP = 500

const LINE = z
    .string()
    .min(1)
    .max(40)
    .regex(/^[^\p{C}]*$/u, "a line of text")
const NUMBER = z.number()

/** Numbers in the channel's unit; humidity in %RH. */
const CORRECTION = z.union([
    z.strictObject({ offset: NUMBER }),
    z.strictObject({ gain: NUMBER, offset: NUMBER }),
    z.strictObject({ polynomial: z.array(NUMBER).min(3).max(4) }),
    z.strictObject({
        points: z
            .array(z.tuple([NUMBER, NUMBER]))
            .min(2)
            .max(16),
    }),
    z.strictObject({
        constant: NUMBER,
        perReading: NUMBER,
        perHumidity: NUMBER,
        perBoth: NUMBER.default(0),
    }),
])

const BATCH = z.strictObject({
    format: z.literal(1),
    name: LINE,
    version: LINE,
    /** Maker and name, as the node's schema has them. */
    part: z.string().min(1),
    channel: z.string().min(1),
    unit: z.string(),
    /** What the parts of the batch tell of themselves; left out: all of the kind. */
    serials: z.array(z.string().min(1)).min(1).optional(),
    /** Where it comes from. */
    source: z.string().min(1),
    /** Expanded uncertainty (k = 2) of a corrected reading, in the unit. */
    uncertainty: z.number().min(0),
    validUntil: z
        .string()
        .refine(text => endOfDayOf(text) !== undefined, "a day such as 2027-04-30")
        .optional(),
    correction: CORRECTION,
})
export type BatchCorrection = z.infer<typeof BATCH>

/** A file that is no correction of a batch, or one that no node may have. */
export class BatchError extends Error {
    override name = "BatchError"
}

/** @param text YAML or JSON @throws BatchError with the first thing that is wrong */
export function parseBatch(text: string): BatchCorrection {
    let content: unknown
    try {
        content = parse(text)
    } catch (e) {
        throw new BatchError(`it is no YAML: ${(e as Error).message.split("\n")[0]}`)
    }
    const { data, error } = BATCH.safeParse(content)
    if (data !== undefined) return data
    const [{ path, message }] = error.issues
    throw new BatchError(`${path.join(".") || "the file"}: ${message}`)
}

/** Channels of a node that the correction is for. */
export function fitting(batch: BatchCorrection, channels: readonly NodeChannel[]): NodeChannel[] {
    const part = "perReading" in batch.correction ? BY_HUMIDITY + batch.part : batch.part
    return channels.filter(
        ({ name, part: there, identity }) =>
            name === batch.channel &&
            there === part &&
            (batch.serials === undefined || batch.serials.includes(identity))
    )
}

/** Whether a record is of this batch's correction, in this version. */
export function isOfBatch({ name, version }: BatchCorrection, record: Uint8Array): boolean {
    const { reference, certificate, points } = readRecord(record)
    return points === 0 && reference === name && certificate === version
}

/**
 * The correction as a record for one node's channel.
 *
 * @param date Unix time, s
 * @throws BatchError when a higher reading would give a lower corrected one; RecordFormatError
 */
export function batchRecord(
    batch: BatchCorrection,
    channel: NodeChannel,
    { date, technician }: { readonly date: number; readonly technician: string }
): Uint8Array {
    const { column } = channel
    if (column.unit !== batch.unit)
        throw new BatchError(
            `${channel.name} is in ${column.unit}, the correction in ${batch.unit}`
        )
    const { validUntil } = batch
    const record = writeRecord({
        channel: channel.name,
        part: channel.part,
        identity: channel.identity,
        correction: termsOf(batch.correction, toUnit(column, 1)),
        // It was fitted to none of this node.
        points: 0,
        uncertainty: batch.uncertainty / toUnit(column, 1),
        reference: batch.name,
        certificate: batch.version,
        technician,
        date,
        validUntil: validUntil === undefined ? undefined : endOfDayOf(validUntil),
        temperature: undefined,
        previous: channel.calibration,
    })
    expectRising(record, column.min, column.max)
    return record
}

/** @param step of the channel's integers, in its unit */
function termsOf(correction: BatchCorrection["correction"], step: number): CorrectionTerms {
    const integers = (value: number) => value / step
    if ("perReading" in correction) {
        const { constant, perReading, perHumidity, perBoth } = correction
        return {
            method: "by humidity",
            origin: 0,
            coefficients: [coefficientOf(integers(constant)), coefficientOf(perReading)],
            humidityOrigin: 0,
            slopes: [coefficientOf(integers(perHumidity) / 100), coefficientOf(perBoth / 100)],
        }
    }
    if ("points" in correction)
        return {
            method: "piecewise",
            table: correction.points.map(([raw, corrected]) => [
                Math.round(integers(raw)),
                Math.round(integers(corrected)),
            ]),
        }
    if ("polynomial" in correction)
        return {
            method: "polynomial",
            origin: 0,
            coefficients: correction.polynomial.map((c, i) => coefficientOf(c * step ** (i - 1))),
        }
    const offset = coefficientOf(integers(correction.offset))
    if (!("gain" in correction)) return { method: "offset", origin: 0, coefficients: [offset] }
    return { method: "linear", origin: 0, coefficients: [offset, coefficientOf(correction.gain)] }
}

function expectRising(bytes: Uint8Array, min: number, max: number): void {
    const { compute, byHumidity } = readRecord(bytes)
    for (let humidity = 0; humidity <= FOG; humidity += HUMIDITY_STEP) {
        byHumidity?.turn(humidity)
        if (!compute.isMonotonic(min, max))
            throw new BatchError(
                byHumidity === undefined
                    ? "a higher raw reading would give a lower corrected one"
                    : `at ${humidity / 100} %RH a higher raw reading would give a lower corrected one`
            )
    }
}
