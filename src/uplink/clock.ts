import * as ds from "@devicescript/core"
import { ClockEstimate } from "../core/protocol/clock-estimate.js"

/**
 * The node's idea of Unix time. The board has no clock, so time comes as a
 * reply over MQTT, or from a clock part at boot; until then there is only uptime.
 */
export class NodeClock {
    /** Called when a time reply was taken and the time is not disputed; must not wait. */
    onReply: () => void = undefined

    private readonly estimate = new ClockEstimate()

    /** Whether {@link now} is Unix time. */
    isSet(): boolean {
        return this.estimate.isSet
    }

    /** Unix time in ms, or uptime in ms while that is unknown. */
    now(): number {
        const uptime = ds.millis()
        return this.estimate.isSet ? this.estimate.at(uptime) : uptime
    }

    /** Unix time of the node's boot in ms; 0 while unknown. */
    epoch(): number {
        return this.estimate.isSet ? this.estimate.at(0) : 0
    }

    /** Whether the newest time reply contradicts the clock. */
    isDisputed(): boolean {
        return this.estimate.rivals > 0
    }

    /** How long the last reply will do, ms. */
    refreshMs(): number {
        if (this.isDisputed()) return DISPUTED_MS
        return this.estimate.drift < RATE_KNOWN_PPM ? KNOWN_MS : LEARNING_MS
    }

    /**
     * Takes a time reply that came just now.
     *
     * @param request uptime in ms when the request was sent, as echoed by the server
     * @param unixMs the server's Unix time in ms
     * @returns false when the reply says nothing
     */
    accept(request: number, unixMs: number): boolean {
        if (!this.estimate.accept(request, ds.millis(), unixMs)) return false
        if (this.onReply !== undefined && !this.isDisputed()) this.onReply()
        return true
    }

    /** Takes the time of a clock part at boot, see {@link ClockEstimate.beginAt}. */
    beginAt(uptime: number, unixMs: number, uncertainty: number): boolean {
        return this.estimate.beginAt(uptime, unixMs, uncertainty)
    }

    /** Largest error of {@link now}, ms; only when the time is known. */
    uncertainty(): number {
        return this.estimate.errorAt(ds.millis())
    }

    /** The clock anchor record, see docs/mqtt.md. @param boot boot id */
    anchorText(boot: number): string {
        const e = this.estimate
        return (
            '{"v":1,"boot":' +
            boot +
            ',"uptime":' +
            e.uptime +
            ',"unix":' +
            e.unix +
            ',"uncertainty":' +
            e.uncertainty +
            ',"rate":' +
            e.rate +
            ',"drift":' +
            e.drift +
            "}"
        )
    }
}

/** Below this, half a day without replies costs less than three seconds, ppm. */
const RATE_KNOWN_PPM = 60
/** The time is refreshed this often while it is disputed, while the rate is learnt, and then, ms. */
const DISPUTED_MS = 5 * 60000
const LEARNING_MS = 15 * 60000
const KNOWN_MS = 6 * 3600 * 1000
