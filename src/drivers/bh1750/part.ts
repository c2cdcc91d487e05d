import { type Part } from "../shared/part.js"
import { BH1750Model } from "./model.js"

export const part: Part = {
    maker: "ROHM",
    name: "BH1750FVI",
    summary: "illuminance",
    group: "light",
    className: "BH1750",
    addresses: [0x23, 0x5c],
    datasheet: {
        title: "BH1750FVI, technical note 11046EDT01",
        revision: "revision D, November 2011",
        url: "https://www.rohm.com/products/sensors-mems/ambient-light-sensor-ics",
    },
    checkValue: "none",
    identification: "none",
    priceClass: "€",
    supply: {
        measuring: { typical: 0.12, max: 0.19 },
        between: { typical: 1e-5, max: 0.001 },
        source: "ROHM, technical note 2009.04 Rev.B, electrical characteristics",
    },
    channels: [{ name: "illuminance", accuracy: "±20 %", normal: 1234.5 }],
    model: address => new BH1750Model(address),
    limits: {
        stuckBusy: "it has no flag for that, and reads 0 lx",
        restingBus: "darkness reads as zeros, so 0 lx is marked as the end of the scale, not ok",
        wrongPart: "it has no identity, only a data register that is empty after a reset",
    },
}
