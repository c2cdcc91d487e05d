import * as ds from "@devicescript/core"
import { boardLight } from "../derived/light.js"
import { sleep } from "../scheduler/scheduler.js"

const BLINK_MS = 500
const BRIGHT = 255

/**
 * Lets the command "identify" blink the board's light, so that one finds the node
 * among others. What it gives never throws.
 *
 *     identify: blinkLight()
 *
 * @param light {@link boardLight}, when something else uses it as well
 */
export function blinkLight(light?: ds.Control): (seconds: number) => Promise<void> {
    const control = light ?? boardLight()
    return async seconds => await blink(control, seconds)
}

/** @param seconds 1 … 60 */
async function blink(control: ds.Control, seconds: number): Promise<void> {
    try {
        for (let i = 0; i < seconds; i++) {
            await control.setStatusLight(BRIGHT, BRIGHT, BRIGHT, 0)
            await sleep(BLINK_MS)
            await control.setStatusLight(0, 0, 0, 0)
            await sleep(BLINK_MS)
        }
    } catch {
        console.warn("station: this board has no light to blink")
    }
}
