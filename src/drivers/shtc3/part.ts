import { type Part } from "../shared/part.js"
import { SHTC3Model } from "./model.js"

export const part: Part = {
    maker: "Sensirion",
    name: "SHTC3",
    summary: "temperature and relative humidity of air",
    group: "climate",
    className: "SHTC3",
    addresses: [0x70],
    datasheet: {
        title: "SHTC3",
        revision: "version 1, July 2018",
        url: "https://sensirion.com/products/catalog/SHTC3",
    },
    checkValue: "CRC-8 on each word",
    identification: "id register, 0x0807 under the mask 0x083f",
    priceClass: "€",
    supply: {
        measuring: { typical: 0.43, max: 0.9 },
        between: { typical: 0.0003, max: 0.0006 },
        source: "SHTC3, version 1, table 3",
    },
    channels: [
        { name: "temperature", accuracy: "±0.2 °C", normal: -12.34 },
        { name: "humidity", accuracy: "±2 %RH", normal: 56.78 },
    ],
    model: address => new SHTC3Model(address),
}
