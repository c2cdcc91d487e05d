import { type Part } from "../shared/part.js"
import { VL53L0XModel } from "./model.js"

export const part: Part = {
    maker: "ST",
    name: "VL53L0X",
    summary: "distance by time of flight, up to 2 m",
    group: "distance and presence",
    className: "VL53L0X",
    addresses: [0x29],
    datasheet: {
        title: "VL53L0X, DS11555",
        revision: "revision 6, June 2024",
        url: "https://www.st.com/en/imaging-and-photonics-solutions/vl53l0x.html",
    },
    checkValue: "none",
    identification: "model id 0xEE",
    priceClass: "€",
    supply: {
        measuring: { typical: 19 },
        between: { typical: 0.006, max: 0.009 },
        peak: 40,
        source: "DS11555, revision 6, electrical characteristics",
    },
    channels: [
        {
            name: "distance",
            accuracy: "±4 % on white indoors (±3 % with 66 ms), ±7 % on grey and outdoors",
            normal: 0.789,
            sweep: [0.03, 1.2, 2, 2.001],
            // Beyond 2 m there is no target.
            expected: ({ distance }) => (distance > 2 ? undefined : 1000 * distance),
        },
        { name: "ambient_rate", accuracy: "not specified", normal: 12_300 },
    ],
    model: address => new VL53L0XModel(address),
}
