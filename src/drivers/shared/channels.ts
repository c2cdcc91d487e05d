import { Channel } from "../../core/channel.js"

function named(prefix: string, name: string): string {
    return (prefix ?? "") + name
}

function channel(
    name: string,
    quantity: string,
    unit: string,
    unitCode: string,
    scaleNumerator: number,
    scaleDenominator: number,
    min: number,
    max: number
): Channel {
    return { name, quantity, unit, unitCode, scaleNumerator, scaleDenominator, min, max }
}

/** Air temperature in 0.01 °C. @param min @param max the part's range in 0.01 °C */
export function temperatureChannel(prefix: string, min: number, max: number): Channel {
    return channel(named(prefix, "temperature"), "temperature", "Cel", "CEL", 1, 100, min, max)
}

/** Relative humidity in 0.01 %RH, 0 … 100 %RH. */
export function humidityChannel(prefix: string): Channel {
    return channel(named(prefix, "humidity"), "relativeHumidity", "%RH", "P1", 1, 100, 0, 10000)
}

/** Carbon dioxide in 1 ppm. */
export function co2Channel(prefix: string, min: number, max: number): Channel {
    return channel(named(prefix, "co2"), "co2", "ppm", "59", 1, 1, min, max)
}

/** Illuminance in 0.1 lx, or in other parts of a lux. @param max in these parts */
export function illuminanceChannel(prefix: string, max: number, stepsPerLux = 10): Channel {
    return channel(named(prefix, "illuminance"), "illuminance", "lx", "LUX", 1, stepsPerLux, 0, max)
}

/** Distance to a target in 1 mm. @param max in mm */
export function distanceChannel(prefix: string, max: number): Channel {
    return channel(named(prefix, "distance"), "distance", "m", "MTR", 1, 1000, 0, max)
}

/** Photons of the surroundings that one detector of a time-of-flight sensor counts, in 100 per second. */
export function ambientRateChannel(prefix: string): Channel {
    return channel(
        named(prefix, "ambient_rate"),
        "ambientLightRate",
        "1/s",
        "C97",
        100,
        1,
        0,
        1000000
    )
}

/** UV index in 0.01. @param max in 0.01 */
export function uvIndexChannel(prefix: string, max: number): Channel {
    return channel(named(prefix, "uv_index"), "uvIndex", "1", "C62", 1, 100, 0, max)
}

/** Gas index, 1 … 500, as Sensirion defines it: 100 is the usual air of the place for VOC, 1 for NOx. */
export function gasIndexChannel(prefix: string, name: string, quantity: string): Channel {
    return channel(named(prefix, name), quantity, "1", "C62", 1, 1, 1, 500)
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
    return channel(named(prefix, name), name, "ug/m3", "GQ", 1, steps, 0, max)
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
    return channel(
        named(prefix, "number_pm" + size),
        "particleNumberPm" + size,
        "1/cm3",
        "H50",
        1,
        steps,
        0,
        max
    )
}

/** Typical diameter of particles in air in 1 nm, 0 … 65,535 nm. */
export function particleSizeChannel(prefix: string): Channel {
    return channel(
        named(prefix, "typical_size"),
        "typicalParticleSize",
        "m",
        "MTR",
        1,
        1000000000,
        0,
        65535
    )
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
    return channel(
        named(prefix, "pressure"),
        "atmosphericPressure",
        "Pa",
        "PAL",
        1,
        perPascal,
        min,
        max
    )
}

/** Resistance of a gas sensor in 1 Ω: no concentration, and no index of air quality. */
export function gasResistanceChannel(prefix: string, min: number, max: number): Channel {
    return channel(named(prefix, "gas_resistance"), "gasResistance", "Ohm", "OHM", 1, 1, min, max)
}

/** Raw signal of a gas sensor in ticks, 0 … 65,535: a logarithm of a resistance, without unit. */
export function gasTicksChannel(prefix: string, name: string, quantity: string): Channel {
    return channel(named(prefix, name), quantity, "1", "C62", 1, 1, 0, 65535)
}

/** Number of particles in 0.1 l of air. */
export function particleCountChannel(prefix: string, name: string): Channel {
    return channel(named(prefix, name), "particlesPerDecilitre", "1", "C62", 1, 1, 0, 65535)
}

/** Voltage in 1/denominator V. @param min @param max in steps of it */
export function voltageChannel(
    prefix: string,
    denominator: number,
    min: number,
    max: number
): Channel {
    return channel(named(prefix, "voltage"), "voltage", "V", "VLT", 1, denominator, min, max)
}

