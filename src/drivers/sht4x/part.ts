import { type Part } from "../shared/part.js"
import { SHT4xModel } from "./model.js"

export const part: Part = {
    maker: "Sensirion",
    name: "SHT40, SHT41, SHT45",
    summary: "temperature and relative humidity of air",
    group: "climate",
    className: "SHT4x",
    addresses: [0x44, 0x45, 0x46],
    datasheet: {
        title: "SHT4x",
        revision: "version 6.5, July 2024",
        url: "https://sensirion.com/products/catalog/SHT40",
    },
    checkValue: "CRC-8 on each word",
    identification: "serial number",
    priceClass: "€",
    supply: {
        measuring: { typical: 0.32, max: 0.5 },
        between: { typical: 8e-5, max: 0.001 },
        source: "SHT4x, version 3, table 3",
    },
    channels: [
        {
            name: "temperature",
            accuracy: "±0.2 °C (SHT40, SHT41), ±0.1 °C (SHT45)",
            normal: -12.34,
        },
        {
            name: "humidity",
            accuracy: "±1.8 %RH (SHT40, SHT41), ±1.0 %RH (SHT45)",
            normal: 56.78,
            // The datasheet has results beyond the ends of the scale cropped.
            expected: ({ humidity }) => 100 * Math.min(100, Math.max(0, humidity)),
            tolerance: 0.75,
        },
    ],
    model: address => new SHT4xModel(address),
}
