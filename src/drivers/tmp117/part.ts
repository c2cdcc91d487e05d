import { type Part } from "../shared/part.js"
import { TMP117Model } from "./model.js"

export const part: Part = {
    maker: "Texas Instruments",
    name: "TMP117",
    summary: "temperature, precisely",
    group: "climate",
    className: "TMP117",
    procedures: { className: "TMP117Offset", file: "drivers/tmp117/offset" },
    addresses: [0x48, 0x49, 0x4a, 0x4b],
    datasheet: {
        title: "TMP117",
        revision: "SNOSD82D, September 2022",
        url: "https://www.ti.com/product/TMP117",
    },
    checkValue: "none",
    identification: "device id 0x117",
    priceClass: "€",
    supply: {
        measuring: { typical: 0.135, max: 0.22 },
        between: { typical: 0.00015, max: 0.0005 },
        source: "SNOSD82B, electrical characteristics",
    },
    channels: [
        {
            name: "temperature",
            accuracy: "±0.1 °C at most from −20 to 50 °C",
            normal: -12.34,
            from: -60,
            to: 155,
            sweep: [-55, -25, -0.0078125, 0.0078125, 25, 100, 150],
        },
    ],
    model: address => new TMP117Model(address),
}
