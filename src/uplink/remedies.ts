import * as ds from "@devicescript/core"
import { isNetworkAway, isNetworkHeard, isPicoW, rejoin, watchScans } from "./wifi.js"

/** Attempts that fail before the Wi-Fi is joined again; then after 7, 15, 31 … */
const REJOIN_AFTER = 3
/** TLS attempts that fail, the last one by timing out, before the board's only worker is taken for blocked. */
const BLOCKED_AFTER = 5
/** Attempts without Wi-Fi, about 2.5 s apart, before a Pico W is taken for one that does not join any more. */
const AWAY_AFTER = 30
/** How long a node whose rows are in RAM waits at least before it restarts, ms. */
const PATIENCE_MS = 10 * 60000

/**
 * What a node does about a network that does not come back by itself. Each remedy costs more
 * than the one before: try again, join the Wi-Fi again, restart.
 */
export class Remedies {
    private lastContact: number
    private hadBroker: boolean
    /** Attempts that failed since the broker was last heard, with a network. */
    private failures: number
    /** Attempts that failed since then for want of a network. */
    private away: number

    /**
     * @param isTls whether the connections are TLS ones
     * @param isDurable whether rows outlive a restart
     * @param limitMs time without broker after which the node restarts in any case; 0 = never
     */
    constructor(
        private readonly isTls: boolean,
        private readonly isDurable: boolean,
        private readonly limitMs: number
    ) {
        if (isPicoW()) watchScans()
        this.begin(false)
    }

    /** Everything is well. @param hadBroker whether the broker was heard just now */
    begin(hadBroker: boolean): void {
        this.lastContact = ds.millis()
        this.hadBroker = hadBroker
        this.failures = 0
        this.away = 0
    }

    /** An attempt to connect failed. @returns whether the node is to restart */
    async noteFailure(problem: string): Promise<boolean> {
        const isHopeless = await this.isHopeless(problem)
        const silentMs = ds.millis() - this.lastContact
        if (this.limitMs !== 0 && silentMs > this.limitMs) return true
        // A broker that is away for long must not make a node restart all the time.
        return isHopeless && ((this.isDurable && this.hadBroker) || silentMs > PATIENCE_MS)
    }

    /** Does what can be done short of a restart. @returns whether only that helps */
    private async isHopeless(problem: string): Promise<boolean> {
        if (isNetworkAway(problem)) {
            // An ESP32 goes on trying. A radio that never joined and hears nothing is as it should be.
            if (!isPicoW()) return false
            this.away = this.hadBroker || isNetworkHeard() ? this.away + 1 : 0
            return this.away >= AWAY_AFTER
        }
        this.failures++
        if (this.failures >= REJOIN_AFTER && (this.failures & (this.failures + 1)) === 0)
            await rejoin()
        // A Pico W has no connections left: each name that it still knew cost five.
        if (problem.indexOf("alloc pcb") >= 0) return true
        // An ESP32 gives up sooner by itself, unless its worker waits for a peer that is silent.
        return this.isTls && this.failures >= BLOCKED_AFTER && problem.indexOf("Timeout") >= 0
    }
}
