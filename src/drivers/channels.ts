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

/** Illuminance in 0.1 lx. */
export function illuminanceChannel(prefix: string, max: number): Channel {
    return {
        name: (prefix ?? "") + "illuminance",
        quantity: "illuminance",
        unit: "lx",
        unitCode: "LUX",
        scaleNumerator: 1,
        scaleDenominator: 10,
        min: 0,
        max,
    }
}

/**
 * Air pressure at the place of the sensor, not reduced to sea level.
 *
 * @param min the part's range, in steps
 * @param max the part's range, in steps
 * @param perPascal steps in 1 Pa
 */
export function airPressureChannel(
    prefix: string,
    min: number,
    max: number,
    perPascal = 1
): Channel {
    return {
        name: (prefix ?? "") + "pressure",
        quantity: "atmosphericPressure",
        unit: "Pa",
        unitCode: "PAL",
        scaleNumerator: 1,
        scaleDenominator: perPascal,
        min,
        max,
    }
}

/** Resistance of a gas sensor in 1 Ω: no concentration, and no index of air quality. */
export function gasResistanceChannel(prefix: string, min: number, max: number): Channel {
    return {
        name: (prefix ?? "") + "gas_resistance",
        quantity: "gasResistance",
        unit: "Ohm",
        unitCode: "OHM",
        scaleNumerator: 1,
        scaleDenominator: 1,
        min,
        max,
    }
}
