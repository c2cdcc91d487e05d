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

/** Whether {@link middleOf} the pixels is below a limit, for a sixth of what that takes. */
export function isMiddleBelow(image: number[], limit: number): boolean {
    let below = 0
    for (const pixel of image) if (pixel < limit) below++
    return below >= image.length >> 1
}

/**
 * The lower middle of the pixels. Without sorting, which can take 50,000 opcodes: this
 * halves the range until one value is left, in 14 turns at most; in two when the guess is right.
 *
 * @param min smallest pixel
 * @param max largest pixel
 * @param guess such as that of the image before; any number
 */
export function middleOf(image: number[], min: number, max: number, guess: number): number {
    const half = image.length >> 1
    let guesses = 2
    while (min < max) {
        let middle = (min + max) >> 1
        if (guesses > 0 && guess >= min && guess < max) middle = guess
        guesses--
        let below = 0
        for (const pixel of image) if (pixel <= middle) below++
        if (below >= half) {
            max = middle
            guess = middle - 1
        } else {
            min = middle + 1
            guess = min
        }
    }
    return min
}
