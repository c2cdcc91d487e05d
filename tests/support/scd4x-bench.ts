/** An SCD4x in a room, on a rig: what the driver's tests in several files share. */
import { PartProgram } from "../../sim/parts/part-program.js"
import { type DriverRig, type RigSample } from "../../sim/parts/driver-rig.js"
import { isGap } from "../../src/core/quality.js"
import { type RegisterModel } from "../../src/drivers/shared/register-model.js"
import { SCD4xModel } from "../../src/drivers/scd4x/model.js"
import { part } from "../../src/drivers/scd4x/part.js"

/** Longer than the part's interval, so that there is something new at each sample. */
const EVERY_MS = 6000

export const program = new PartProgram("scd4x", part)
export const PLAIN = program.variant()
export const SETTINGS = program.variant(
    "{ altitude: 155, temperatureOffset: 540, selfCalibration: false }"
)
export const CO2_ONLY = program.variant('{ only: "co2" }')
export const LOW_POWER = program.variant("{ lowPower: true }")

export function rigOf(models: RegisterModel[], driver = PLAIN, everyMs = EVERY_MS): DriverRig {
    return program.rig(driver, models, { everyMs })
}

export function roomModel(): SCD4xModel {
    return new SCD4xModel().feed("co2", 812).feed("temperature", -3.21).feed("humidity", 44.4)
}

/** With good samples behind it. */
export async function warmBench(): Promise<{ rig: DriverRig; model: SCD4xModel }> {
    const model = roomModel()
    const rig = rigOf([model])
    await rig.take(3)
    return { rig, model }
}

export function all(quality: number): number[] {
    return [quality, quality, quality]
}

/** Readings that are right, settled or not. */
export function isRoom({ values, qualities }: RigSample): boolean {
    const [co2, temperature, humidity] = values
    return (
        !qualities.some(isGap) &&
        co2 === 812 &&
        Math.abs(temperature + 321) <= 1 &&
        humidity === 4440
    )
}

export function isAllGaps({ qualities }: RigSample): boolean {
    return qualities.every(isGap)
}
