import * as ds from "@devicescript/core"

/**
 * The node's idea of Unix time. The board has no clock, so time comes as a
 * reply over MQTT; until then there is only uptime.
 */
export class NodeClock {
    /** Unix time of the node's boot in ms; 0 while unknown. A double. */
    epoch = 0
    /** Largest error of {@link epoch} at the moment of the last reply, ms. */
    uncertainty = 0

    /** Whether {@link now} is Unix time. */
    isSet(): boolean {
        return this.epoch !== 0
    }

    /** Unix time in ms, or uptime in ms while that is unknown. */
    now(): number {
        return this.epoch + ds.millis()
    }

    /**
     * Takes a time reply. The server's time is taken to be that of the middle
     * of the round trip, so the error is at most half of it.
     *
     * @param request uptime in ms when the request was sent, as echoed by the server
     * @param unixMs the server's Unix time in ms
     */
    accept(request: number, unixMs: number): void {
        const uptime = ds.millis()
        const roundTrip = uptime - request
        if (roundTrip < 0 || roundTrip > MAX_ROUND_TRIP_MS) return
        this.epoch = Math.floor(unixMs + roundTrip / 2 - uptime)
        this.uncertainty = Math.ceil(roundTrip / 2)
    }
}

/** Replies that took longer say too little about the time, ms. */
const MAX_ROUND_TRIP_MS = 10000
