/**
 * Fits a correction to calibration points, and says how wrong corrected readings may be: expanded
 * uncertainty, k = 2, after the GUM (JCGM 100:2008, sections 4.2, 4.3 and 5.1).
 *
 * All quantities here are in the channel's integers; a caller converts.
 */
import { type Correction } from "../../src/core/calibration/correction.js"
import {
    MAX_EXPONENT,
    MAX_POINTS,
    Correction as FixedCorrection,
} from "../../src/core/calibration/correction.js"
import { type Coefficient, type CorrectionTerms } from "./record.js"

export const FIT_METHODS = [
    "offset",
    "exact",
    "least-squares",
    "quadratic",
    "cubic",
    "piecewise",
] as const
export type FitMethod = (typeof FIT_METHODS)[number]

/** Least points of each method; "exact" goes through all of two to four. */
const LEAST_POINTS: Readonly<Record<FitMethod, number>> = {
    offset: 1,
    exact: 2,
    "least-squares": 2,
    quadratic: 3,
    cubic: 4,
    piecewise: 2,
}
const COVERAGE_FACTOR = 2
/** Standard deviation of an even distribution of width 1. */
const EVEN = 1 / Math.sqrt(12)
/** The same of one that reaches as far as 1 to both sides. */
const EVEN_HALF = 1 / Math.sqrt(3)
/** Places of the range in which the uncertainty is looked at. */
const PLACES = 50

export interface CalibrationPoint {
    /** Mean of the raw readings, their standard deviation, and how many there were. */
    readonly raw: number
    readonly deviation: number
    readonly count: number
    /** What the reference showed. */
    readonly reference: number
}

export interface ReferenceUncertainty {
    /** Expanded uncertainty of the reference, k = 2, as its certificate says. */
    readonly expanded: number
    /** Step of its display. */
    readonly resolution: number
}

export interface Fit {
    readonly terms: CorrectionTerms
    readonly correction: Correction
    /** Reference minus corrected reading at each point. */
    readonly residuals: readonly number[]
    /** Standard uncertainties of a corrected reading where the total is largest within the points. */
    readonly components: {
        readonly reference: number
        readonly repeatability: number
        readonly resolution: number
        readonly fit: number
    }
    /** Expanded uncertainty (k = 2) of a corrected reading between the points. */
    readonly uncertainty: number
    /** Why more points are warranted; undefined: they are not. */
    readonly advice: string | undefined
}

/** Points that no correction can be fitted to: the message says why. */
export class FitError extends Error {
    override name = "FitError"
}

/**
 * @param points in any order
 * @param range of the channel: over it a correction must not fall
 * @throws FitError
 */
export function fit(
    method: FitMethod,
    points: readonly CalibrationPoint[],
    reference: ReferenceUncertainty,
    range: { readonly min: number; readonly max: number }
): Fit {
    const sorted = [...points].sort((a, b) => a.raw - b.raw)
    checkPoints(method, sorted)
    const terms = termsOf(method, sorted)
    const correction = correctionOf(terms)
    if (!correction.isMonotonic(range.min, range.max))
        throw new FitError(
            "with this correction a higher raw reading would give a lower corrected one: take another " +
                "method, or look whether a point was taken before the sensor had settled"
        )
    const pooled = pooledDeviation(sorted)
    const covariance = pointVariances(sorted, pooled, reference)
    const explained = {
        reference: reference.expanded / COVERAGE_FACTOR,
        repeatability: pooled * slopeOf(correction, sorted),
        // A raw reading is a whole number, and a corrected one is rounded to one again.
        resolution: EVEN,
        fit: Math.sqrt(worstFit(method, sorted, covariance)),
    }
    const residuals = points.map(point => point.reference - exactValue(terms, point.raw))
    const worst = Math.max(...residuals.map(Math.abs))
    const isExplained = worst <= expandedOf(explained)
    // The curve does not have the sensor's shape: between the points it may be off as far as at them.
    const components = isExplained
        ? explained
        : { ...explained, fit: Math.hypot(explained.fit, worst * EVEN_HALF) }
    return {
        terms,
        correction,
        residuals,
        components,
        uncertainty: expandedOf(components),
        advice: adviceOn(method, isExplained, points.length),
    }
}

