/** How the cells of one column become integers, and integers become cells again. */
import {
    atPlaces,
    decimalText,
    divideRounded,
    parseDecimal,
    powerOfTen,
    type Decimal,
} from "./decimal.js"
import type { Step } from "./step.js"

/** How a column's numbers are written. */
export interface ColumnForm {
    /** Its name in the file. */
    readonly name: string
    /** Digits behind the point that its numbers are rounded to, 0 … 400. */
    readonly digits: number
    /** Digits behind the point that are shown at least, with zeros at the end. */
    readonly width: number
}

export interface ColumnPlan extends ColumnForm {
    readonly step: Step
    /** Lowest and highest integer that occurs; 0 and 0 in an empty column. */
    readonly min: number
    readonly max: number
}

/** The multiple of a step that is nearest to a value. */
export function nearestMultiple(value: Decimal, step: Step): bigint {
    const places = Math.max(value.places, step.places)
    return divideRounded(
        atPlaces(value, places),
        BigInt(step.numerator) * powerOfTen(places - step.places)
    )
}

/** Up to this many characters, a cell's digits are an exact double. */
const EXACT_LENGTH = 15

/**
 * The integer of a cell that the survey has seen. Almost all cells take the
 * short way: digits, point, and a step that is a power of ten.
 */
export function quantise(cell: string, step: Step): number {
    if (step.numerator === 1 && cell.length <= EXACT_LENGTH) {
        const point = cell.indexOf(".")
        const shift = step.places - (point < 0 ? 0 : cell.length - point - 1)
        const digits = point < 0 ? cell : cell.slice(0, point) + cell.slice(point + 1)
        // A sum with 0 turns −0 into 0.
        if (shift >= 0 && /^-?\d+$/.test(digits)) return Number(digits) * 10 ** shift + 0
    }
    return Number(nearestMultiple(parseDecimal(cell) as Decimal, step))
}

/** integer × step as it stood in the file. */
export function cellText(integer: number, step: Step, form: ColumnForm): string {
    const { digits, width } = form
    const product = integer * step.numerator
    if (step.places <= digits && Number.isSafeInteger(product))
        return decimalText(String(product), step.places, width)
    const exact = BigInt(integer) * BigInt(step.numerator)
    if (step.places <= digits) return decimalText(String(exact), step.places, width)
    const rounded = divideRounded(exact, powerOfTen(step.places - digits))
    return decimalText(String(rounded), digits, width)
}
