import * as ds from "@devicescript/core"
import { NodeClock } from "../uplink/clock.js"
import { ENTRY_CLOCK } from "../core/outbox/outbox.js"
import { ClockKeeper } from "./clock-keeper.js"

/** The clock part is looked at this often at most, ms. */
const CHECK_MS = 3600 * 1000
/** It is set again when it may be wrong by so much, ms: every few days. */
const STALE_MS = 2000
/** How often it is asked at boot. */
const ATTEMPTS = 2

/** The beginning of a second, as a clock part tells it. */
export interface Edge {
    /** Uptime of the node at that moment, ms. */
    uptime: number
    /** Unix time then, ms. */
    unix: number
    /** Largest error of {@link unix}, ms. */
    uncertainty: number
}

/** A clock that goes on without the node's supply. */
export interface ClockPart {
    /** @throws Error when its time is not to be trusted, or it does not answer */
    readEdge: () => Promise<Edge>
    /** @param unixMs Unix time now, ms */
    setTime: (unixMs: number) => Promise<void>
}

/**
 * Gives a node without network the time: its clock starts from the part at boot, and
 * the part is set from the network. A node whose part has no time starts without.
 *
 *     clock: keepTimeIn(new DS3231(bus))
 */
export function keepTimeIn(part: ClockPart): ClockKeeper {
    return async (clock, recorder, outbox) => {
        if (await start(part, clock)) {
            // Says how wrong the rows' time may be, before the first of them.
            const anchor = Buffer.from(clock.anchorText(recorder.boot))
            await outbox.push(ENTRY_CLOCK, anchor, anchor.length)
        }
        const keeper = new KeptTime(part, clock)
        clock.onReply = () => keeper.notice()
    }
}

async function start(part: ClockPart, clock: NodeClock): Promise<boolean> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        try {
            const edge = await part.readEdge()
            if (clock.beginAt(edge.uptime, edge.unix, edge.uncertainty)) return true
        } catch (e) {
            console.warn("station: no time from the clock part: " + messageOf(e))
        }
    }
    return false
}

class KeptTime {
    private isBusy = false
    private nextCheck = 0

    constructor(
        private readonly part: ClockPart,
        private readonly clock: NodeClock
    ) {}

    /** A time reply came. */
    notice(): void {
        if (this.isBusy || ds.millis() < this.nextCheck) return
        this.isBusy = true
        this.check.start()
    }

    private async check(): Promise<void> {
        try {
            if (await this.isWrong()) await this.part.setTime(this.clock.now())
            this.nextCheck = ds.millis() + CHECK_MS
        } catch (e) {
            console.warn("station: the clock part cannot be set: " + messageOf(e))
        }
        this.isBusy = false
    }

    private async isWrong(): Promise<boolean> {
        try {
            const edge = await this.part.readEdge()
            const now = this.clock.now()
            const told = edge.unix + ds.millis() - edge.uptime
            const bound = edge.uncertainty + this.clock.uncertainty()
            return edge.uncertainty > STALE_MS || Math.abs(told - now) > bound
        } catch {
            return true
        }
    }
}

function messageOf(e: unknown): string {
    return e instanceof Error ? e.message : "error"
}
