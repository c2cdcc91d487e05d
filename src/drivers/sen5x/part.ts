import { type Part } from "../shared/part.js"
import { SEN5xModel } from "./model.js"

const MASS_SMALL = "±(5 µg/m³ + 5 %) up to 100 µg/m³, ±10 % above"
const MASS_LARGE = "±25 µg/m³ up to 100 µg/m³, ±25 % above"

export const part: Part = {
    maker: "Sensirion",
    name: "SEN50, SEN54, SEN55",
    summary: "particulate matter, temperature, humidity, VOC and NOx index of air",
    group: "air quality",
    className: "SEN5x",
    procedures: { className: "ParticleFan", file: "drivers/shared/sensirion/fan" },
    addresses: [0x69],
    datasheet: {
        title: "SEN5x",
        revision: "version 2, March 2022",
        url: "https://sensirion.com/products/catalog/SEN55",
    },
    checkValue: "CRC-8 on each word",
    identification: "product name and serial number",
    priceClass: "€€€",
    supply: {
        measuring: { typical: 63, max: 80 },
        between: { typical: 63, max: 80 },
        peak: 110,
        source: "SEN5x, version 2, table 8: after the first minute, in which it is 70 mA",
    },
    channels: [
        {
            name: "pm1",
            warmUp: { seconds: 30, source: "typical start-up time in clean air, table 3" },
            accuracy: MASS_SMALL,
            normal: 7.3,
        },
        {
            name: "pm25",
            warmUp: { seconds: 30, source: "typical start-up time in clean air, table 3" },
            accuracy: MASS_SMALL,
            normal: 12.1,
            sweep: [999.9, 1000, 1000.1],
        },
        {
            name: "pm4",
            warmUp: { seconds: 30, source: "typical start-up time in clean air, table 3" },
            accuracy: MASS_LARGE,
            normal: 19.4,
        },
        {
            name: "pm10",
            warmUp: { seconds: 30, source: "typical start-up time in clean air, table 3" },
            accuracy: MASS_LARGE,
            normal: 26.8,
        },
        {
            name: "sen5x_temperature",
            warmUp: { seconds: 180, source: "three response times of 60 s, table 4" },
            input: "temperature",
            accuracy: "±0.45 °C",
            normal: -7.25,
        },
        {
            name: "sen5x_humidity",
            warmUp: { seconds: 60, source: "three response times of 20 s, table 4" },
            input: "humidity",
            accuracy: "±4.5 %RH",
            normal: 56.78,
        },
        {
            name: "voc_index",
            warmUp: { seconds: 3600, source: "time until specifications are met, table 5" },
            accuracy: "±15 points or 15 %",
            normal: 104,
        },
        {
            name: "nox_index",
            warmUp: { seconds: 21600, source: "time until specifications are met, table 5" },
            accuracy: "±50 points or 50 %",
            normal: 3,
        },
    ],
    model: address => new SEN5xModel(address),
    everyMs: 7000,
    settleSamples: 3,
    startSamples: 4,
    recoverSamples: 5,
    limits: {
        warmStart:
            "one that it stopped looks like a cold one; until it has settled its temperature can be too low, and is marked",
    },
}
