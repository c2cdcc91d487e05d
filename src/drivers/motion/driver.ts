import * as ds from "@devicescript/core"
import { StateDriver, StateOptions } from "../shared/pins/state-driver.js"

const MOTION_NAMES = {
    state: "motion",
    stateQuantity: "motion",
    count: "movements",
    countQuantity: "movementCount",
}
const READING_BYTES = 1
/** "About a minute" after power-on the modules may tell movements that are none (HC-SR501). */
const SETTLE_MS = 60000

/**
 * Movement that a PIR module on a pin tells: whether there was any since the sample
 * before, and how often it began.
 *
 * @devsPart PIR motion sensor with a digital output
 * @devsServices motion
 */
export class Motion extends StateDriver {
    constructor(role: ds.Motion, options?: StateOptions) {
        super("PIR motion sensor", role, READING_BYTES, MOTION_NAMES, options)
        this.settlingMs = SETTLE_MS
        const self = this
        // The service also tells the end, in an event that DeviceScript does not know and drops.
        role.movement.subscribe(async () => self.began())
    }

    /** A movement between two samples counts, even when it is over. */
    protected override state(): boolean {
        return this.wasActive
    }
}
