/**
 * A channel: one quantity that a node measures. Readings are integers;
 * value = integer × scaleNumerator / scaleDenominator, in the channel's unit.
 */
export interface Channel {
    /** Unique within a station: "temperature", "co2" … lower case, a–z 0–9 _ */
    readonly name: string
    /** What is measured, in the words of the Smart Data Models: "temperature" … */
    readonly quantity: string
    /** SenML unit (RFC 8428, RFC 8798): "Cel", "%RH", "ppm", "lx" … */
    readonly unit: string
    /** UN/CEFACT common code of the unit: "CEL", "P1", "59", "LUX" … */
    readonly unitCode: string
    readonly scaleNumerator: number
    readonly scaleDenominator: number
    /** Lowest and highest integer the sensor can mean; beyond is a gap. */
    readonly min: number
    readonly max: number
}

/** A channel of the same quantity, unit, scale and range under another name. */
export function renamed(channel: Channel, name: string): Channel {
    return {
        name,
        quantity: channel.quantity,
        unit: channel.unit,
        unitCode: channel.unitCode,
        scaleNumerator: channel.scaleNumerator,
        scaleDenominator: channel.scaleDenominator,
        min: channel.min,
        max: channel.max,
    }
}

/** The reading in the channel's unit. A double: for display, not for arithmetic. */
export function toUnit(channel: Channel, reading: number): number {
    return (reading * channel.scaleNumerator) / channel.scaleDenominator
}

/** Decimal places that show a reading of this channel in full. */
export function decimals(channel: Channel): number {
    let digits = 0
    let step = channel.scaleNumerator / channel.scaleDenominator
    while (digits < 9 && Math.abs(step - Math.floor(step + 0.5)) > 1e-9) {
        step = step * 10
        digits++
    }
    return digits
}
