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

/** Gas index, 1 … 500, as Sensirion defines it: 100 is the usual air of the place for VOC, 1 for NOx. */
export function gasIndexChannel(prefix: string, name: string, quantity: string): Channel {
    return {
        name: (prefix ?? "") + name,
        quantity,
        unit: "1",
        unitCode: "C62",
        scaleNumerator: 1,
        scaleDenominator: 1,
        min: 1,
        max: 500,
    }
}

/**
 * Mass of particles in air up to a size; the name is the quantity: "pm1", "pm25", "pm4", "pm10".
 * @param steps steps in 1 µg/m³: 1 or 10
 * @param max the part's end of the scale, in steps
 */
export function particleMassChannel(
    prefix: string,
    name: string,
    steps: number,
    max: number
): Channel {
    return {
        name: (prefix ?? "") + name,
        quantity: name,
        unit: "ug/m3",
        unitCode: "GQ",
        scaleNumerator: 1,
        scaleDenominator: steps,
        min: 0,
        max,
    }
}

/**
 * Number of particles in air up to a size, per cm³; SenML has no unit for it.
 * @param size "05" for 0.5 µm, "1", "25", "4", "10"
 * @param steps steps in 1/cm³: 1 or 10
 * @param max the part's end of the scale, in steps
 */
export function particleNumberChannel(
    prefix: string,
    size: string,
    steps: number,
    max: number
): Channel {
    return {
        name: (prefix ?? "") + "number_pm" + size,
        quantity: "particleNumberPm" + size,
        unit: "1/cm3",
        unitCode: "H50",
        scaleNumerator: 1,
        scaleDenominator: steps,
        min: 0,
        max,
    }
}

/** Typical diameter of particles in air in 1 nm, 0 … 65,535 nm. */
export function particleSizeChannel(prefix: string): Channel {
    return {
        name: (prefix ?? "") + "typical_size",
        quantity: "typicalParticleSize",
        unit: "m",
        unitCode: "MTR",
        scaleNumerator: 1,
        scaleDenominator: 1000000000,
        min: 0,
        max: 65535,
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

/** Events since the counter began, 0 … 2³¹ − 1; it grows or begins anew. */
export function countChannel(prefix: string): Channel {
    return {
        name: (prefix ?? "") + "count",
        quantity: "count",
        unit: "count",
        unitCode: "C62",
        scaleNumerator: 1,
        scaleDenominator: 1,
        min: 0,
        max: 2147483647,
    }
}