function expandedOf(components: Fit["components"]): number {
    return COVERAGE_FACTOR * Math.hypot(...Object.values(components))
}

/** @throws FitError when a method does not suit the number of points */
export function checkCount(method: FitMethod, points: number): void {
    const least = LEAST_POINTS[method]
    if (points < least)
        throw new FitError(
            `${method} needs ${least} point${least === 1 ? "" : "s"}, and there ` +
                (points === 1 ? "is 1" : `are ${points}`)
        )
    if (method === "exact" && points > 4)
        throw new FitError(
            "exact goes through four points at most; take least-squares or piecewise"
        )
    if (points > MAX_POINTS) throw new FitError(`${MAX_POINTS} points at most`)
}

function checkPoints(method: FitMethod, points: readonly CalibrationPoint[]): void {
    checkCount(method, points.length)
    for (const [i, { raw }] of points.entries())
        if (i > 0 && Math.round(raw) === Math.round(points[i - 1].raw))
            throw new FitError(`two points have the raw reading ${Math.round(raw)}`)
}

function termsOf(method: FitMethod, points: readonly CalibrationPoint[]): CorrectionTerms {
    if (method === "piecewise")
        return {
            method,
            table: points.map(({ raw, reference }) => [Math.round(raw), Math.round(reference)]),
        }
    if (method === "offset") {
        const offset = mean(points.map(({ raw, reference }) => reference - raw))
        return { method, origin: 0, coefficients: [coefficientOf(offset)] }
    }
    const degree = degreeOf(method, points.length)
    const origin = Math.round(mean(points.map(({ raw }) => raw)))
    const solution = leastSquares(
        points.map(({ raw }) => raw - origin),
        points.map(({ reference }) => reference),
        degree
    )
    return {
        method: degree === 1 ? "linear" : "polynomial",
        origin,
        coefficients: solution.map(coefficientOf),
    }
}

function degreeOf(method: FitMethod, points: number): number {
    if (method === "quadratic") return 2
    if (method === "cubic") return 3
    return method === "exact" ? points - 1 : 1
}

/** As fine as 31 bits allow. */
export function coefficientOf(value: number): Coefficient {
    let exponent = 0
    while (exponent < MAX_EXPONENT && Math.abs(value) * 2 ** (exponent + 1) < 2 ** 31 - 1)
        exponent++
    const mantissa = Math.round(value * 2 ** exponent)
    if (Math.abs(mantissa) > 2 ** 31 - 1) throw new FitError("the points are too far apart")
    return { mantissa: mantissa === 0 ? 0 : mantissa, exponent }
}

/** What nodes calculate with. */
export function correctionOf(terms: CorrectionTerms): Correction {
    if (terms.method === "piecewise") return new FixedCorrection(true, 0, terms.table.flat())
    const values = terms.coefficients.map(({ mantissa, exponent }) => mantissa / 2 ** exponent)
    if (terms.method === "offset") values.push(1)
    return new FixedCorrection(false, terms.origin, values)
}

/** The corrected reading before it is rounded. */
function exactValue(terms: CorrectionTerms, raw: number): number {
    if (terms.method !== "piecewise") {
        const t = raw - terms.origin
        const values = terms.coefficients.map(({ mantissa, exponent }) => mantissa / 2 ** exponent)
        const sum = values.reduceRight((value, coefficient) => value * t + coefficient, 0)
        return terms.method === "offset" ? raw + sum : sum
    }
    const { table } = terms
    let at = 0
    while (at < table.length - 2 && raw > table[at + 1][0]) at++
    const [[x0, y0], [x1, y1]] = [table[at], table[at + 1]]
    return y0 + ((raw - x0) * (y1 - y0)) / (x1 - x0)
}

/** Of single raw readings, from all points together. */
function pooledDeviation(points: readonly CalibrationPoint[]): number {
    const degrees = points.reduce((sum, { count }) => sum + count - 1, 0)
    if (degrees === 0) return 0
    const squares = points.reduce(
        (sum, { deviation, count }) => sum + (count - 1) * deviation ** 2,
        0
    )
    return Math.sqrt(squares / degrees)
}

