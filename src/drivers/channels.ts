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

/** Voltage in 0.001 V. @param min @param max in 0.001 V */
export function voltageChannel(prefix: string, min: number, max: number): Channel {
    return {
        name: (prefix ?? "") + "voltage",
        quantity: "voltage",
        unit: "V",
        unitCode: "VLT",
        scaleNumerator: 1,
        scaleDenominator: 1000,
        min,
        max,
    }
}

/** Moisture of soil between two calibrated points, in 0.1 %. */
export function soilMoistureChannel(prefix: string): Channel {
    return {
        name: (prefix ?? "") + "soil_moisture",
        quantity: "soilMoisture",
        unit: "%",
        unitCode: "P1",
        scaleNumerator: 1,
        scaleDenominator: 10,
        min: 0,
        max: 1000,
    }
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
