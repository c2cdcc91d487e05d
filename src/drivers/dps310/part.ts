import { type Part } from "../shared/part.js"
import { DPS310Model } from "./model.js"

export const part: Part = {
    maker: "Infineon",
    name: "DPS310",
    summary: "air pressure, finely, and temperature",
    group: "climate",
    className: "DPS310",
    addresses: [0x77, 0x76],
    datasheet: {
        title: "DPS310",
        revision: "version 1.2",
        url: "https://www.infineon.com/cms/en/product/sensor/pressure-sensors/pressure-sensors-for-iot/dps310/",
    },
    checkValue: "none",
    identification: "product and revision id 0x10",
    priceClass: "€",
    channels: [
        { name: "temperature", accuracy: "±0.5 °C", normal: -12.34 },
        { name: "pressure", accuracy: "±100 Pa, ±6 Pa between two readings", normal: 98765.4 },
    ],
    model: address => new DPS310Model(address),
}
