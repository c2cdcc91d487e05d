/**
 * Checks an option. Free of device imports.
 * @param name of driver and option: "INA219: shuntMicroohms"
 * @throws RangeError unless the value is a whole number from min to max
 */
export function checkWhole(name: string, value: number, min: number, max: number): void {
    if (!(value >= min && value <= max && Math.floor(value) === value))
        throw new RangeError(
            name + " must be a whole number from " + min + " to " + max + ", got " + value
        )
}
