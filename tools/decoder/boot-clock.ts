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

    /** Anchors may come in any order and more than once; when there are too many the earliest go. */
    add(anchor: ClockAnchor): void {
        const others = this.anchors.filter(known => known.uptime !== anchor.uptime)
        const at = others.findIndex(known => known.uptime > anchor.uptime)
        others.splice(at < 0 ? others.length : at, 0, anchor)
        this.anchors = others.slice(-MAX_ANCHORS)
    }

    /**
     * Each anchor says between which two moments an uptime was. The true one is
     * within all of them, so the middle of what they share is taken.
     *
     * @param uptimeMs ms since boot
     * @returns undefined while there is no anchor
     */
    at(uptimeMs: number): Moment | undefined {
        if (!this.isKnown) return undefined
        let earliest = -Infinity
        let latest = Infinity
        let best: Moment & { uncertaintyMs: number } = { unixMs: 0, uncertaintyMs: Infinity }
        for (const anchor of this.anchors) {
            const unixMs = unixAt(anchor, uptimeMs)
            const uncertaintyMs = errorAt(anchor, uptimeMs)
            earliest = Math.max(earliest, unixMs - uncertaintyMs)
            latest = Math.min(latest, unixMs + uncertaintyMs)
            if (uncertaintyMs < best.uncertaintyMs) best = { unixMs, uncertaintyMs }
        }
        // Anchors that contradict each other: a time server was put right, or a
        // clock drifted beyond its bound. The one that promises most counts.
        if (earliest > latest) return best
        return { unixMs: (earliest + latest) / 2, uncertaintyMs: (latest - earliest) / 2 }
    }

    /**
     * How wrong a Unix time may be that the node took from its own clock, which
     * follows the newest anchor of that moment.
     *
     * @param unixMs the node's time, rounded to ticks
     * @param tickMs ms
     * @returns ms; undefined when that anchor is not known
     */
    uncertaintyOf(unixMs: number, tickMs: number): number | undefined {
        let worst: number | undefined
        for (let i = 0; i < this.anchors.length; i++) {
            const anchor = this.anchors[i]
            // An anchor can set the clock back, so several may give the same time.
            const uptime = uptimeAt(anchor, unixMs)
            const next = this.anchors[i + 1]?.uptime ?? Infinity
            if (uptime < anchor.uptime - tickMs || uptime > next + tickMs) continue
            worst = Math.max(worst ?? 0, errorAt(anchor, uptime))
        }
        return worst
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
