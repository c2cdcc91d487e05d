import { type Part } from "../shared/part.js"
import { VL53L1XModel } from "./model.js"

export const part: Part = {
    maker: "ST",
    name: "VL53L1X",
    summary: "distance by time of flight, up to 3.6 m, and 4 m at a slower pace",
    group: "distance and presence",
    className: "VL53L1X",
    procedures: { className: "VL53L1XCompensation", file: "drivers/vl53l1x/compensation" },
    addresses: [0x29],
    datasheet: {
        title: "VL53L1X, DocID031281",
        revision: "revision 3, November 2018",
        url: "https://www.st.com/en/imaging-and-photonics-solutions/vl53l1x.html",
    },
    checkValue: "none",
    identification: "model id 0xEACC",
    priceClass: "€€",
    supply: {
        measuring: { typical: 16, max: 18 },
        between: { typical: 0.006, max: 0.009 },
        source: "DocID031281, revision 3, electrical characteristics",
    },
    channels: [
        {
            name: "distance",
            accuracy: "±20 mm on white in the dark, ±25 mm in light",
            normal: 1.234,
            sweep: [0.04, 1.3, 3.6, 3.601, 4],
            // Beyond 3.6 m there is no target for the default budget.
            expected: ({ distance }) => (distance > 3.6 ? undefined : 1000 * distance),
        },
        { name: "ambient_rate", accuracy: "not specified", normal: 12_300 },
    ],
    askedEarly: "a ranging takes its budget and a little more, of which no longest time is stated",
    model: address => new VL53L1XModel(address),
}
