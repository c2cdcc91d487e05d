import { type Part } from "../shared/part.js"
import { BMP280Model } from "./model.js"

export const part: Part = {
    maker: "Bosch",
    name: "BMP280",
    summary: "air pressure and temperature",
    group: "climate",
    className: "BMP280",
    addresses: [0x76, 0x77],
    datasheet: {
        title: "BMP280 – Data sheet, BST-BMP280-DS001-11",
        revision: "revision 1.14, May 2015",
        url: "https://www.bosch-sensortec.com/products/environmental-sensors/pressure-sensors/bmp280/",
    },
    checkValue: "none",
    identification: "chip id 0x58",
    priceClass: "€",
    supply: {
        measuring: { typical: 0.72, max: 1.12 },
        between: { typical: 0.0001, max: 0.0003 },
        source: "BST-BMP280-DS001, revision 1.14, table 2: the largest of two phases",
    },
    channels: [
        { name: "temperature", accuracy: "±0.5 °C at 25 °C, ±1 °C at 0 … 65 °C", normal: -12.34 },
        { name: "pressure", accuracy: "±100 Pa", normal: 98765 },
    ],
    model: address => new BMP280Model(address),
}
