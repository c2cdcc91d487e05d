import { Channel } from "../core/channel.js"

/** Air temperature in 0.01 °C. @param min @param max the part's range in 0.01 °C */
export function temperatureChannel(prefix: string, min: number, max: number): Channel {
    return {
        name: (prefix ?? "") + "temperature",
        quantity: "temperature",
        unit: "Cel",
        unitCode: "CEL",
        scaleNumerator: 1,
        scaleDenominator: 100,
        min,
        max,
    }
}

/** Relative humidity in 0.01 %RH, 0 … 100 %RH. */
export function humidityChannel(prefix: string): Channel {
    return {
        name: (prefix ?? "") + "humidity",
        quantity: "relativeHumidity",
        unit: "%RH",
        unitCode: "P1",
        scaleNumerator: 1,
        scaleDenominator: 100,
        min: 0,
        max: 10000,
    }
}

/** Carbon dioxide in 1 ppm. */
export function co2Channel(prefix: string, min: number, max: number): Channel {
    return {
        name: (prefix ?? "") + "co2",
        quantity: "co2",
        unit: "ppm",
        unitCode: "59",
        scaleNumerator: 1,
        scaleDenominator: 1,
        min,
        max,
    }
}

/** Illuminance in 0.1 lx, or in other parts of a lux. @param max in these parts */
export function illuminanceChannel(prefix: string, max: number, stepsPerLux = 10): Channel {
    return {
        name: (prefix ?? "") + "illuminance",
        quantity: "illuminance",
        unit: "lx",
        unitCode: "LUX",
        scaleNumerator: 1,
        scaleDenominator: stepsPerLux,
        min: 0,
        max,
    }
}

/** Distance to a target in 1 mm. @param max in mm */
export function distanceChannel(prefix: string, max: number): Channel {
    return {
        name: (prefix ?? "") + "distance",
        quantity: "distance",
        unit: "m",
        unitCode: "MTR",
        scaleNumerator: 1,
        scaleDenominator: 1000,
        min: 0,
        max,
    }
}

/** Photons of the surroundings that one detector of a time-of-flight sensor counts, in 100 per second. */
export function ambientRateChannel(prefix: string): Channel {
    return {
        name: (prefix ?? "") + "ambient_rate",
        quantity: "ambientLightRate",
        unit: "1/s",
        unitCode: "C97",
        scaleNumerator: 100,
        scaleDenominator: 1,
        min: 0,
        max: 1000000,
    }
}

/** UV index in 0.01. @param max in 0.01 */
export function uvIndexChannel(prefix: string, max: number): Channel {
    return {
        name: (prefix ?? "") + "uv_index",
        quantity: "uvIndex",
        unit: "1",
        unitCode: "C62",
        scaleNumerator: 1,
        scaleDenominator: 100,
        min: 0,
        max,
    }
}
