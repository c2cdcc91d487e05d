import { type Part } from "../shared/part.js"
import { SPS30Model } from "./model.js"

const MASS_SMALL = "±(5 µg/m³ + 5 %) up to 100 µg/m³, ±10 % above"
const MASS_LARGE = "±25 µg/m³ up to 100 µg/m³, ±25 % above"
const NUMBER_SMALL = "±100 /cm³ up to 1000 /cm³, ±10 % above"
const NUMBER_LARGE = "±250 /cm³ up to 1000 /cm³, ±25 % above"

export const part: Part = {
    maker: "Sensirion",
    name: "SPS30",
    summary: "particulate matter: PM1, PM2.5, PM4, PM10, numbers and typical size",
    group: "air quality",
    className: "SPS30",
    procedures: { className: "ParticleFan", file: "drivers/shared/sensirion/fan" },
    addresses: [0x69],
    datasheet: {
        title: "SPS30",
        revision: "version 2.0, June 2023",
        url: "https://sensirion.com/products/catalog/SPS30",
    },
    checkValue: "CRC-8 on each word",
    identification: "product type and serial number",
    priceClass: "€€€",
    supply: {
        measuring: { typical: 55, max: 65 },
        between: { typical: 55, max: 65 },
        peak: 80,
        source: "SPS30, version 2.0, table 4; the peak is that of the first 200 ms",
    },
    channels: [
        {
            name: "pm1",
            warmUp: { seconds: 30, source: "typical start-up time in clean air, table 1" },
            accuracy: MASS_SMALL,
            normal: 7,
        },
        {
            name: "pm25",
            warmUp: { seconds: 30, source: "typical start-up time in clean air, table 1" },
            accuracy: MASS_SMALL,
            normal: 12,
            sweep: [999, 1000, 1001],
        },
        {
            name: "pm4",
            warmUp: { seconds: 30, source: "typical start-up time in clean air, table 1" },
            accuracy: MASS_LARGE,
            normal: 19,
        },
        {
            name: "pm10",
            warmUp: { seconds: 30, source: "typical start-up time in clean air, table 1" },
            accuracy: MASS_LARGE,
            normal: 26,
        },
        {
            name: "number_pm05",
            warmUp: { seconds: 30, source: "typical start-up time in clean air, table 1" },
            accuracy: NUMBER_SMALL,
            normal: 41,
        },
        {
            name: "number_pm1",
            warmUp: { seconds: 30, source: "typical start-up time in clean air, table 1" },
            accuracy: NUMBER_SMALL,
            normal: 55,
        },
        {
            name: "number_pm25",
            warmUp: { seconds: 30, source: "typical start-up time in clean air, table 1" },
            accuracy: NUMBER_SMALL,
            normal: 58,
            sweep: [2999, 3000, 3001],
        },
        {
            name: "number_pm4",
            warmUp: { seconds: 30, source: "typical start-up time in clean air, table 1" },
            accuracy: NUMBER_LARGE,
            normal: 60,
        },
        {
            name: "number_pm10",
            warmUp: { seconds: 30, source: "typical start-up time in clean air, table 1" },
            accuracy: NUMBER_LARGE,
            normal: 62,
        },
        {
            name: "typical_size",
            warmUp: { seconds: 30, source: "typical start-up time in clean air, table 1" },
            accuracy: "not stated",
            normal: 0.553e-6,
        },
    ],
    model: address => new SPS30Model(address),
    options: "numbers: true, typicalSize: true",
    everyMs: 7000,
    settleSamples: 3,
    startSamples: 2,
    recoverSamples: 5,
}
