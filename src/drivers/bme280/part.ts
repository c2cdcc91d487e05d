import { type Part } from "../part.js"
import { BME280Model } from "./model.js"

export const part: Part = {
    maker: "Bosch",
    name: "BME280",
    summary: "temperature and relative humidity of air, air pressure",
    group: "climate",
    className: "BME280",
    addresses: [0x76, 0x77],
    datasheet: {
        title: "BME280 – Data sheet, BST-BME280-DS002-15",
        revision: "revision 1.6, September 2018",
        url: "https://www.bosch-sensortec.com/products/environmental-sensors/humidity-sensors-bme280/",
    },
    checkValue: "none",
    identification: "chip id 0x60",
    priceClass: "€€",
    channels: [
        { name: "temperature", accuracy: "±0.5 °C at 25 °C, ±1 °C at 0 … 65 °C", normal: -12.34 },
        { name: "pressure", accuracy: "±100 Pa", normal: 98765 },
        { name: "humidity", accuracy: "±3 %RH", normal: 56.78 },
    ],
    model: address => new BME280Model(address),
}
