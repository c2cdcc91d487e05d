import { Bytes, getI32, unzigzag } from "../bytes.js"
import { divRound, saturate32 } from "../fixed.js"

/** Corrected = raw + c₀. */
export const METHOD_OFFSET = 0
/** Corrected = c₀ + c₁·t, where t = raw − origin. */
export const METHOD_LINEAR = 1
/** Corrected = c₀ + c₁·t + c₂·t² + c₃·t³, degree 2 or 3. */
export const METHOD_POLYNOMIAL = 2
/** Straight lines between points; the outer ones go on beyond the ends. */
export const METHOD_PIECEWISE = 3

/** Points of a table, at most. */
export const MAX_POINTS = 16
/** A coefficient is an int32 times 2^−exponent; exponents go up to this. */
export const MAX_EXPONENT = 62

/** Longest step from one point of a table to the next: a line is exact for readings up to as far beyond its ends. */
export const MAX_STEP = 16777215

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
     * @param method METHOD_…
     * @param origin raw reading that t counts from; not used by tables
     * @param terms coefficients, lowest first; of a table raw₀, corrected₀, raw₁, corrected₁ …
     */
    constructor(
        readonly method: number,
        readonly origin: number,
        readonly terms: number[]
    ) {}

    /**
     * @param raw an int32
     * @returns an int32; halves are rounded away from zero, and what does not fit saturates
     */
    apply(raw: number): number {
        const terms = this.terms
        if (this.method === METHOD_PIECEWISE) return this.between(raw)
        const t = raw - this.origin
        let i = terms.length - 1
        let value = terms[i]
        while (i > 0) {
            i--
            value = value * t + terms[i]
        }
        if (this.method === METHOD_OFFSET) value = value + raw
        // "0 -" because a bare minus would give −0 in Node and 0 on the board.
        return saturate32(value < 0 ? 0 - Math.floor(0.5 - value) : Math.floor(value + 0.5))
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

    private between(raw: number): number {
        const terms = this.terms
        const last = terms.length - 4
        let at = 0
        while (at < last && raw > terms[at + 2]) at = at + 2
        const rise = terms[at + 3] - terms[at + 1]
        const run = terms[at + 2] - terms[at]
        return saturate32(terms[at + 1] + divRound((raw - terms[at]) * rise, run))
    }
}

/**
 * Reads a correction out of a record.
 *
 * @param bytes the record @param at where its origin, or its table, begins
 * @param method METHOD_… @param count coefficients, or points
 * @param end one past the last byte that belongs to the record
 * @returns undefined when it is none
 */
export function getCorrection(
    bytes: Bytes,
    at: number,
    method: number,
    count: number,
    end: number
): Correction | undefined {
    if (method > METHOD_PIECEWISE) return undefined
    const terms: number[] = []
    if (method === METHOD_PIECEWISE) {
        if (count < 2) return undefined
        if (count > MAX_POINTS) return undefined
        return getTable(bytes, at, count, end, terms) ? new Correction(method, 0, terms) : undefined
    }
    // 1 for an offset, 2 for a line, 3 or 4 for a polynomial.
    const more = count - 1 - method
    if (more !== 0) {
        if (more !== 1) return undefined
        if (method !== METHOD_POLYNOMIAL) return undefined
    }
    if (at + 4 + 5 * count > end) return undefined
    for (let i = 0; i < count; i++) {
        const from = at + 4 + 5 * i
        const exponent = bytes[from + 4]
        if (exponent > MAX_EXPONENT) return undefined
        let value = getI32(bytes, from)
        for (let e = 0; e < exponent; e++) value = value / 2
        terms.push(value)
    }
    return new Correction(method, getI32(bytes, at), terms)
}

/** The first point as it is, the others as steps from the one before: 7 bits a byte, low ones first. */
function getTable(bytes: Bytes, at: number, count: number, end: number, terms: number[]): boolean {
    let from = at
    for (let i = 0; i < 2 * count; i++) {
        let code = 0
        let weight = 1
        let byte = 128
        while (byte >= 128) {
            if (from >= end) return false
            if (weight > 2097152) return false
            byte = bytes[from]
            from++
            code = code + (byte & 127) * weight
            weight = weight * 128
        }
        if (i < 2) terms.push(unzigzag(code))
        else {
            const value = terms[i - 2] + code
            // Two points of one raw reading, or a step of more than a line can be calculated with.
            if (value > 2147483647) return false
            if (code > MAX_STEP) return false
            if (code === 0) if ((i & 1) === 0) return false
            terms.push(value)
        }
    }
    return true
}
