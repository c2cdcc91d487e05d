/**
 * What the PCF8593's registers mean to the driver. Free of device imports, so that the
 * very same code is checked in Node.
 */
import { Bytes } from "../../core/bytes.js"
import { fromBcd, toBcd } from "../shared/registers/bcd.js"

/** Counts before the six digits begin at 0 again. */
export const PCF8593_MODULUS = 1000000
const HALF = 500000

/** Three bytes of two digits, the lowest ones first. @returns 0 … 999,999; −1 for digits that are none */
export function pcf8593Count(bytes: Bytes, at: number): number {
    let count = 0
    for (let i = 2; i >= 0; i--) {
        const digits = fromBcd(bytes[at + i])
        if (digits < 0) return -1
        count = 100 * count + digits
    }
    return count
}

/** The inverse of {@link pcf8593Count}. @param count 0 … 999,999 */
export function putPcf8593Count(bytes: Bytes, at: number, count: number): void {
    let rest = count
    for (let i = 0; i < 3; i++) {
        const next = Math.floor(rest / 100)
        bytes[at + i] = toBcd(rest - 100 * next)
        rest = next
    }
}

/** Half turns of the six digits that a total is made of: even while they are below 500,000. */
export function halfTurnsOf(total: number): number {
    return Math.floor(total / HALF)
}

/**
 * Half turns as of now, when they were `before` at an earlier look and fewer than
 * 500,000 counts came since.
 * @param count the six digits now
 */
export function halfTurnsNow(before: number, count: number): number {
    const parity = count >= HALF ? 1 : 0
    return (before & 1) === parity ? before : before + 1
}

/** All counts: whole turns, and the digits of the one in progress. */
export function totalOf(halfTurns: number, count: number): number {
    return (halfTurns >> 1) * PCF8593_MODULUS + count
}
