import { Channel } from "../core/channel.js"

/** Decides which rows are recorded and how far apart they are; without one, all are. */
export interface Pace {
    /** Time to the next row, ms. */
    intervalMs: number
    /** @throws RangeError for options out of range */
    open: (columns: Channel[], intervalMs: number) => void
    /** Changes the (shortest) interval, ms. */
    changeInterval: (ms: number) => void
    /** Takes a row in. @param nowMs uptime @returns whether to record it */
    accepts: (nowMs: number, values: number[], qualities: number[]) => boolean
}
