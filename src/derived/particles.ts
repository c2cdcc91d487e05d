import { divRound } from "../core/fixed.js"
import { FOG, dryMassCrilley, massBarkjohn } from "../core/derived/particles.js"
import { QUALITY_SATURATED } from "../core/quality.js"
import { particleMassChannel } from "../drivers/shared/channels.js"
import { Derived, Source } from "./derived.js"

const MOST = 20000

/**
 * PM2.5 without the water that humid air adds, by two corrections of that name, 0.1 µg/m³: "pm25_crilley" and
 * "pm25_barkjohn". Beside the raw one, never instead of it. Above 95 %RH they are "saturated".
 */
export class CorrectedParticles extends Derived {
    private readonly steps: number

    /** @param pm25 in 1 or 0.1 µg/m³ @param humidity 0.01 %RH */
    constructor(
        private readonly pm25: Source,
        private readonly humidity: Source
    ) {
        super(
            "PM2.5",
            [pm25, humidity],
            [
                particleMassChannel("", "pm25_crilley", 10, MOST),
                particleMassChannel("", "pm25_barkjohn", 10, MOST),
            ]
        )
        this.steps = pm25.channel().scaleDenominator
    }

    protected override derive(): void {
        const humidity = this.humidity.value()
        const tenths = divRound(10 * this.pm25.value(), this.steps)
        this.put(0, dryMassCrilley(tenths, humidity))
        this.put(1, massBarkjohn(divRound(tenths, 10), humidity))
        if (humidity <= FOG) return
        this.qualities[0] = QUALITY_SATURATED
        this.qualities[1] = QUALITY_SATURATED
    }
}
