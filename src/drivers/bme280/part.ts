import { type Part } from "../shared/part.js"
import { BME280Model } from "./model.js"

export const part: Part = {
    maker: "Bosch",
    name: "BME280",
    summary: "temperature and relative humidity of air, air pressure",
    group: "climate",
    className: "BME280",
    addresses: [0x76, 0x77],
    datasheet: {
        title: "BME280 – Data sheet, BST-BME280-DS001-24",
        revision: "revision 1.24",
        url: "https://www.bosch-sensortec.com/products/environmental-sensors/humidity-sensors-bme280/",
    },
    checkValue: "none",
    identification: "chip id 0x60",
    priceClass: "€€",
    supply: {
        measuring: { typical: 0.714 },
        between: { typical: 0.0001, max: 0.0003 },
        source: "BST-BME280-DS001, revision 1.24, table 1: the largest of three phases",
    },
    channels: [
        {
            name: "temperature",
            accuracy: "±0.5 °C at 0 … 65 °C, ±1.25 °C at −20 … 0 °C, ±1.5 °C at −40 … −20 °C",
            normal: -12.34,
        },
        { name: "pressure", accuracy: "±100 Pa at 0 … 65 °C, ±170 Pa below 0 °C", normal: 98765 },
        { name: "humidity", accuracy: "±3 %RH", normal: 56.78 },
    ],
    model: address => new BME280Model(address),
}
