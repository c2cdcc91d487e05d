import { Channel } from "../core/channel.js"
import { QUALITY_SKIPPED } from "../core/quality.js"
import { ChangeGate } from "../core/sampling/change-gate.js"
import { AdaptiveInterval } from "../core/sampling/schedule.js"
import { Pace } from "./pace.js"

/** Rows without change before the adaptive interval doubles. */
const QUIET_ROWS = 3

/** What counts as a change, and what becomes of rows without one. */
export interface OnChangeOptions {
    /**
     * Per channel name, in the channel's integers: a change of at least this
     * much counts as one; 0 = any. Channels that are left out never count.
     */
    deadbands: Record<string, number>
    /** Report on change: rows without change are left out for up to this long, s; default: none is. */
    heartbeatSeconds?: number
    /** With report on change: rows come at most this often, s; default 0. */
    minimumSeconds?: number
    /** Adaptive interval: while nothing changes, the interval grows up to this, s; default: it does not. */
    slowSeconds?: number
}

/**
 * Report on change, an adaptive interval, or both:
 *
 *     pace: onChange({ deadbands: { temperature: 20 }, heartbeatSeconds: 1800 })
 *
 * @throws RangeError at the start of the station, when the heartbeat is shorter
 *     than the minimum or the slow interval than the station's
 */
export function onChange(options: OnChangeOptions): Pace {
    return new OnChange(options)
}

class OnChange implements Pace {
    intervalMs = 0

    private gate: ChangeGate = undefined
    private adaptive: AdaptiveInterval = undefined

    constructor(private readonly options: OnChangeOptions) {}

    open(columns: Channel[], intervalMs: number): void {
        const options = this.options
        this.intervalMs = intervalMs
        if (options.slowSeconds !== undefined)
            this.adaptive = new AdaptiveInterval(intervalMs, options.slowSeconds * 1000, QUIET_ROWS)
        const deadbands: number[] = []
        // −1: such a channel never counts as changed.
        for (const column of columns) deadbands.push(options.deadbands[column.name] ?? -1)
        this.gate = new ChangeGate({
            deadbands,
            // Half an interval early: a row that is due must not wait for the next one.
            heartbeatMs:
                options.heartbeatSeconds === undefined
                    ? 0
                    : options.heartbeatSeconds * 1000 - Math.floor(intervalMs / 2),
            minimumMs: (options.minimumSeconds ?? 0) * 1000,
        })
    }

    changeInterval(ms: number): void {
        this.intervalMs = ms
        if (this.adaptive !== undefined)
            this.adaptive = new AdaptiveInterval(
                ms,
                Math.max(ms, this.options.slowSeconds * 1000),
                QUIET_ROWS
            )
    }

    accepts(nowMs: number, values: number[], qualities: number[]): boolean {
        if (this.adaptive !== undefined)
            // At a reference, or while its part is worked on, somebody waits for the next sample.
            this.intervalMs = this.adaptive.update(
                qualities.indexOf(QUALITY_SKIPPED) >= 0 || this.gate.hasChanged(values, qualities)
            )
        return this.gate.accepts(nowMs, values, qualities)
    }
}
