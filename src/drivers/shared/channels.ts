import { Channel } from "../../core/channel.js"

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

/** Raw signal of a gas sensor in ticks, 0 … 65,535: a logarithm of a resistance, without unit. */
export function gasTicksChannel(prefix: string, name: string, quantity: string): Channel {
    return {
        name: (prefix ?? "") + name,
        quantity,
        unit: "1",
        unitCode: "C62",
        scaleNumerator: 1,
        scaleDenominator: 1,
        min: 0,
        max: 65535,
    }
}

/** Number of particles in 0.1 l of air. */
export function particleCountChannel(prefix: string, name: string): Channel {
    return {
        name: (prefix ?? "") + name,
        quantity: "particlesPerDecilitre",
        unit: "1",
        unitCode: "C62",
        scaleNumerator: 1,
        scaleDenominator: 1,
        min: 0,
        max: 65535,
    }
}

/** Voltage in 1/denominator V. @param min @param max in steps of it */
export function voltageChannel(
    prefix: string,
    denominator: number,
    min: number,
    max: number
): Channel {
    return {
        name: (prefix ?? "") + "voltage",
        quantity: "voltage",
        unit: "V",
        unitCode: "VLT",
        scaleNumerator: 1,
        scaleDenominator: denominator,
        min,
        max,
    }
}

/** Level above the probe in 1 mm. @param min @param max the probe's range in mm */
export function levelChannel(name: string, min: number, max: number): Channel {
    return {
        name,
        quantity: "waterLevel",
        unit: "m",
        unitCode: "MTR",
        scaleNumerator: 1,
        scaleDenominator: 1000,
        min,
        max,
    }
}

/** Soil moisture in 0.1 %, between a dry and a wet reference: not the water's share of the volume. */
export function soilMoistureChannel(prefix: string, name: string): Channel {
    return {
        name: (prefix ?? "") + name,
        quantity: "soilMoisture",
        unit: "/100",
        unitCode: "P1",
        scaleNumerator: 1,
        scaleDenominator: 10,
        min: 0,
        max: 1000,
    }
}

/** Loudness in 0.1 dB above a reference that is no sound pressure. @param min @param max in 0.1 dB */
export function relativeLoudnessChannel(name: string, min: number, max: number): Channel {
    return {
        name,
        quantity: "relativeLoudness",
        unit: "dB",
        unitCode: "2N",
        scaleNumerator: 1,
        scaleDenominator: 10,
        min,
        max,
    }
}

/** Electric current in 10 µA, positive from IN+ to IN−. @param max the shunt's range in 10 µA, either way */
export function currentChannel(prefix: string, max: number): Channel {
    return {
        name: (prefix ?? "") + "current",
        quantity: "current",
        unit: "A",
        unitCode: "AMP",
        scaleNumerator: 1,
        scaleDenominator: 100000,
        min: 0 - max,
        max,
    }
}

/** Electric power in 1 mW, with the sign of the current. @param max in mW, either way */
export function powerChannel(prefix: string, max: number): Channel {
    return {
        name: (prefix ?? "") + "power",
        quantity: "power",
        unit: "W",
        unitCode: "WTT",
        scaleNumerator: 1,
        scaleDenominator: 1000,
        min: 0 - max,
        max,
    }
}

/** State of charge of a battery in 0.1 %. */
export function batteryLevelChannel(prefix: string): Channel {
    return {
        name: (prefix ?? "") + "battery_level",
        quantity: "batteryLevel",
        unit: "%EL",
        unitCode: "P1",
        scaleNumerator: 1,
        scaleDenominator: 10,
        min: 0,
        max: 1000,
    }
}

/** Share of a battery's charge that comes (or, negative, goes) per hour, in 0.01 %. @param max in 0.01 %, either way */
export function chargeRateChannel(prefix: string, max: number): Channel {
    return {
        name: (prefix ?? "") + "charge_rate",
        quantity: "chargeRate",
        unit: "1/h",
        unitCode: "H10",
        scaleNumerator: 1,
        scaleDenominator: 10000,
        min: 0 - max,
        max,
    }
}

