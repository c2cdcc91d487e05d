/** The `--step` option: the steps of columns, as decimal numbers. */
import { INT32_MAX } from "../../../src/core/fixed.js"
import { UsageError } from "../errors.js"
import { parseDecimal, powerOfTen } from "./decimal.js"

/** Most digits behind the point that a step can have. */
export const MAX_PLACES = 9

/** A step of a column: numerator × 10^−places. */
export interface Step {
    /** Above 0, fits int32. */
    readonly numerator: number
    /** 0 … 9, as few as the step needs. */
    readonly places: number
}

export interface StepChoice {
    /** Of all columns that are not in `byColumn`; undefined = from their digits. */
    readonly all: Step | undefined
    readonly byColumn: ReadonlyMap<string, Step>
}

/** 10^−places */
export function decimalStep(places: number): Step {
    return { numerator: 1, places }
}

/** The step as a fraction in lowest terms, as schema records have it. */
export function scaleOf(step: Step): readonly [numerator: number, denominator: number] {
    const denominator = 10 ** step.places
    const divisor = greatestCommonDivisor(step.numerator, denominator)
    return [step.numerator / divisor, denominator / divisor]
}

/**
 * The inverse of {@link scaleOf}.
 * @returns undefined when the fraction has no decimal form of at most nine places
 */
export function stepOf(numerator: number, denominator: number): Step | undefined {
    for (let places = 0; places <= MAX_PLACES; places++) {
        const power = 10 ** places
        if (power % denominator !== 0) continue
        const product = numerator * (power / denominator)
        return product <= INT32_MAX ? { numerator: product, places } : undefined
    }
    return undefined
}

/**
 * @param texts "0.01" for all columns, "co2=1,temperature=0.0625" for those named
 * @param columns names of the columns that are packed
 * @throws UsageError for no step and for no column
 */
export function parseSteps(texts: readonly string[], columns: readonly string[]): StepChoice {
    let all: Step | undefined
    const byColumn = new Map<string, Step>()
    for (const part of texts.flatMap(text => text.split(","))) {
        const equals = part.lastIndexOf("=")
        const step = parseStep(part.slice(equals + 1), part)
        if (equals < 0) {
            all = step
            continue
        }
        const name = part.slice(0, equals).trim()
        if (!columns.includes(name))
            throw new UsageError(
                `--step ${part}: there is no column "${name}"; the columns are ${columns.join(", ")}`
            )
        byColumn.set(name, step)
    }
    return { all, byColumn }
}

function parseStep(text: string, option: string): Step {
    const value = parseDecimal(text.trim())
    const places = Math.max(0, value?.places ?? 0)
    const numerator =
        value === undefined || places > MAX_PLACES || value.places < -MAX_PLACES
            ? 0n
            : value.mantissa * powerOfTen(places - value.places)
    if (numerator <= 0n || numerator > BigInt(INT32_MAX))
        throw new UsageError(
            `--step ${option}: write a number above 0 with at most ${MAX_PLACES} digits behind ` +
                "the point, such as 0.01, or names and numbers such as temperature=0.0625,co2=1"
        )
    return { numerator: Number(numerator), places }
}

function greatestCommonDivisor(a: number, b: number): number {
    return b === 0 ? a : greatestCommonDivisor(b, a % b)
}