/** Variance of each point: its mean, and the reading of the reference's display. */
function pointVariances(
    points: readonly CalibrationPoint[],
    pooled: number,
    { resolution }: ReferenceUncertainty
): number[] {
    return points.map(({ count }) => pooled ** 2 / count + (resolution * EVEN) ** 2)
}

/**
 * Largest variance of the corrected reading within the points that comes from the points. A fit is a sum
 * of what the references showed, each with a weight that follows from the place; the error of the
 * instrument is the same at all points, and does not belong here.
 */
function worstFit(
    method: FitMethod,
    points: readonly CalibrationPoint[],
    variances: readonly number[]
): number {
    const first = points[0].raw
    const last = points[points.length - 1].raw
    let worst = 0
    for (let i = 0; i <= PLACES; i++) {
        const weights = weightsAt(method, points, first + ((last - first) * i) / PLACES)
        const variance = weights.reduce((sum, weight, n) => sum + weight ** 2 * variances[n], 0)
        worst = Math.max(worst, variance)
    }
    return worst
}

function weightsAt(method: FitMethod, points: readonly CalibrationPoint[], raw: number): number[] {
    if (method === "offset") return points.map(() => 1 / points.length)
    if (method === "piecewise") {
        let at = 0
        while (at < points.length - 2 && raw > points[at + 1].raw) at++
        const share = (raw - points[at].raw) / (points[at + 1].raw - points[at].raw)
        return points.map((_, n) => (n === at ? 1 - share : n === at + 1 ? share : 0))
    }
    const degree = degreeOf(method, points.length)
    const origin = mean(points.map(({ raw }) => raw))
    return points.map((_, n) => {
        const unit = points.map((_, m) => (m === n ? 1 : 0))
        const solution = leastSquares(
            points.map(({ raw }) => raw - origin),
            unit,
            degree
        )
        return solution.reduceRight((value, coefficient) => value * (raw - origin) + coefficient, 0)
    })
}

/** How much a corrected reading moves with a raw one, over all points. */
function slopeOf(correction: Correction, points: readonly CalibrationPoint[]): number {
    const first = points[0].raw
    const last = points[points.length - 1].raw
    if (points.length === 1 || last - first < 1) return 1
    return (
        (correction.apply(Math.round(last)) - correction.apply(Math.round(first))) / (last - first)
    )
}

function adviceOn(method: FitMethod, isExplained: boolean, points: number): string | undefined {
    if (!isExplained)
        return "a point is further from the correction than noise and reference explain, and the uncertainty is larger for it: take it again, or take more points and another method"
    if (points === 1)
        return "one point shows an offset, not whether the sensor's gain is right: take a second one"
    const free = points - (method === "least-squares" ? 2 : method === "offset" ? 1 : points)
    if (free <= 0)
        return "the correction goes through all points, so that nothing shows whether it is right between them: take one more"
    return undefined
}

/** Coefficients, lowest first, by normal equations on a scaled abscissa. */
function leastSquares(xs: readonly number[], ys: readonly number[], degree: number): number[] {
    const scale = Math.max(1, ...xs.map(Math.abs))
    const size = degree + 1
    const rows = Array.from({ length: size }, (_, i) => [
        ...Array.from({ length: size }, (_, j) =>
            xs.reduce((sum, x) => sum + (x / scale) ** (i + j), 0)
        ),
        xs.reduce((sum, x, n) => sum + (x / scale) ** i * ys[n], 0),
    ])
    for (let column = 0; column < size; column++) {
        let pivot = column
        for (let row = column + 1; row < size; row++)
            if (Math.abs(rows[row][column]) > Math.abs(rows[pivot][column])) pivot = row
        ;[rows[column], rows[pivot]] = [rows[pivot], rows[column]]
        if (Math.abs(rows[column][column]) < 1e-12)
            throw new FitError("the points do not determine a curve of this degree")
        for (let row = 0; row < size; row++) {
            if (row === column) continue
            const factor = rows[row][column] / rows[column][column]
            for (let k = column; k <= size; k++) rows[row][k] -= factor * rows[column][k]
        }
    }
    return rows.map((row, i) => row[size] / row[i] / scale ** i)
}

function mean(values: readonly number[]): number {
    return values.reduce((sum, value) => sum + value, 0) / values.length
}
