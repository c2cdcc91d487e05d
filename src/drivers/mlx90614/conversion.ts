/**
 * What the MLX90614's words mean. Free of device imports, so that the very same code
 * is checked in Node over all inputs.
 */

/**
 * A word of 0.02 K to 0.01 °C, exactly: 0x27AD is −70.01 °C, 0x7FFF is 382.19 °C
 * (datasheet, section 8.4.6).
 */
export function mlx90614Temperature(word: number): number {
    return 2 * word - 27315
}
