/**
 * Decimal numbers as they are written, without the detour over doubles: what a
 * cell says is what comes back.
 */

/** mantissa × 10^−places */
export interface Decimal {
    readonly mantissa: bigint
    /** Decimal places that are needed; below 0 after 1e3. */
    readonly places: number
    /** Decimal places that were written. */
    readonly written: number
}

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,4}))?$/i
/** Beyond these no double and no sensor goes; they bound what a cell can cost. */
const MAX_LENGTH = 400
const MAX_EXPONENT = 400

/** @returns undefined when the text is not a number */
export function parseDecimal(text: string): Decimal | undefined {
    const match = text.length > MAX_LENGTH ? null : NUMBER.exec(text)
    if (match === null) return undefined
    const [, sign, whole, fraction = "", exponentText = "0"] = match
    const exponent = Number(exponentText)
    if (whole + fraction === "" || Math.abs(exponent) > MAX_EXPONENT) return undefined
    const needed = fraction.replace(/0+$/, "")
    const magnitude = BigInt(whole + needed)
    return {
        mantissa: sign === "-" ? -magnitude : magnitude,
        places: magnitude === 0n ? 0 : needed.length - exponent,
        written: Math.max(0, fraction.length - exponent),
    }
}

/** @param n 0 … 1000 */
export function powerOfTen(n: number): bigint {
    return 10n ** BigInt(n)
}

/** The mantissa at more places, or at fewer where nothing gets lost. */
export function atPlaces(value: Decimal, places: number): bigint {
    return places >= value.places
        ? value.mantissa * powerOfTen(places - value.places)
        : value.mantissa / powerOfTen(value.places - places)
}

/** Nearest integer to a quotient, halves away from zero. @param divisor > 0 */
export function divideRounded(value: bigint, divisor: bigint): bigint {
    const magnitude = value < 0n ? -value : value
    const quotient = (2n * magnitude + divisor) / (2n * divisor)
    return value < 0n ? -quotient : quotient
}

/**
 * mantissa × 10^−places as text, without zeros at the end.
 *
 * @param digits an integer as text
 * @param places ≥ 0
 * @param width digits behind the point that are shown at least
 */
export function decimalText(digits: string, places: number, width: number): string {
    const isNegative = digits.startsWith("-")
    const magnitude = (isNegative ? digits.slice(1) : digits).padStart(places + 1, "0")
    const point = magnitude.length - places
    const fraction = magnitude.slice(point).replace(/0+$/, "").padEnd(width, "0")
    const text = magnitude.slice(0, point) + (fraction === "" ? "" : `.${fraction}`)
    return isNegative ? `-${text}` : text
}
