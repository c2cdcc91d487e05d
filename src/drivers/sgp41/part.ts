import { type Part } from "../shared/part.js"
import { SGP41Model } from "../sgp4x/model.js"

export const part: Part = {
    maker: "Sensirion",
    name: "SGP41",
    summary: "volatile organic compounds and nitrogen oxides in air, as raw signals or indices",
    group: "air quality",
    className: "SGP41",
    addresses: [0x59],
    datasheet: {
        title: "SGP41",
        revision: "version 1.0, December 2021",
        url: "https://sensirion.com/products/catalog/SGP41",
    },
    checkValue: "CRC-8 on each word",
    identification: "serial number and feature set",
    priceClass: "€€",
    supply: {
        measuring: { typical: 3 },
        between: { typical: 3 },
        source: "SGP41, version 1.0: at 3.3 V, the plates heated all the time",
    },
    channels: [
        {
            name: "sraw_voc",
            warmUp: { seconds: 60, source: "time until reliably detecting events, tables 1 and 2" },
            accuracy: "no absolute value",
            normal: 31_234,
        },
        {
            name: "sraw_nox",
            warmUp: { seconds: 60, source: "time until reliably detecting events, tables 1 and 2" },
            accuracy: "no absolute value",
            normal: 16_789,
        },
    ],
    model: address => new SGP41Model(address),
    // Conditioning of the NOx pixel.
    sampleLimitMs: 11_000,
    limits: {
        brownOut:
            "A supply that breaks in within the 0.2 s between the two measurements of a sample gives the reading of a cold plate.",
    },
}
