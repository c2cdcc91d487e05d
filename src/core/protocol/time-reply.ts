/** Answers to time requests, as every program of the kit gives them: docs/mqtt.md. Portable. */

/** A computer whose clock tells a time before 2020, or from 2100 on, has lost it. */
const EARLIEST_UNIX_MS = 1577836800000
const LATEST_UNIX_MS = 4102444800000
/** Longest request: ms of 30,000 years. */
const MOST_DIGITS = 15

/**
 * @param request what came on time/get
 * @param unixMs Unix time when it came, ms
 * @returns what goes out on time/set; undefined when the request is none, or the time cannot be right
 */
export function timeReply(request: string, unixMs: number): string | undefined {
    if (!isUptime(request)) return undefined
    if (!(unixMs >= EARLIEST_UNIX_MS && unixMs < LATEST_UNIX_MS)) return undefined
    return request + " " + Math.floor(unixMs + 0.5)
}

function isUptime(text: string): boolean {
    if (text.length === 0 || text.length > MOST_DIGITS) return false
    for (let i = 0; i < text.length; i++) {
        const code = text.charCodeAt(i)
        if (code < 0x30 || code > 0x39) return false
    }
    return true
}
