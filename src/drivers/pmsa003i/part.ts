import { type Part } from "../shared/part.js"
import { PMSA003IModel } from "./model.js"

const ACCURACY = "±10 µg/m³ up to 100 µg/m³, ±10 % up to 500 µg/m³, from part to part"

export const part: Part = {
    maker: "Plantower",
    name: "PMSA003I",
    summary: "particulate matter in air: PM1, PM2.5, PM10",
    group: "air quality",
    className: "PMSA003I",
    addresses: [0x12],
    datasheet: {
        title: "PMSA003I series data manual",
        revision: "version 2.6",
        url: "https://www.adafruit.com/product/4632",
    },
    checkValue: "sum of the frame",
    identification: "none",
    priceClass: "€€€",
    supply: {
        measuring: { typical: 100 },
        between: { typical: 100 },
        source: "data manual, version 2.6: the largest one",
    },
    channels: [
        {
            name: "pm1",
            warmUp: { seconds: 30, source: "at least 30 s after wake-up, data manual" },
            accuracy: ACCURACY,
            normal: 12,
            sweep: [499, 500, 501],
        },
        {
            name: "pm25",
            warmUp: { seconds: 30, source: "at least 30 s after wake-up, data manual" },
            accuracy: ACCURACY,
            normal: 345,
        },
        {
            name: "pm10",
            warmUp: { seconds: 30, source: "at least 30 s after wake-up, data manual" },
            accuracy: ACCURACY,
            normal: 456,
        },
    ],
    model: address => new PMSA003IModel(address),
    everyMs: 3000,
    settleSamples: 2,
    // After a loss of power it does not answer for 2 s.
    recoverSamples: 2,
    startSamples: 2,
    limits: {
        stuckBusy:
            "It has no sign of a new measurement: a part that repeats its frame looks like steady air. noticeFrozen() helps where the air is never steady.",
        brownOut: "After a loss of power it gives its first frames before its fan is up to speed.",
    },
}
