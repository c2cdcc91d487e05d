/** What the LIS3DH's readings mean, and angles in integers. Free of device imports. */
import { divRound, isqrt } from "../../core/fixed.js"

/** mg to 0.001 m/s²: 1 g is 9.80665 m/s². */
export function lis3dhAcceleration(milligravities: number): number {
    return divRound(milligravities * 980665, 100000)
}

/** Arc tangents of 2⁰, 2⁻¹, 2⁻² … in 0.0001°. */
const ARC_TANGENTS = [
    450000, 265651, 140362, 71250, 35763, 17899, 8952, 4476, 2238, 1119, 560, 280, 140, 70, 35,
]

/** 2²⁶: small enough that CORDIC's gain of 1.65 keeps its numbers within an int32. */
const LARGEST = 67108864

/**
 * Angle of the direction (x, y) to the x axis in 0.1°, 0 … 1800 (CORDIC). It is within
 * 0.06° of the true angle, 0.05° of which is the step.
 *
 * @param y an integer, 0 … 2⁵³−1
 * @param x an integer, |x| < 2⁵³; where both are 0 the angle is 0
 */
export function decidegrees(y: number, x: number): number {
    let along = Math.abs(x)
    let across = y
    const larger = along > across ? along : across
    if (larger === 0) return 0
    let factor = 1
    while (larger * factor < LARGEST) factor = factor * 2
    while (larger * factor > 2 * LARGEST) factor = factor / 2
    along = Math.floor(along * factor)
    across = Math.floor(across * factor)
    let angle = 0
    for (let i = 0; i < ARC_TANGENTS.length; i++) {
        const before = along
        if (across >= 0) {
            along = along + (across >> i)
            across = across - (before >> i)
            angle = angle + ARC_TANGENTS[i]
        } else {
            along = along - (across >> i)
            across = across + (before >> i)
            angle = angle - ARC_TANGENTS[i]
        }
    }
    if (angle < 0) angle = 0
    return divRound(x < 0 ? 1800000 - angle : angle, 1000)
}

/**
 * Angle between two directions in 0.1°: from the lengths of their vector and scalar product.
 *
 * @param a x, y and z, integers up to ±40,000
 * @param b x, y and z, integers up to ±1000
 */
export function angleBetween(a: number[], b: number[]): number {
    const crossX = a[1] * b[2] - a[2] * b[1]
    const crossY = a[2] * b[0] - a[0] * b[2]
    const crossZ = a[0] * b[1] - a[1] * b[0]
    const cross = isqrt(crossX * crossX + crossY * crossY + crossZ * crossZ)
    return decidegrees(cross, a[0] * b[0] + a[1] * b[1] + a[2] * b[2])
}
