import { type Part } from "../part.js"
import { MAX17048Model } from "./model.js"

export const part: Part = {
    maker: "Maxim",
    name: "MAX17048",
    summary: "charge of a battery of one lithium cell",
    group: "electrical",
    className: "MAX17048",
    addresses: [0x36],
    datasheet: {
        title: "MAX17048/MAX17049",
        revision: "19-6171 revision 7, November 2016",
        url: "https://www.analog.com/en/products/max17048.html",
    },
    checkValue: "none",
    identification: "version 0x001_",
    priceClass: "€",
    channels: [
        { name: "battery_voltage", accuracy: "±7.5 mV", normal: 3.8765, sweep: [2.5, 3, 3.6, 4.2] },
        {
            name: "battery_level",
            accuracy: "some %, after hours of use",
            normal: 61.23,
            sweep: [0.1, 50.5, 99.9],
        },
        {
            name: "charge_rate",
            accuracy: "an estimate",
            normal: -0.1234,
            from: -3,
            to: 3,
        },
    ],
    model: address => new MAX17048Model(address),
    limits: { stuckBusy: "it measures by itself and has no flag that it did" },
}
