import { PassageCount } from "../core/derived/passages.js"
import { Setting } from "../core/setting.js"
import { eventCountChannel, numberChannel } from "../drivers/shared/channels.js"
import { Derived, Source } from "./derived.js"

const MOST = 100000

/** Passages counted by pulses: "passages" since the sample before, "passages_total" since the start. */
export class Passages extends Derived {
    private readonly passages = new PassageCount()

    /**
     * @param pulses a running total
     * @param perPassage pulses of one passage: a bicycle has two axles
     */
    constructor(
        private readonly pulses: Source,
        private readonly perPassage: Setting
    ) {
        super(
            "passages",
            [pulses],
            [
                numberChannel("passages", "passages", MOST),
                eventCountChannel("", "passages_total", "passageCount"),
            ]
        )
    }

    protected override derive(): void {
        this.passages.update(this.pulses.value(), this.perPassage.value)
        this.put(0, this.passages.latest)
        this.put(1, this.passages.total)
    }
}
