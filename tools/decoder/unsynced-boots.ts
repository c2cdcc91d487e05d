/**
 * Boots that ended before the node ever learnt the time, in an outage with a
 * power cut. Their rows know only the uptime at which they were taken, but they lie
 * between what came before the boot and what came after it. A program that was started
 * anew without a reset of the board does not begin at uptime 0.
 */
import { MAX_RATE_PPM } from "../../src/core/protocol/clock-estimate.js"
import type { Moment } from "./boot-clock.js"

/** Uptimes of the first and the last row of a boot, ms. */
export interface Span {
    readonly firstMs: number
    readonly lastMs: number
}

/**
 * @param earliestMs Unix ms that no row of these boots can be from before; undefined = nothing is known for certain
 * @param latestMs Unix ms that none can be from after
 * @param spans of each boot, oldest first
 * @returns the moment of each boot's uptime 0; the order of the rows is kept
 */
export function boundStarts(
    earliestMs: number | undefined,
    latestMs: number,
    spans: readonly Span[]
): Moment[] {
    const total = spans.reduce((sum, { firstMs, lastMs }) => sum + lastMs - firstMs, 0)
    const drift = total * MAX_RATE_PPM * 1e-6
    // The time without power is somewhere between the boots.
    const gap = earliestMs === undefined ? undefined : latestMs - earliestMs - total
    // Less than none: the time before or after them is wrong, and nobody knows which.
    const unpowered = gap === undefined || gap < -drift ? undefined : Math.max(0, gap)
    const uncertaintyMs = unpowered === undefined ? undefined : unpowered / 2 + drift
    let firstRow = latestMs - total - (unpowered ?? 0) / 2
    return spans.map(({ firstMs, lastMs }) => {
        const moment = { unixMs: firstRow - firstMs, uncertaintyMs }
        firstRow += lastMs - firstMs
        return moment
    })
}
