/** A lithium cell that feeds a node for half a year, as a fuel gauge sees it. */
import { clamp } from "./course.js"
import { type Quantity } from "./place.js"

const LIFE_HOURS = 183 * 24

/** @param temperature at the cell, °C: in the cold its voltage drops */
export function battery(
    startMs: number,
    temperature: (unixMs: number) => number
): Record<"battery_voltage" | "battery_level" | "charge_rate", Quantity> {
    const level = (t: number) => clamp(100 * (1 - (t - startMs) / 3_600_000 / LIFE_HOURS), 0, 100)
    const voltage = (t: number) => {
        const share = level(t) / 100
        const rest = 3.4 + 0.55 * share + 0.22 * share ** 8
        return rest - 0.002 * clamp(20 - temperature(t), 0, 40)
    }
    return {
        battery_voltage: { unit: "V", min: 2.5, max: 4.25, at: voltage },
        battery_level: { unit: "%EL", min: 0, max: 100, at: level },
        charge_rate: { unit: "1/h", min: -10, max: 10, at: () => -100 / LIFE_HOURS },
    }
}
