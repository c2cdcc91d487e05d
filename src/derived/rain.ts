import { divRound } from "../core/fixed.js"
import { Setting } from "../core/setting.js"
import { rainChannel } from "./channels.js"
import { Derived, Source } from "./derived.js"

/** Rain by the tips of a bucket, "precipitation" in 0.1 mm since the counter began. */
export class TippedRain extends Derived {
    /** @param tips a running total @param bucket rain of one tip, µm */
    constructor(
        private readonly tips: Source,
        private readonly bucket: Setting
    ) {
        super("rain", [tips], [rainChannel()])
    }

    protected override derive(): void {
        this.put(0, divRound(this.tips.value() * this.bucket.value, 100))
    }
}
