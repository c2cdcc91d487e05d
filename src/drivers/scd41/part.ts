import { type Part } from "../shared/part.js"
import { SCD4xModel } from "../scd4x/model.js"

export const part: Part = {
    maker: "Sensirion",
    name: "SCD41 on demand",
    summary: "carbon dioxide, temperature and humidity, measured when a station asks",
    group: "air quality",
    className: "SCD41",
    procedures: { className: "SCD4xCalibration", file: "drivers/scd4x/calibration" },
    addresses: [0x62],
    datasheet: {
        title: "SCD4x",
        revision: "version 1.7, April 2025",
        url: "https://sensirion.com/products/catalog/SCD41",
    },
    checkValue: "CRC-8 on each word",
    identification: "serial number and variant",
    priceClass: "€€€",
    supply: {
        measuring: { typical: 14.7, max: 17.9 },
        between: { typical: 0.15, max: 0.2 },
        peak: 205,
        source: "SCD4x, version 1.7, table 4, and version 1.3, 3.10: 243 mJ a measurement at 3.3 V",
    },
    sameChipAs: "scd4x",
    channels: [
        {
            name: "co2",
            warmUp: {
                seconds: 180,
                source: "three response times of 60 s, version 1.7, table 1; also the time before a recalibration, 3.8.1",
            },
            accuracy:
                "±(50 ppm + 2.5 %) up to 1000 ppm, ±(50 ppm + 3 %) up to 2000 ppm, ±(40 ppm + 5 %) up to 5000 ppm",
            normal: 1234,
            from: 1,
        },
        {
            name: "scd4x_temperature",
            warmUp: { seconds: 360, source: "three response times of 120 s, version 1.7, table 3" },
            input: "temperature",
            accuracy: "±0.8 °C",
            normal: -7.25,
        },
        {
            name: "scd4x_humidity",
            warmUp: { seconds: 270, source: "three response times of 90 s, version 1.7, table 2" },
            input: "humidity",
            accuracy: "±6 %RH",
            normal: 56.78,
        },
    ],
    model: address => new SCD4xModel(address, "f8969f073bbe", "SCD41"),
    everyMs: 10_000,
    recoverSamples: 3,
    sampleLimitMs: 13_000,
}
