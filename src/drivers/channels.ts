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

/** Mass of particles in air in 1 µg/m³. @param name also the quantity: "pm1", "pm25", "pm10" */
export function particleMassChannel(prefix: string, name: string): Channel {
    return {
        name: (prefix ?? "") + name,
        quantity: name,
        unit: "ug/m3",
        unitCode: "GQ",
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
