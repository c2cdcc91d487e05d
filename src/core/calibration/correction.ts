import { Bytes, getI32 } from "../bytes.js"
import { INT32_MAX } from "../fixed.js"

/** Corrected = raw + c₀: the line with c₁ = 1 and origin 0. */
export const METHOD_OFFSET = 0
/** Corrected = c₀ + c₁·t, where t = raw − origin. */
export const METHOD_LINEAR = 1
/** Corrected = c₀ + c₁·t + c₂·t² + c₃·t³, degree 2 or 3. */
export const METHOD_POLYNOMIAL = 2
/** Straight lines between points; the outer ones go on beyond the ends. */
export const METHOD_PIECEWISE = 3
/** A line whose two coefficients change with the humidity: humidity-line.ts. */
export const METHOD_BY_HUMIDITY = 4

/** Coefficients of a polynomial, at most. */
const MAX_COEFFICIENTS = 4
/** Points of a table, at most. */
export const MAX_POINTS = 16
/** A coefficient is an int32 times 2^−exponent; exponents go up to this. */
export const MAX_EXPONENT = 62
/** Bytes of a coefficient. */
export const COEFFICIENT_BYTES = 5

/** Longest step from one point of a table to the next: a line is exact for readings up to twice as far beyond its ends. */
export const MAX_STEP = 16777215
/** Bytes that a step takes, at most. */
export const MAX_STEP_BYTES = 3
/** Of a table before its steps: raw and corrected reading of the first point, bytes of a step. */
export const TABLE_HEAD_BYTES = 9

/** Steps in which a channel's range is looked at for a correction that falls. */
const MONOTONIC_STEPS = 32

/**
 * What turns a raw reading into a corrected one. Portable: board, Node and browser give the
 * same integer for the same input.
 *
 * A polynomial's coefficients are int32 numbers with a binary exponent each. It is evaluated
 * in double precision by Horner's rule, operations that IEEE 754 defines to the bit, and
 * rounded once at the end: the result is at most half a unit off the double. A line of a
 * table is a quotient of integers, rounded once.
 */
export class Correction {
    /**
     * @param isTable straight lines between points; else a polynomial
     * @param origin raw reading that t counts from; not used by tables
     * @param terms coefficients, lowest first; of a table raw₀, corrected₀, raw₁, corrected₁ …
     */
    constructor(
        readonly isTable: boolean,
        readonly origin: number,
        readonly terms: number[]
    ) {}

    /**
     * @param raw an int32
     * @returns an integer, halves rounded away from zero; whoever asks limits it to the channel's range
     */
    apply(raw: number): number {
        const terms = this.terms
        let start = 0
        let value = 0
        if (this.isTable) {
            const last = terms.length - 4
            let at = 0
            while (at < last && raw > terms[at + 2]) at = at + 2
            start = terms[at + 1]
            value = ((raw - terms[at]) * (terms[at + 3] - start)) / (terms[at + 2] - terms[at])
        } else {
            const t = raw - this.origin
            for (let i = terms.length - 1; i >= 0; i--) value = value * t + terms[i]
        }
        // "0 -" because a bare minus would give −0 in Node and 0 on the board.
        value = value < 0 ? 0 - Math.floor(0.5 - value) : Math.floor(value + 0.5)
        return start + value
    }

    /** Whether a higher raw reading never gives a lower corrected one, looked at in 33 places of the range. */
    isMonotonic(min: number, max: number): boolean {
        let before = this.apply(min)
        for (let i = 1; i <= MONOTONIC_STEPS; i++) {
            const value = this.apply(min + Math.floor(((max - min) * i) / MONOTONIC_STEPS))
            if (value < before) return false
            before = value
        }
        return true
    }
}

/**
 * Reads a correction out of a record.
 *
 * @param bytes the record @param at where its origin, or its table, begins
 * @param isTable see {@link Correction} @param count coefficients, or points
 * @param end one past the last byte that belongs to the record
 * @returns undefined when it is none
 */
export function getCorrection(
    bytes: Bytes,
    at: number,
    isTable: boolean,
    count: number,
    end: number
): Correction | undefined {
    if (count < 2 || count > (isTable ? MAX_POINTS : MAX_COEFFICIENTS)) return undefined
    const first = getI32(bytes, at)
    const terms: number[] = []
    let from = at + 4
    if (isTable) {
        terms.push(first)
        terms.push(getI32(bytes, from))
        const width = bytes[from + 4]
        from = at + TABLE_HEAD_BYTES
        const last = 2 * count
        if (width > MAX_STEP_BYTES || from + width * (last - 2) > end) return undefined
        for (let i = 2; i < last; i++) {
            let step = 0
            for (const next = from + width; from < next; from++) step = step * 256 + bytes[from]
            const value = terms[i - 2] + step
            // Two points of one raw reading, or one that is no int32.
            if ((step === 0 && (i & 1) === 0) || value > INT32_MAX) return undefined
            terms.push(value)
        }
    } else {
        if (from + COEFFICIENT_BYTES * count > end) return undefined
        for (let i = 0; i < count; i++) {
            const exponent = bytes[from + 4]
            if (exponent > MAX_EXPONENT) return undefined
            let value = getI32(bytes, from)
            for (let e = 0; e < exponent; e++) value = value / 2
            terms.push(value)
            from = from + COEFFICIENT_BYTES
        }
    }
    return new Correction(isTable, first, terms)
}
