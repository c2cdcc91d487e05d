import { SensorDriver } from "./driver.js"
import { sleep } from "../../scheduler/scheduler.js"

/** Longest time that a sample in progress may take, ms. */
const LONGEST_SAMPLE_MS = 15_000
const POLL_MS = 20

/**
 * Keeps a driver away from its part, so that somebody else can talk to it: samples give
 * "skipped" from now on. Returns when no sample is in progress. {@link giveBack} ends it.
 *
 * @throws Error when somebody has it already, or a sample does not end
 */
export async function takeOver(driver: SensorDriver): Promise<void> {
    if (driver.isPaused) throw new Error(driver.part + ": is already in maintenance")
    driver.isPaused = true
    for (let waited = 0; driver.isSampling; waited += POLL_MS) {
        if (waited >= LONGEST_SAMPLE_MS) {
            driver.isPaused = false
            throw new Error(driver.part + ": its sample does not end")
        }
        await sleep(POLL_MS)
    }
}

/** Sets the part up again and lets it be sampled. @returns whether it answered as it should */
export async function giveBack(driver: SensorDriver): Promise<boolean> {
    const isUp = await driver.init()
    driver.isPaused = false
    return isUp
}
