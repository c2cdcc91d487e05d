/** A number for people: 42.495 instead of the 42.495000000000005 that binary fractions make of it. */
export function figure(value: number): string {
    return String(Number(value.toPrecision(12)))
}
