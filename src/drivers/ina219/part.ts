import { type Part } from "../shared/part.js"
import { INA219Model } from "./model.js"

export const part: Part = {
    maker: "Texas Instruments",
    name: "INA219",
    summary: "voltage, current and power of a DC supply: battery, solar panel",
    group: "electrical",
    className: "INA219",
    addresses: Array.from({ length: 16 }, (_, i) => 0x40 + i),
    datasheet: {
        title: "INA219",
        revision: "SBOS448G, December 2015",
        url: "https://www.ti.com/product/INA219",
    },
    checkValue: "none",
    identification: "none",
    priceClass: "€",
    supply: {
        measuring: { typical: 0.7, max: 1 },
        between: { typical: 0.006, max: 0.015 },
        source: "SBOS448G, electrical characteristics",
    },
    channels: [
        {
            name: "voltage",
            accuracy: "±0.2 %, ±0.5 % at most at 25 °C, ±1 % from −25 to 85 °C",
            normal: 12.344,
            sweep: [0.004, 16, 26],
        },
        {
            name: "current",
            accuracy:
                "±0.2 %, ±0.5 % at most at 25 °C (INA219B: ±0.3 %), ±1 % (±0.5 %) from −25 to 85 °C, and ±0.4 mA, ±2 mA (±1 mA) at most, with 0.1 Ω; and the shunt's",
            normal: -0.4567,
        },
        {
            name: "power",
            accuracy: "±0.4 %, and the shunt's",
            input: "current",
            normal: -0.4567,
            expected: ({ voltage, current }) => 1000 * voltage * current,
            // Half a count of each factor, and half a step.
            tolerance: ({ voltage, current }) => 0.05 * voltage + 2 * Math.abs(current) + 0.51,
        },
    ],
    model: address => new INA219Model(address),
}
