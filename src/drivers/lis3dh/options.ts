import { checkWhole } from "../shared/check-whole.js"
import { DriverOptions } from "../shared/driver.js"

/** Options of LIS3DH. */
export interface LIS3DHOptions extends DriverOptions {
    /** Full scale, g: 2 (default), 4, 8 or 16. */
    fullScale?: number
    /** Direction that is up when the thing stands as it should, x, y, z, −1000 … 1000; default [0, 0, 1000]. */
    upright?: number[]
    /** Tells about motion: adds the channel "motion", and events. */
    motion?: MotionOptions
}

export interface MotionOptions {
    /** Change of acceleration that is a motion, mg, 16 … 2000; default 80. */
    thresholdMilligravities?: number
    /** Tilt at which the thing has fallen over, °, 1 … 179; default: no such event. */
    tipDegrees?: number
    /** Time between two looks, ms, 100 … 60,000; default 500. */
    pollMs?: number
    /** So long without motion ends one; until then it gives no further event, s, 0 … 3600; default 10. */
    holdOffSeconds?: number
}

/** @throws RangeError for an option out of range */
export function checkLis3dhOptions(options: LIS3DHOptions): void {
    const upright = options.upright ?? [0, 0, 1000]
    let sum = 0
    for (let i = 0; i < upright.length; i++) {
        check("upright", upright[i], -1000, 1000)
        sum = sum + Math.abs(upright[i])
    }
    if (upright.length !== 3 || sum < 100)
        throw new RangeError("LIS3DH: upright must be a direction of 3 numbers")
    const motion = options.motion
    if (motion === undefined) return
    check("thresholdMilligravities", motion.thresholdMilligravities, 16, 2000)
    check("tipDegrees", motion.tipDegrees, 1, 179)
    check("pollMs", motion.pollMs, 100, 60000)
    check("holdOffSeconds", motion.holdOffSeconds, 0, 3600)
}

function check(name: string, value: number, min: number, max: number): void {
    if (value !== undefined) checkWhole("LIS3DH: " + name, value, min, max)
}
