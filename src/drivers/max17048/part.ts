import { type Part } from "../shared/part.js"
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
    supply: {
        measuring: { typical: 0.023, max: 0.04 },
        between: { typical: 0.023, max: 0.04 },
        source: "19-6171, revision 7, electrical characteristics: it never hibernates",
    },
    channels: [
        { name: "battery_voltage", accuracy: "±7.5 mV", normal: 3.8765, sweep: [2.5, 3, 3.6, 4.2] },
        {
            name: "battery_level",
            warmUp: {
                seconds: 3600,
                source: "our choice; the error of an unrelaxed cell decays over about 80 min, figure 5",
            },
            accuracy: "some %, after hours of use",
            normal: 61.23,
            sweep: [0.1, 50.5, 99.9],
        },
        {
            name: "charge_rate",
            warmUp: {
                seconds: 3600,
                source: "our choice; the error of an unrelaxed cell decays over about 80 min, figure 5",
            },
            accuracy: "an estimate",
            normal: -0.1234,
            from: -3,
            to: 3,
        },
    ],
    model: address => new MAX17048Model(address),
    limits: { stuckBusy: "it measures by itself and has no flag that it did" },
}
