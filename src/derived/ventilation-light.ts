import * as ds from "@devicescript/core"
import { Threshold } from "../core/alarm/threshold.js"
import { isGap } from "../core/quality.js"
import { Setting } from "../core/setting.js"
import { SensorDriver } from "../drivers/shared/driver.js"
import { showColour } from "./light.js"
import { Source } from "./derived.js"

/** Of 255: it is looked at in a room, also in the dark. */
const BRIGHT = 60
/** The air must be so much better before the hint ends, ppm. */
const HYSTERESIS = 100

/**
 * A hint to open a window on the board's light: green while the air is good, yellow from the first
 * limit on, red from the second; dark while there is no reading. Two samples have to agree. Stands
 * behind the sensor in the list, and has no channels.
 */
export class VentilationLight extends SensorDriver {
    private readonly yellow = new Threshold(true, HYSTERESIS, 2)
    private readonly red = new Threshold(true, HYSTERESIS, 2)

    /**
     * @param light {@link boardLight}
     * @param co2 in ppm
     * @param air limit for yellow, ppm
     * @param stale limit for red, ppm
     */
    constructor(
        private readonly light: ds.Control,
        private readonly co2: Source,
        private readonly air: Setting,
        private readonly stale: Setting
    ) {
        super("derived: ventilation light", undefined, 0, [])
    }

    protected override async setup(): Promise<void> {}

    protected override async measure(): Promise<void> {
        if (isGap(this.co2.quality())) {
            await showColour(this.light, 0, 0)
            return
        }
        const co2 = this.co2.value()
        this.yellow.update(co2, this.air.value)
        this.red.update(co2, this.stale.value)
        const isRed = this.red.isOn
        await showColour(this.light, isRed || this.yellow.isOn ? BRIGHT : 0, isRed ? 0 : BRIGHT)
    }
}
