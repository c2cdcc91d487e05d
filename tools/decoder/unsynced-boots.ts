/**
 * Boots that ended before the node ever learnt the time, in an outage with a
 * power cut. Their rows know only how long after the boot they were taken, but
 * the boot lies between what came before it and what came after it.
 */
import { MAX_RATE_PPM } from "../../src/uplink/wire/clock-estimate.js"
import type { Moment } from "./boot-clock.js"

/**
 * @param earliestMs Unix ms that the first of these boots can not have started before; undefined =
 * nothing is known
 * @param latestMs Unix ms at which the next boot with a clock had started
 * @param lastUptimesMs for each boot, oldest first, the uptime of its last row
 * @returns when each boot started; the order of the boots is kept
 */
export function boundStarts(
    earliestMs: number | undefined,
    latestMs: number,
    lastUptimesMs: readonly number[]
): Moment[] {
    const total = lastUptimesMs.reduce((sum, uptime) => sum + uptime, 0)
    if (earliestMs === undefined) {
        let start = latestMs - total
        return lastUptimesMs.map(uptime => {
            const moment = { unixMs: start, uncertaintyMs: undefined }
            start += uptime
            return moment
        })
    }
    // The time without power is somewhere between the boots.
    const unpowered = Math.max(0, latestMs - earliestMs - total)
    const uncertaintyMs = unpowered / 2 + total * MAX_RATE_PPM * 1e-6
    let start = earliestMs + unpowered / 2
    return lastUptimesMs.map(uptime => {
        const moment = { unixMs: start, uncertaintyMs }
        start += uptime
        return moment
    })
}
