/** Clock anchors: what a node knew, at one moment of a boot, about Unix time. */
import { MAX_UNIX_MS, RecordReader } from "./record.js"

/**
 * Unix ms at uptime u (ms) of this boot is `unix + (u − uptime)·(1 + rate·1e-9)`,
 * wrong by at most `uncertainty + |u − uptime|·drift·1e-6` ms.
 */
export interface ClockAnchor {
    /** Boot id, 0 … 65,535. */
    readonly boot: number
    /** ms since boot. */
    readonly uptime: number
    /** Unix time, ms. */
    readonly unix: number
    /** ms. */
    readonly uncertainty: number
    /** How much too slow the node's clock runs, parts per billion. */
    readonly rate: number
    /** Bound of what the rate leaves uncorrected, ppm. */
    readonly drift: number
}

const MAX_COUNT = Number.MAX_SAFE_INTEGER
/** No oscillator is off by more: 1 %, in parts per billion. */
const MAX_RATE_PPB = 10_000_000
const MAX_DRIFT_PPM = 1_000_000

/**
 * @param payload the record as it was published
 * @throws RecordError naming the field that is wrong
 */
export function parseClock(payload: Uint8Array): ClockAnchor {
    const record = RecordReader.parse(payload, "clock record")
    record.integer("v", 1, 1)
    return {
        boot: record.integer("boot", 0, 65535),
        uptime: record.integer("uptime", 0, MAX_COUNT),
        unix: record.integer("unix", 1, MAX_UNIX_MS),
        uncertainty: record.integer("uncertainty", 0, MAX_COUNT),
        rate: record.integer("rate", -MAX_RATE_PPB, MAX_RATE_PPB),
        drift: record.integer("drift", 0, MAX_DRIFT_PPM),
    }
}
