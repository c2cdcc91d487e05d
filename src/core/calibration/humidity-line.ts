import { Bytes } from "../bytes.js"
import { COEFFICIENT_BYTES, Correction, METHOD_BY_HUMIDITY, getCorrection } from "./correction.js"
import { RECORD_ID_BYTES, RECORD_METHOD, RECORD_TEXTS } from "./record.js"

/** Of a line in a record: its origin, and two coefficients. */
const LINE_BYTES = 4 + 2 * COEFFICIENT_BYTES

/**
 * A correction by a second channel, the humidity h: corrected = (c₀ + c₂·u) + (c₁ + c₃·u)·t, where t = raw − origin
 * and u = h − origin of the humidity. At each humidity it is a line, so that the record's own {@link Correction} is
 * turned to that line before a reading is corrected. Double precision in this order: board and Node give the same
 * integer.
 */
export class HumidityLine {
    private readonly first: number
    private readonly second: number

    /**
     * @param line the record's correction, c₀ and c₁; {@link turn} changes its terms
     * @param slope how they change: the humidity that counts as 0, c₂ and c₃
     */
    constructor(
        private readonly line: Correction,
        private readonly slope: Correction
    ) {
        this.first = line.terms[0]
        this.second = line.terms[1]
    }

    /** @param humidity 0.01 %RH; the record's correction is the one at this humidity from now on */
    turn(humidity: number): void {
        const { slope, line } = this
        const u = humidity - slope.origin
        line.terms[0] = this.first + slope.terms[0] * u
        line.terms[1] = this.second + slope.terms[1] * u
    }
}

/**
 * @param bytes a whole record @param line the correction that was read out of it
 * @returns undefined when it is not by humidity
 */
export function getHumidityLine(bytes: Bytes, line: Correction): HumidityLine | undefined {
    if (bytes[RECORD_METHOD] !== METHOD_BY_HUMIDITY || line.terms.length !== 2) return undefined
    let at = RECORD_TEXTS
    for (let i = 0; i < 3; i++) at = at + 1 + bytes[at]
    const end = bytes.length - RECORD_ID_BYTES
    const slope = getCorrection(bytes, at + LINE_BYTES, false, 2, end)
    return slope === undefined ? undefined : new HumidityLine(line, slope)
}
