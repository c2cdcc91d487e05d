/** Answers to time requests, as every program of the kit gives them: docs/mqtt.md. Not for the board. */

/** A computer whose clock tells a time before 2020, or from 2100 on, has lost it. */
const EARLIEST_UNIX_MS = Date.UTC(2020, 0, 1)
const LATEST_UNIX_MS = Date.UTC(2100, 0, 1)

/**
 * @param request what came on time/get
 * @param unixMs Unix time when it came, ms
 * @returns what goes out on time/set; undefined when the request is none, or the time cannot be right
 */
export function timeReply(request: string, unixMs: number): string | undefined {
    if (!/^\d{1,15}$/.test(request)) return undefined
    if (!(unixMs >= EARLIEST_UNIX_MS && unixMs < LATEST_UNIX_MS)) return undefined
    return `${request} ${Math.round(unixMs)}`
}
