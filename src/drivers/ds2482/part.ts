import { type Part } from "../shared/part.js"
import { DS2482Model } from "./model.js"

export const part: Part = {
    maker: "Analog Devices",
    name: "DS18B20 on a DS2482-100",
    summary: "temperature of water and soil, probes on a cable",
    group: "climate",
    className: "DS2482",
    addresses: [0x18, 0x19, 0x1a, 0x1b],
    datasheet: {
        title: "DS2482-100 Single-Channel 1-Wire Master; DS18B20",
        revision: "DS18B20: revision 042208",
        url: "https://www.analog.com/en/products/ds2482-100.html",
    },
    checkValue: "CRC-8 on ROM code and scratchpad",
    identification: "ROM code of the probe",
    priceClass: "€€",
    supply: {
        measuring: { typical: 1, max: 1.5 },
        between: { typical: 0.00075, max: 0.001 },
        source: "DS18B20, 042208, of one probe; that of the DS2482 was not found",
    },
    channels: [
        {
            name: "temperature",
            accuracy: "±0.5 °C from −10 to 85 °C, ±2 °C at the ends",
            normal: -7.3125,
            sweep: [85, 125, 25.0625, 10.125, 0.5, -0.5, -10.125, -25.0625, -55],
        },
    ],
    // The simulated bus takes up to 20 ms per transfer, and 1-Wire bytes need two or three.
    sampleLimitMs: 5000,
    model: address => new DS2482Model(address),
}