/** Acceleration along one axis in 0.001 m/s². @param axis "x", "y" or "z" @param max in 0.001 m/s², either way */
export function accelerationChannel(prefix: string, axis: string, max: number): Channel {
    return {
        name: (prefix ?? "") + "acceleration_" + axis,
        quantity: "acceleration",
        unit: "m/s2",
        unitCode: "MSK",
        scaleNumerator: 1,
        scaleDenominator: 1000,
        min: 0 - max,
        max,
    }
}

/** Angle between a direction and the vertical in 0.1°, 0 … 180°. */
export function tiltChannel(prefix: string): Channel {
    return {
        name: (prefix ?? "") + "tilt",
        quantity: "tilt",
        unit: "deg",
        unitCode: "DD",
        scaleNumerator: 1,
        scaleDenominator: 10,
        min: 0,
        max: 1800,
    }
}

/** How often something moved since the sample before. */
export function motionChannel(prefix: string): Channel {
    return {
        name: (prefix ?? "") + "motion",
        quantity: "motion",
        unit: "count",
        unitCode: "C62",
        scaleNumerator: 1,
        scaleDenominator: 1,
        min: 0,
        max: 1000000,
    }
}

/** Surface temperature by its radiation in 0.25 °C. @param name "thermal_max" … */
export function thermalChannel(name: string, min: number, max: number): Channel {
    return {
        name,
        quantity: "surfaceTemperature",
        unit: "Cel",
        unitCode: "CEL",
        scaleNumerator: 1,
        scaleDenominator: 100,
        min,
        max,
    }
}

/** A small number of things, or the number of one thing. @param quantity "peopleCount" is not one: it does not only grow */
export function numberChannel(name: string, quantity: string, max: number): Channel {
    return {
        name,
        quantity,
        unit: "count",
        unitCode: "C62",
        scaleNumerator: 1,
        scaleDenominator: 1,
        min: 0,
        max,
    }
}

/** Rate of events in 0.001 Hz. @param max in 0.001 Hz */
export function frequencyChannel(prefix: string, max: number): Channel {
    return {
        name: (prefix ?? "") + "frequency",
        quantity: "frequency",
        unit: "Hz",
        unitCode: "HTZ",
        scaleNumerator: 1,
        scaleDenominator: 1000,
        min: 0,
        max,
    }
}

/** Rain since the start; one step is a tip of the bucket: numerator / denominator mm. */
export function precipitationChannel(
    prefix: string,
    numerator: number,
    denominator: number
): Channel {
    return totalChannel(
        prefix,
        "precipitation",
        "precipitationTotal",
        "mm",
        "MMT",
        numerator,
        denominator
    )
}

/** Wind speed in 0.01 m/s, 0 … 100 m/s. */
export function windSpeedChannel(prefix: string): Channel {
    return {
        name: (prefix ?? "") + "wind_speed",
        quantity: "windSpeed",
        unit: "m/s",
        unitCode: "MTS",
        scaleNumerator: 1,
        scaleDenominator: 100,
        min: 0,
        max: 10000,
    }
}

/** Something that is or is not: 1 or 0. */
export function stateChannel(prefix: string, name: string, quantity: string): Channel {
    return {
        name: (prefix ?? "") + name,
        quantity,
        unit: "/",
        unitCode: "C62",
        scaleNumerator: 1,
        scaleDenominator: 1,
        min: 0,
        max: 1,
    }
}

/** Events since the start, 0 … 2³¹ − 1; then it begins at 0 again. */
export function eventCountChannel(prefix: string, name: string, quantity: string): Channel {
    return totalChannel(prefix, name, quantity, "count", "C62", 1, 1)
}

/** Sound level in 0.1 dB(A). @param min @param max in 0.1 dB */
export function soundLevelChannel(prefix: string, min: number, max: number): Channel {
    return {
        name: (prefix ?? "") + "sound_level",
        quantity: "soundLevel",
        unit: "dB",
        unitCode: "2N",
        scaleNumerator: 1,
        scaleDenominator: 10,
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

/** A running total, 0 … 2³¹ − 1. */
function totalChannel(
    prefix: string,
    name: string,
    quantity: string,
    unit: string,
    unitCode: string,
    scaleNumerator: number,
    scaleDenominator: number
): Channel {
    return {
        name: (prefix ?? "") + name,
        quantity,
        unit,
        unitCode,
        scaleNumerator,
        scaleDenominator,
        min: 0,
        max: 2147483647,
    }
}
