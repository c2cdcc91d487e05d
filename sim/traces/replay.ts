/**
 * Plays a recorded quantity back in simulated time.
 *
 * With a clock: the day of the recording that was asked for falls on the first
 * simulated day, 08:30 on 08:30; the days after it follow, and after the last
 * one the first comes again. Where nothing was recorded for more than an hour
 * (or three intervals of a slow recording), the same time of day of the nearest
 * recorded day is played; when no day has it, a straight line bridges the gap.
 *
 * Without a clock: the recording starts with the simulation and repeats.
 */
import { TraceError, type TraceColumn } from "./trace.js"
import { dayMsOf } from "../time/iso-time.js"

const DAY_MS = 86_400_000
const LONGEST_BRIDGE_MS = 3_600_000

/** Between samples: a straight line, or the last value until the next one. */
export type Interpolation = "linear" | "previous"

export interface ReplayOptions {
    /** Name of the recording, for messages. */
    readonly trace: string
    /** Whether the column's times are Unix times. */
    readonly hasClock: boolean
    /** Start of the simulation, Unix ms. */
    readonly startMs: number
    /** Recorded day for the first simulated day, "2024-01-15"; default: the first one. */
    readonly firstDay?: string
    readonly interpolation?: Interpolation
    /** The simulated place is this much behind the recorded one, ms. */
    readonly lagMs?: number
}

/**
 * @returns the recorded value as a function of simulated Unix time in ms
 * @throws TraceError when the column is empty or does not hold the day asked for
 */
export function replay(column: TraceColumn, options: ReplayOptions): (unixMs: number) => number {
    const { times, values } = column
    if (times.length === 0)
        throw new TraceError(`${options.trace}: the column ${column.name} holds no values`)
    const interpolation = options.interpolation ?? "linear"
    const lag = options.lagMs ?? 0
    const recording = new Recording(times, values, interpolation)
    if (!options.hasClock)
        return unixMs =>
            recording.looped(times[0] + unixMs - lag - options.startMs, recording.period)

    const firstRecorded = dayOf(times[0])
    const days = dayOf(times.at(-1) as number) - firstRecorded + 1
    const wanted =
        options.firstDay === undefined ? firstRecorded : dayOf(parseDay(options.firstDay))
    if (wanted < firstRecorded || wanted >= firstRecorded + days)
        throw new TraceError(
            `${options.trace}: nothing was recorded on ${options.firstDay}; the recording begins ` +
                `on ${dayText(firstRecorded)} and ends on ${dayText(firstRecorded + days - 1)}`
        )
    const startDay = dayOf(options.startMs)
    return unixMs => {
        const at = unixMs - lag
        const timeOfDay = at - dayOf(at) * DAY_MS
        const day = modulo(dayOf(at) - startDay + wanted - firstRecorded, days)
        for (let distance = 0; distance < days; distance++)
            for (const other of [day + distance, day - distance]) {
                const found = recording.at(
                    (firstRecorded + modulo(other, days)) * DAY_MS + timeOfDay
                )
                if (found !== undefined) return found
            }
        return recording.looped((firstRecorded + day) * DAY_MS + timeOfDay, days * DAY_MS)
    }
}

class Recording {
    /** Length of one pass of a recording without clock, ms. */
    readonly period: number
    private readonly longestBridge: number

    constructor(
        private readonly times: Float64Array,
        private readonly values: Float64Array,
        private readonly interpolation: Interpolation
    ) {
        const step = medianStep(times)
        this.period = (times.at(-1) as number) - times[0] + step
        this.longestBridge = Math.max(LONGEST_BRIDGE_MS, 3 * step)
    }

    /** The value at a recorded time; undefined where nothing was recorded. */
    at(time: number): number | undefined {
        const before = lastAtOrBefore(this.times, time)
        if (before < 0) return undefined
        const from = this.times[before]
        if (from === time) return this.values[before]
        if (before + 1 === this.times.length) return undefined
        const to = this.times[before + 1]
        if (to - from > this.longestBridge) return undefined
        return this.between(before, before + 1, (time - from) / (to - from))
    }

    /** The value at a time of the endlessly repeated recording; any gap is bridged. */
    looped(time: number, period: number): number {
        const first = this.times[0]
        const at = first + modulo(time - first, period)
        const before = lastAtOrBefore(this.times, at)
        const after = (before + 1) % this.times.length
        const from = this.times[before]
        const to = after === 0 ? first + period : this.times[after]
        return this.between(before, after, to === from ? 0 : (at - from) / (to - from))
    }

    private between(before: number, after: number, share: number): number {
        const a = this.values[before]
        if (this.interpolation === "previous") return a
        return a + (this.values[after] - a) * share
    }
}

/** Index of the last time that is not above `time`, or -1. */
function lastAtOrBefore(times: Float64Array, time: number): number {
    let low = 0
    let high = times.length
    while (low < high) {
        const middle = (low + high) >> 1
        if (times[middle] <= time) low = middle + 1
        else high = middle
    }
    return low - 1
}

/** The usual time between samples; one minute for a single sample. */
function medianStep(times: Float64Array): number {
    if (times.length < 2) return 60_000
    const steps = times.slice(1).map((time, i) => time - times[i])
    return steps.sort()[steps.length >> 1]
}

function parseDay(firstDay: string): number {
    const time = dayMsOf(firstDay)
    if (time === undefined)
        throw new TraceError(`"${firstDay}" is not a day; write it as 2024-01-15`)
    return time
}

function dayOf(unixMs: number): number {
    return Math.floor(unixMs / DAY_MS)
}

function dayText(day: number): string {
    return new Date(day * DAY_MS).toISOString().slice(0, 10)
}

function modulo(value: number, divisor: number): number {
    return value - Math.floor(value / divisor) * divisor
}
