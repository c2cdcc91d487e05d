import { QUALITY_STALE, isGap } from "../../core/quality.js"
import { SensorDriver, SensorError } from "./driver.js"

/**
 * Takes a part for frozen when none of its readings has changed for N samples:
 * from then on they are gaps until one changes. For places that are never quiet;
 * a store room at night can give the same reading for hours.
 *
 *     sensors: [noticeFrozen(new SCD4x(bus), 30)]
 *
 * @param samples 1 or more
 * @returns the driver
 */
export function noticeFrozen(driver: SensorDriver, samples: number): SensorDriver {
    const before: number[] = []
    let unchanged = 0
    driver.inspect = () => {
        let isChanged = before.length === 0
        let readings = 0
        for (let i = 0; i < driver.values.length; i++) {
            if (isGap(driver.qualities[i])) continue
            readings++
            if (driver.values[i] !== before[i]) isChanged = true
            before[i] = driver.values[i]
        }
        if (readings === 0) return
        unchanged = isChanged ? 0 : unchanged + 1
        if (unchanged >= samples)
            throw new SensorError(QUALITY_STALE, driver.part + ": its readings do not change")
    }
    return driver
}
