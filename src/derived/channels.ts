/** Channels of what is derived. Kinds that sensors measure too are those of src/drivers/shared/channels.ts. */
import { Channel } from "../core/channel.js"

function derived(
    name: string,
    quantity: string,
    unit: string,
    unitCode: string,
    denominator: number,
    min: number,
    max: number
): Channel {
    return {
        name,
        quantity,
        unit,
        unitCode,
        scaleNumerator: 1,
        scaleDenominator: denominator,
        min,
        max,
    }
}

/** In 0.01 °C. */
export function dewPointChannel(name: string): Channel {
    return derived(name, "dewPoint", "Cel", "CEL", 100, -10000, 10000)
}

/** In 0.1 %, 0 … 100 %. */
export function fillLevelChannel(): Channel {
    return derived("fill_level", "fillingLevel", "/100", "P1", 10, 0, 1000)
}

/** In 0.1 h. @param max in 0.1 h */
export function hoursChannel(name: string, quantity: string, max: number): Channel {
    return derived(name, quantity, "h", "HUR", 10, 0, max)
}

/** In 1 mm above a datum. */
export function waterLevelChannel(): Channel {
    return derived("water_level", "waterLevel", "m", "MTR", 1000, -100000, 100000)
}

/** In 1 mm/h. */
export function riseChannel(): Channel {
    return derived("rise", "waterLevelRate", "mm/h", "H67", 1, -100000, 100000)
}

/** In 1 Wh since the counter began. */
export function energyChannel(): Channel {
    return derived("energy", "energy", "Wh", "WHR", 1, 0, 2147483647)
}

/** In 1 W. */
export function meanPowerChannel(): Channel {
    return derived("mean_power", "power", "W", "WTT", 1, 0, 1000000)
}

/** In 0.1 mm since the counter began. */
export function rainChannel(): Channel {
    return derived("precipitation", "precipitationTotal", "mm", "MMT", 10, 0, 2147483647)
}
