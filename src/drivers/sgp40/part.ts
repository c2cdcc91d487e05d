import { type Part } from "../shared/part.js"
import { SGP40Model } from "../sgp4x/model.js"

export const part: Part = {
    maker: "Sensirion",
    name: "SGP40",
    summary: "volatile organic compounds in air, as raw signal or index",
    group: "air quality",
    className: "SGP40",
    addresses: [0x59],
    datasheet: {
        title: "SGP40",
        revision: "version 1.2, February 2022",
        url: "https://sensirion.com/products/catalog/SGP40",
    },
    checkValue: "CRC-8 on each word",
    identification: "serial number and feature set",
    priceClass: "€€",
    supply: {
        measuring: { typical: 2.6, max: 3 },
        between: { typical: 2.6, max: 3 },
        source: "SGP40, version 1.2, table 3: at 3.3 V, the plate heated all the time",
    },
    channels: [
        {
            name: "sraw_voc",
            warmUp: { seconds: 60, source: "time until reliably detecting events, table 1" },
            accuracy: "no absolute value; ±870 ticks per doubling of ethanol",
            normal: 31_234,
        },
    ],
    model: address => new SGP40Model(address),
    limits: {
        brownOut:
            "A supply that breaks in within the 0.2 s between the two measurements of a sample gives the reading of a cold plate.",
    },
}
