/**
 * Looks through a column before it is packed: its step, its range, and how its
 * numbers are written.
 */
import { INT32_MAX, INT32_MIN } from "../../../src/core/fixed.js"
import { nearestMultiple, type ColumnPlan } from "./column-plan.js"
import { atPlaces, decimalText, parseDecimal, powerOfTen, type Decimal } from "./decimal.js"
import { MAX_PLACES, decimalStep, type Step } from "./step.js"

/** A cell, to name it in a message. */
export interface Place {
    readonly line: number
    readonly cell: string
}

/** What is wrong with a cell and what to do. */
export interface CellProblem {
    readonly place: Place
    readonly problem: string
}

interface Extreme extends Place {
    readonly value: number
    readonly integer: bigint
}

/** The largest distance of a value from its multiple: mantissa × 10^−places. */
interface Deviation extends Place {
    readonly mantissa: bigint
    readonly places: number
    /** Whether all cells at this distance are their multiples rounded away from zero. */
    readonly isAway: boolean
}

export class ColumnSurvey {
    private digits = 0
    private written: number | undefined
    private isUniform = true
    private min: Extreme | undefined
    private max: Extreme | undefined
    private deviation: Deviation | undefined
    /** Most sensors repeat themselves; what was fine is fine again. */
    private lastFine = ""

    /**
     * @param step undefined = from the digits
     * @param mayRound whether values between two multiples may be changed
     */
    constructor(
        readonly name: string,
        private readonly step: Step | undefined,
        private readonly mayRound: boolean
    ) {}

    /** @returns undefined when the cell is fine so far */
    add(cell: string, line: number): string | undefined {
        if (cell === this.lastFine) return undefined
        const value = parseDecimal(cell)
        if (value === undefined)
            return (
                "is not a number; write 21.5, leave the cell empty for a missing value, or " +
                `leave the column out with --skip ${quotedName(this.name)}`
            )
        if (this.step === undefined && value.places > MAX_PLACES)
            return (
                `has more than ${MAX_PLACES} digits behind the point; say what the sensor ` +
                `resolves, such as --step ${quotedName(this.name)}=0.01 --round`
            )
        this.digits = Math.max(this.digits, value.places)
        this.written ??= value.written
        if (value.written !== this.written) {
            this.isUniform = false
            this.written = Math.max(this.written, value.written)
        }
        const integer = this.step === undefined ? 0n : nearestMultiple(value, this.step)
        if (this.step !== undefined && !fitsInt32(integer)) return this.tooLarge(this.step, value)
        this.stretch({ value: Number(cell), integer, cell, line })
        if (this.step !== undefined) this.compare(value, integer, this.step, { cell, line })
        this.lastFine = cell
        return undefined
    }

    /** Called when all cells have been added. */
    finish(): ColumnPlan | CellProblem {
        const step = this.step ?? decimalStep(this.digits)
        for (const extreme of [this.min, this.max])
            if (extreme !== undefined && !fitsInt32(integerOf(extreme, step)))
                return {
                    place: extreme,
                    problem: this.tooLarge(step, parseDecimal(extreme.cell) as Decimal),
                }
        const isExact =
            this.deviation === undefined || isWithinRounding(this.deviation, this.digits)
        if (!isExact && !this.mayRound)
            return {
                place: this.deviation as Deviation,
                problem:
                    `is not a multiple of the step ${stepText(step)}; correct the step, or add ` +
                    "--round to take the nearest multiple",
            }
        return {
            name: this.name,
            step,
            digits: isExact ? this.digits : step.places,
            width: isExact ? (this.isUniform ? (this.written ?? 0) : 0) : step.places,
            min: this.min === undefined ? 0 : Number(integerOf(this.min, step)),
            max: this.max === undefined ? 0 : Number(integerOf(this.max, step)),
        }
    }

    /**
     * Doubles tell values apart here: what is exact in a decimal step and fits
     * 32 bits has ten digits at most. Elsewhere integers are compared.
     */
    private stretch(cell: Extreme): void {
        if (this.min === undefined || isBelow(cell, this.min)) this.min = cell
        if (this.max === undefined || isBelow(this.max, cell)) this.max = cell
    }

    private compare(value: Decimal, integer: bigint, step: Step, place: Place): void {
        const places = Math.max(value.places, step.places)
        const written = atPlaces(value, places)
        const multiple = integer * BigInt(step.numerator) * powerOfTen(places - step.places)
        const mantissa = magnitude(written - multiple)
        if (mantissa === 0n) return
        const isAway = magnitude(written) > magnitude(multiple)
        const found = { ...place, mantissa, places, isAway }
        const order = this.deviation === undefined ? 1 : compared(found, this.deviation)
        if (order > 0) this.deviation = found
        else if (order === 0 && !isAway) this.deviation = { ...found, isAway: false }
    }

    private tooLarge(step: Step, value: Decimal): string {
        return (
            `does not fit the 32 bits of a reading in steps of ${stepText(step)}, the ` +
            `${this.step === undefined ? "finest digit of its column" : "step asked for"}; ` +
            coarserStep(this.name, value)
        )
    }
}

/** What to do about a value that is too large for its step. */
function coarserStep(name: string, value: Decimal): string {
    for (let places = MAX_PLACES; places >= 0; places--) {
        const step = decimalStep(places)
        if (fitsInt32(nearestMultiple(value, step)))
            return `take a coarser one, such as --step ${quotedName(name)}=${stepText(step)} --round`
    }
    return `leave the column out with --skip ${quotedName(name)}`
}

/** As an option's value in a shell. */
export function quotedName(name: string): string {
    return /^[\w.:-]+$/.test(name) ? name : `"${name}"`
}

export function stepText(step: Step): string {
    return decimalText(String(step.numerator), step.places, 0)
}

function fitsInt32(integer: bigint): boolean {
    return integer >= BigInt(INT32_MIN) && integer <= BigInt(INT32_MAX)
}

function integerOf(extreme: Extreme, step: Step): bigint {
    return nearestMultiple(parseDecimal(extreme.cell) as Decimal, step)
}

function isBelow(a: Extreme, b: Extreme): boolean {
    return a.integer === b.integer ? a.value < b.value : a.integer < b.integer
}

/** Whether multiples, rounded to N digits with halves away from zero, give the values. */
function isWithinRounding(deviation: Deviation, digits: number): boolean {
    const half = { mantissa: 5n, places: digits + 1 }
    const order = compared(deviation, half)
    return order < 0 || (order === 0 && deviation.isAway)
}

interface Amount {
    readonly mantissa: bigint
    readonly places: number
}

function compared(a: Amount, b: Amount): number {
    const places = Math.max(a.places, b.places)
    const left = a.mantissa * powerOfTen(places - a.places)
    const right = b.mantissa * powerOfTen(places - b.places)
    return left < right ? -1 : left > right ? 1 : 0
}

function magnitude(value: bigint): bigint {
    return value < 0n ? -value : value
}
