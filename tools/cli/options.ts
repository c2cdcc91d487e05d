/** Reads option values of the command line; commander shows what they throw. */
import { InvalidArgumentError } from "commander"
import { parseDuration } from "../../sim/time/duration.js"

/** "24h" → ms */
export function durationOption(text: string): number {
    const ms = parseDuration(text)
    if (ms === undefined)
        throw new InvalidArgumentError(
            "Write a time above zero such as 90s, 15m, 24h, 1h30m or 7d."
        )
    return ms
}

/** "max" → Infinity, "60" → 60 */
export function speedOption(text: string): number {
    if (text === "max") return Infinity
    const speed = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0
    if (!(speed > 0))
        throw new InvalidArgumentError(
            "Write max, or simulated seconds per second such as 1, 60 or 0.5."
        )
    return speed
}

/** A whole number within limits. */
export function integerOption(min: number, max: number): (text: string) => number {
    return text => {
        const value = /^\d+$/.test(text) ? Number(text) : NaN
        if (!(value >= min && value <= max))
            throw new InvalidArgumentError(`Write a whole number from ${min} to ${max}.`)
        return value
    }
}

/** For an option that may be given several times: its values so far. */
export function collectOption(text: string, before: readonly string[]): string[] {
    return [...before, text]
}

/** Whether a text can be the name of a site or node in topics. */
export function isName(text: string): boolean {
    return /^\w[\w.:-]{0,63}$/.test(text)
}

/** A name as it appears in topics. */
export function nameOption(text: string): string {
    if (!isName(text)) throw new InvalidArgumentError("Use letters, digits and -_.: only.")
    return text
}

/** Beginning of topics: one or more levels, no wildcards. */
export function prefixOption(text: string): string {
    if (!/^[\w.:-]+(\/[\w.:-]+)*$/.test(text))
        throw new InvalidArgumentError("Use letters, digits and -_.: in levels divided by /.")
    return text
}

/** "0-3,7" → 0, 1, 2, 3, 7 */
export function partsOption(text: string): number[] {
    const parts = new Set<number>()
    for (const range of text.split(",")) {
        const [, from, to = from] = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(range) ?? []
        if (from === undefined || Number(from) > Number(to))
            throw new InvalidArgumentError("Write numbers and ranges such as 0-3,7.")
        for (let part = Number(from); part <= Number(to); part++) parts.add(part)
    }
    return [...parts]
}
