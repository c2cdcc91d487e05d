import { type Part } from "../shared/part.js"
import { SHT3xModel } from "./model.js"

export const part: Part = {
    maker: "Sensirion",
    name: "SHT30, SHT31, SHT35",
    summary: "temperature and relative humidity of air",
    group: "climate",
    className: "SHT3x",
    addresses: [0x44, 0x45],
    datasheet: {
        title: "SHT3x-DIS",
        revision: "version 5, May 2018",
        url: "https://sensirion.com/products/catalog/SHT31-DIS-B",
    },
    checkValue: "CRC-8 on each word",
    identification: "status register and serial number",
    priceClass: "€",
    supply: {
        measuring: { typical: 0.8, max: 1.5 },
        between: { typical: 0.0002, max: 0.002 },
        source: "SHT3x-DIS, version 4, table 3",
    },
    channels: [
        {
            name: "temperature",
            accuracy: "±0.2 °C (SHT30, SHT31), ±0.1 °C (SHT35)",
            normal: -12.34,
        },
        {
            name: "humidity",
            accuracy: "±2 %RH (SHT30, SHT31), ±1.5 %RH (SHT35)",
            normal: 56.78,
        },
    ],
    model: address => new SHT3xModel(address),
}
