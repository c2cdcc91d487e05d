import { type Part } from "../shared/part.js"
import { SCD30Model } from "./model.js"

export const part: Part = {
    maker: "Sensirion",
    name: "SCD30",
    summary: "carbon dioxide, temperature and relative humidity of air",
    group: "air quality",
    className: "SCD30",
    procedures: { className: "SCD30Calibration", file: "drivers/scd30/calibration" },
    addresses: [0x61],
    datasheet: {
        title: "Interface Description Sensirion SCD30",
        revision: "version 1.0, May 2020",
        url: "https://sensirion.com/products/catalog/SCD30",
    },
    checkValue: "CRC-8 on each word",
    identification: "firmware version and serial number",
    priceClass: "€€€",
    supply: {
        measuring: { typical: 19 },
        between: { typical: 19 },
        peak: 75,
        source: "SCD30, version 1.0: average at an interval of 2 s",
    },
    channels: [
        {
            name: "co2",
            warmUp: { seconds: 120, source: "time before a recalibration, 1.4.6" },
            accuracy: "±(30 ppm + 3 %)",
            normal: 1234,
            from: 1,
        },
        {
            name: "scd30_temperature",
            warmUp: { seconds: 120, source: "time before a recalibration, 1.4.6" },
            input: "temperature",
            accuracy: "±0.4 °C at 25 °C",
            normal: -7.25,
        },
        {
            name: "scd30_humidity",
            warmUp: { seconds: 120, source: "time before a recalibration, 1.4.6" },
            input: "humidity",
            accuracy: "±3 %RH",
            normal: 56.78,
        },
    ],
    model: address => new SCD30Model(address),
    everyMs: 3000,
    settleSamples: 3,
    startSamples: 3,
    recoverSamples: 5,
    sampleLimitMs: 4000,
}