/** Level above the probe in 1 mm. @param min @param max the probe's range in mm */
export function levelChannel(name: string, min: number, max: number): Channel {
    return channel(name, "waterLevel", "m", "MTR", 1, 1000, min, max)
}

/** Soil moisture in 0.1 %, between a dry and a wet reference: not the water's share of the volume. */
export function soilMoistureChannel(prefix: string, name: string): Channel {
    return channel(named(prefix, name), "soilMoisture", "/100", "P1", 1, 10, 0, 1000)
}

/** Loudness in 0.1 dB above a reference that is no sound pressure. @param min @param max in 0.1 dB */
export function relativeLoudnessChannel(name: string, min: number, max: number): Channel {
    return channel(name, "relativeLoudness", "dB", "2N", 1, 10, min, max)
}

/** Electric current in 10 µA, positive from IN+ to IN−. @param max the shunt's range in 10 µA, either way */
export function currentChannel(prefix: string, max: number): Channel {
    return channel(named(prefix, "current"), "current", "A", "AMP", 1, 100000, 0 - max, max)
}

/** Electric power in 1 mW, with the sign of the current. @param max in mW, either way */
export function powerChannel(prefix: string, max: number): Channel {
    return channel(named(prefix, "power"), "power", "W", "WTT", 1, 1000, 0 - max, max)
}

/** State of charge of a battery in 0.1 %. */
export function batteryLevelChannel(prefix: string): Channel {
    return channel(named(prefix, "battery_level"), "batteryLevel", "%EL", "P1", 1, 10, 0, 1000)
}

/** Share of a battery's charge that comes (or, negative, goes) per hour, in 0.01 %. @param max in 0.01 %, either way */
export function chargeRateChannel(prefix: string, max: number): Channel {
    return channel(named(prefix, "charge_rate"), "chargeRate", "1/h", "H10", 1, 10000, 0 - max, max)
}

/** Acceleration along one axis in 0.001 m/s². @param axis "x", "y" or "z" @param max in 0.001 m/s², either way */
export function accelerationChannel(prefix: string, axis: string, max: number): Channel {
    return channel(
        named(prefix, "acceleration_" + axis),
        "acceleration",
        "m/s2",
        "MSK",
        1,
        1000,
        0 - max,
        max
    )
}

/** Angle between a direction and the vertical in 0.1°, 0 … 180°. */
export function tiltChannel(prefix: string): Channel {
    return channel(named(prefix, "tilt"), "tilt", "deg", "DD", 1, 10, 0, 1800)
}

/** How often something moved since the sample before. */
export function motionChannel(prefix: string): Channel {
    return channel(named(prefix, "motion"), "motion", "count", "C62", 1, 1, 0, 1000000)
}

/** Surface temperature by its radiation in 0.25 °C. @param name "thermal_max" … */
export function thermalChannel(name: string, min: number, max: number): Channel {
    return channel(name, "surfaceTemperature", "Cel", "CEL", 1, 100, min, max)
}

/** A small number of things, or the number of one thing. @param quantity "peopleCount" is not one: it does not only grow */
export function numberChannel(name: string, quantity: string, max: number): Channel {
    return channel(name, quantity, "count", "C62", 1, 1, 0, max)
}

/** Rate of events in 0.001 Hz. @param max in 0.001 Hz */
export function frequencyChannel(prefix: string, max: number): Channel {
    return channel(named(prefix, "frequency"), "frequency", "Hz", "HTZ", 1, 1000, 0, max)
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
    return channel(named(prefix, "wind_speed"), "windSpeed", "m/s", "MTS", 1, 100, 0, 10000)
}

/** Something that is or is not: 1 or 0. */
export function stateChannel(prefix: string, name: string, quantity: string): Channel {
    return channel(named(prefix, name), quantity, "/", "C62", 1, 1, 0, 1)
}

/** Events since the start, 0 … 2³¹ − 1; then it begins at 0 again. */
export function eventCountChannel(prefix: string, name: string, quantity: string): Channel {
    return totalChannel(prefix, name, quantity, "count", "C62", 1, 1)
}

/** Sound level in 0.1 dB(A). @param min @param max in 0.1 dB */
export function soundLevelChannel(prefix: string, min: number, max: number): Channel {
    return channel(named(prefix, "sound_level"), "soundLevel", "dB", "2N", 1, 10, min, max)
}

/** Events since the counter began, 0 … 2³¹ − 1; it grows or begins anew. */
export function countChannel(prefix: string): Channel {
    return channel(named(prefix, "count"), "count", "count", "C62", 1, 1, 0, 2147483647)
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
    return channel(
        named(prefix, name),
        quantity,
        unit,
        unitCode,
        scaleNumerator,
        scaleDenominator,
        0,
        2147483647
    )
}
