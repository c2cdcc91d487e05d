/**
 * How times become row times of frames: ticks of the coarsest of 1 s, 0.1 s,
 * 10 ms and 1 ms that holds all of them. A schema's tick is whole milliseconds;
 * finer times leave a rest, which travels as a channel of its own.
 */
import type { SchemaChannel } from "../../../src/core/schema.js"
import type { ExactTime, TimeForm } from "../csv/exact-time.js"

/** How the first column is written. */
export interface TimeColumn {
    readonly name: string
    readonly form: TimeForm
    /** Digits behind the point. */
    readonly digits: number
}

export interface ClockPlan extends TimeColumn {
    readonly tickMs: number
    /** ns that one unit of the rest channel stands for; undefined without rest. */
    readonly restNanos: number | undefined
    /** Whether all times fit into frames as Unix time. */
    readonly isUnix: boolean
}

/** Name of the channel that holds what is finer than a tick. */
export const REST_CHANNEL = "time_rest"

const NANOS_PER_MS = 1_000_000
const MAX_UNIX_TICKS = 0xffffffff

/** @param places digits behind the second's point that the times need, 0 … 9 */
export function planClock(
    column: TimeColumn,
    places: number,
    first: ExactTime,
    last: ExactTime
): ClockPlan {
    const tickMs = 10 ** Math.max(0, 3 - places)
    return {
        ...column,
        tickMs,
        restNanos: places <= 3 ? undefined : places <= 6 ? 1000 : 1,
        isUnix: tickMs === 1000 && first.seconds >= 0 && last.seconds <= MAX_UNIX_TICKS,
    }
}

/** Ticks since 1970, an exact integer. */
export function ticksOf(time: ExactTime, tickMs: number): number {
    return time.seconds * (1000 / tickMs) + Math.floor(time.nanos / (tickMs * NANOS_PER_MS))
}

/** What is left behind the tick, in units of the rest channel. */
export function restOf(time: ExactTime, restNanos: number): number {
    return (time.nanos % NANOS_PER_MS) / restNanos
}

/** The inverse of {@link ticksOf} and {@link restOf}. @param rest ns */
export function timeOf(
    ticks: number,
    tickMs: number,
    rest: number
): { readonly seconds: number; readonly nanos: number } {
    const perSecond = 1000 / tickMs
    const seconds = Math.floor(ticks / perSecond)
    return { seconds, nanos: (ticks - seconds * perSecond) * tickMs * NANOS_PER_MS + rest }
}

/** The rest as schema records describe it. */
export function restChannel(restNanos: number): SchemaChannel {
    return {
        channel: {
            name: REST_CHANNEL,
            quantity: "time",
            unit: "s",
            unitCode: "SEC",
            scaleNumerator: 1,
            scaleDenominator: 1_000_000_000 / restNanos,
            min: 0,
            max: NANOS_PER_MS / restNanos - 1,
        },
        part: "CSV",
    }
}
