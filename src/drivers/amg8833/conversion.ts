/** What the AMG8833's registers mean. Free of device imports. */
import { divRound } from "../../core/fixed.js"

/** A pixel, 12 bits in two's complement, 0.25 °C each: 0x064 is 100 (25 °C), 0xFFF is −1 (−0.25 °C). */
export function amg8833Pixel(word: number): number {
    return (word << 20) >> 20
}

/**
 * The thermistor, 11 bits and a sign in bit 11, 0.0625 °C each, in 0.01 °C:
 * 0x190 is 25.00 °C, 0x804 is −0.25 °C.
 */
export function amg8833Thermistor(word: number): number {
    const size = divRound(25 * (word & 0x7ff), 4)
    return (word & 0x800) === 0 ? size : 0 - size
}

/**
 * The lower middle of the pixels. Without sorting, which can take 50,000 opcodes: this
 * halves the range until one value is left, in 12 turns at most.
 *
 * @param min smallest pixel
 * @param max largest pixel
 */
export function middleOf(image: number[], min: number, max: number): number {
    const half = image.length >> 1
    while (min < max) {
        const middle = (min + max) >> 1
        let below = 0
        for (const pixel of image) if (pixel <= middle) below++
        if (below >= half) max = middle
        else min = middle + 1
    }
    return min
}
