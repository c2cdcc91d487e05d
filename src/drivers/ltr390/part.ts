import { type Part } from "../shared/part.js"
import { LTR390Model } from "./model.js"

export const part: Part = {
    maker: "LITEON",
    name: "LTR-390UV-01",
    summary: "illuminance and UV index",
    group: "light",
    className: "LTR390",
    addresses: [0x53],
    datasheet: {
        title: "LTR-390UV-01, DS86-2015-0004",
        revision: "version 1.1",
        url: "https://optoelectronics.liteon.com/upload/download/DS86-2015-0004/LTR-390UV_Final_%20DS_V1%201.pdf",
    },
    checkValue: "none",
    identification: "part id 0xB",
    priceClass: "€",
    supply: {
        measuring: { typical: 0.11 },
        between: { typical: 0.001 },
        source: "LTR-390UV-01, electrical specifications",
    },
    channels: [
        {
            name: "illuminance",
            accuracy: "±10 % under white LED",
            normal: 1234.5,
            sweep: [0.15, 0.3, 150, 157_286, 157_287],
        },
        { name: "uv_index", accuracy: "not specified", normal: 5.43, sweep: [0.01, 1, 11] },
    ],
    askedEarly: "the datasheet gives no longest time of a measurement, only the typical one",
    model: address => new LTR390Model(address),
}
