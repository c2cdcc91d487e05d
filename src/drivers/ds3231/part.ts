import { type Part } from "../shared/part.js"
import { DS3231Model } from "./model.js"

export const part: Part = {
    maker: "Analog Devices",
    name: "DS3231, DS3231M",
    summary: "clock that goes on without supply",
    group: "time",
    className: "DS3231",
    addresses: [0x68],
    datasheet: {
        title: "DS3231, extremely accurate I2C-integrated RTC/TCXO/crystal, 19-5170",
        revision: "revision 10, March 2015",
        url: "https://www.analog.com/en/products/ds3231.html",
    },
    checkValue: "none",
    identification: "none",
    priceClass: "€",
    supply: {
        measuring: { typical: 0.575 },
        between: { typical: 0.11 },
        source: "19-5170, revision 10, DC characteristics at 3.63 V: the largest ones",
    },
    channels: [
        {
            name: "clock_temperature",
            accuracy: "±3 °C; clock ±3.5 ppm (DS3231M: ±5 ppm), and ±5 ppm by ageing in ten years",
            input: "temperature",
            normal: -7.25,
            sweep: [25.25, -0.25, 0.25],
            // 0.25 °C per step of the part.
            tolerance: 12.5 + 1e-6,
        },
    ],
    model: address => new DS3231Model(address),
}
