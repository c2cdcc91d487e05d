/** Binary coded decimals, two digits in a byte. Free of device imports. */

/** @returns 0 … 99; −1 for digits that are none */
export function fromBcd(byte: number): number {
    const tens = byte >> 4
    const ones = byte & 0x0f
    return tens > 9 || ones > 9 ? -1 : 10 * tens + ones
}

/** @param value 0 … 99 */
export function toBcd(value: number): number {
    const tens = Math.floor(value / 10)
    return (tens << 4) | (value - 10 * tens)
}
