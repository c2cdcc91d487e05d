import { LoudPassage } from "../core/derived/passages.js"
import { Setting } from "../core/setting.js"
import { eventCountChannel } from "../drivers/shared/channels.js"
import { Derived, Source } from "./derived.js"

/** Samples in which a tram is loud, a second each. */
const SHORTEST = 4
const LONGEST = 40

/** Counts passages of trams: "tram_passages" since the start. For a sample a second. */
export class LoudPassages extends Derived {
    private readonly course = new LoudPassage(SHORTEST, LONGEST)

    /** @param level in 0.1 dB @param limit in dB */
    constructor(
        private readonly level: Source,
        private readonly limit: Setting
    ) {
        super("passages", [level], [eventCountChannel("", "tram_passages", "passageCount")])
    }

    protected override derive(): void {
        this.course.update(this.level.value() >= 10 * this.limit.value)
        this.put(0, this.course.passages)
    }
}
