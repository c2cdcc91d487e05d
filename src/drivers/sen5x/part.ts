import { type Part } from "../part.js"
import { SEN5xModel } from "./model.js"

const MASS_SMALL = "±(5 µg/m³ + 5 %) up to 100 µg/m³, ±10 % above"
const MASS_LARGE = "±25 µg/m³ up to 100 µg/m³, ±25 % above"

export const part: Part = {
    maker: "Sensirion",
    name: "SEN50, SEN54, SEN55",
    summary: "particulate matter, temperature, humidity, VOC and NOx index of air",
    group: "air quality",
    className: "SEN5x",
    addresses: [0x69],
    datasheet: {
        title: "SEN5x",
        revision: "version 2, March 2022",
        url: "https://sensirion.com/products/catalog/SEN55",
    },
    checkValue: "CRC-8 on each word",
    identification: "product name and serial number",
    priceClass: "€€€",
    channels: [
        { name: "pm1", accuracy: MASS_SMALL, normal: 7.3 },
        { name: "pm25", accuracy: MASS_SMALL, normal: 12.1, sweep: [999.9, 1000, 1000.1] },
        { name: "pm4", accuracy: MASS_LARGE, normal: 19.4 },
        { name: "pm10", accuracy: MASS_LARGE, normal: 26.8 },
        {
            name: "sen5x_temperature",
            input: "temperature",
            accuracy: "±0.45 °C",
            normal: -7.25,
        },
        { name: "sen5x_humidity", input: "humidity", accuracy: "±4.5 %RH", normal: 56.78 },
        { name: "voc_index", accuracy: "±15 points or 15 %", normal: 104 },
        { name: "nox_index", accuracy: "±50 points or 50 %", normal: 3 },
    ],
    model: address => new SEN5xModel(address),
    everyMs: 7000,
    settleSamples: 3,
    startSamples: 4,
    recoverSamples: 5,
}
