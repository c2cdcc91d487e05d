import { type Part } from "../shared/part.js"
import { AHT20Model } from "./model.js"

export const part: Part = {
    maker: "ASAIR",
    name: "AHT20",
    summary: "temperature and relative humidity of air",
    group: "climate",
    className: "AHT20",
    addresses: [0x38],
    datasheet: {
        title: "AHT20",
        revision: "V1.0.03",
        url: "https://asairsensors.com/product/aht20-sensor/",
    },
    checkValue: "CRC-8 on the whole answer",
    identification: "none",
    priceClass: "€",
    channels: [
        { name: "temperature", accuracy: "±0.3 °C", normal: -12.34 },
        { name: "humidity", accuracy: "±2 %RH", normal: 56.78 },
    ],
    model: address => new AHT20Model(address),
}
