/** From a node's uptime to Unix time, by the clock anchors of one boot. */
import type { ClockAnchor } from "./clock-record.js"

/** Anchors that are remembered per boot; at one per 6 h, those of 32 days. */
const MAX_ANCHORS = 128

/** When something was, and how wrong that may be. */
export interface Moment {
    /** Unix time, ms. */
    readonly unixMs: number
    /** Bound of the error, ms; undefined when none is known. */
    readonly uncertaintyMs: number | undefined
}

export class BootClock {
    /** By uptime, each uptime once. */
    private anchors: ClockAnchor[] = []

    get isKnown(): boolean {
        return this.anchors.length > 0
    }

    /** By uptime. */
    get known(): readonly ClockAnchor[] {
        return this.anchors
    }

    /** Anchors may come in any order and more than once; when there are too many the earliest go. */
    add(anchor: ClockAnchor): void {
        const others = this.anchors.filter(known => known.uptime !== anchor.uptime)
        const at = others.findIndex(known => known.uptime > anchor.uptime)
        others.splice(at < 0 ? others.length : at, 0, anchor)
        this.anchors = others.slice(-MAX_ANCHORS)
    }

    /**
     * Each anchor says between which two moments an uptime was. The true one is
     * within all of them, so the middle of what they share is taken. When they
     * share nothing, a time server was put right or wrong, or a clock drifted beyond
     * its bound: the newest, for which the node gave up the others, tells the time, but
     * how wrong it may be is not known.
     *
     * @param uptimeMs ms since boot
     * @returns undefined while there is no anchor
     */
    at(uptimeMs: number): Moment | undefined {
        const newest = this.anchors.at(-1)
        if (newest === undefined) return undefined
        let earliest = -Infinity
        let latest = Infinity
        for (const anchor of this.anchors) {
            const unixMs = unixAt(anchor, uptimeMs)
            const uncertaintyMs = errorAt(anchor, uptimeMs)
            earliest = Math.max(earliest, unixMs - uncertaintyMs)
            latest = Math.min(latest, unixMs + uncertaintyMs)
        }
        if (earliest > latest) return { unixMs: unixAt(newest, uptimeMs), uncertaintyMs: undefined }
        return { unixMs: (earliest + latest) / 2, uncertaintyMs: (latest - earliest) / 2 }
    }

    /**
     * How wrong a Unix time may be that the node took from its own clock, which
     * follows the newest anchor of that moment.
     *
     * @param unixMs the node's time, rounded to ticks
     * @param tickMs ms
     * @returns ms; undefined when that anchor is not known, or a later one contradicts it
     */
    uncertaintyOf(unixMs: number, tickMs: number): number | undefined {
        let worst: number | undefined
        for (let i = 0; i < this.anchors.length; i++) {
            const anchor = this.anchors[i]
            // An anchor can set the clock back, so several may give the same time.
            const uptime = uptimeAt(anchor, unixMs)
            const next = this.anchors[i + 1]?.uptime ?? Infinity
            if (uptime < anchor.uptime - tickMs || uptime > next + tickMs) continue
            if (this.isContradicted(i, uptime)) return undefined
            worst = Math.max(worst ?? 0, errorAt(anchor, uptime))
        }
        return worst
    }

    /** Whether the node gave an anchor up later: both cannot be true at this uptime, ms. */
    private isContradicted(index: number, uptimeMs: number): boolean {
        const anchor = this.anchors[index]
        const unixMs = unixAt(anchor, uptimeMs)
        const bound = errorAt(anchor, uptimeMs)
        return this.anchors
            .slice(index + 1)
            .some(
                later =>
                    Math.abs(unixAt(later, uptimeMs) - unixMs) > bound + errorAt(later, uptimeMs)
            )
    }
}

function unixAt(anchor: ClockAnchor, uptimeMs: number): number {
    return anchor.unix + (uptimeMs - anchor.uptime) * (1 + anchor.rate * 1e-9)
}

function uptimeAt(anchor: ClockAnchor, unixMs: number): number {
    return anchor.uptime + (unixMs - anchor.unix) / (1 + anchor.rate * 1e-9)
}

function errorAt(anchor: ClockAnchor, uptimeMs: number): number {
    return anchor.uncertainty + Math.abs(uptimeMs - anchor.uptime) * anchor.drift * 1e-6
}
