import * as ds from "@devicescript/core"
import { LoudPassage } from "../core/derived/passages.js"
import { QUALITY_SKIPPED } from "../core/quality.js"
import { Setting } from "../core/setting.js"
import { eventCountChannel } from "../drivers/shared/channels.js"
import { Derived, Source } from "./derived.js"

/** A tram is loud for 3 to 39 s between its first loud sample and its last, ms; half a second less and more for the clock. */
const SHORTEST_MS = 2500
const LONGEST_MS = 39500
/** Of samples that are further apart nobody can tell how long something was loud, ms. */
const RAREST_MS = 6000

/**
 * Counts passages of trams: "tram_passages" since the start. For a sample each second; with samples more than 6 s apart it
 * is a gap, for most trams would be missed.
 */
export class LoudPassages extends Derived {
    private readonly course = new LoudPassage(SHORTEST_MS, LONGEST_MS)
    private last = -1

    /** @param level in 0.1 dB @param limit in dB */
    constructor(
        private readonly level: Source,
        private readonly limit: Setting
    ) {
        super("passages", [level], [eventCountChannel("", "tram_passages", "passageCount")])
    }

    protected override derive(): void {
        const now = ds.millis()
        const since = now - this.last
        this.course.update(this.level.value() >= 10 * this.limit.value, now)
        this.put(0, this.course.passages)
        if (this.last >= 0 && since > RAREST_MS) this.qualities[0] = QUALITY_SKIPPED
        this.last = now
    }
}
