import { type Part } from "../part.js"
import { SCD4xModel } from "./model.js"

export const part: Part = {
    maker: "Sensirion",
    name: "SCD40, SCD41",
    summary: "carbon dioxide, temperature and relative humidity of air",
    group: "air quality",
    className: "SCD4x",
    addresses: [0x62],
    datasheet: {
        title: "SCD4x",
        revision: "version 1.7, April 2025",
        url: "https://sensirion.com/products/catalog/SCD41",
    },
    checkValue: "CRC-8 on each word",
    identification: "serial number",
    priceClass: "€€€",
    channels: [
        {
            name: "co2",
            accuracy:
                "SCD40: ±(50 ppm + 5 %) up to 2000 ppm; SCD41: ±(50 ppm + 2.5 %) up to 1000 ppm, ±(50 ppm + 3 %) up to 2000 ppm, ±(40 ppm + 5 %) up to 5000 ppm",
            normal: 1234,
            from: 1,
        },
        {
            name: "scd4x_temperature",
            input: "temperature",
            accuracy: "±0.8 °C",
            normal: -7.25,
        },
        { name: "scd4x_humidity", input: "humidity", accuracy: "±6 %RH", normal: 56.78 },
    ],
    model: address => new SCD4xModel(address),
    everyMs: 6000,
    settleSamples: 3,
    startSamples: 3,
    recoverSamples: 6,
    sampleLimitMs: 4000,
}
