import { type Part } from "../part.js"
import { VL53L1XModel } from "./model.js"

export const part: Part = {
    maker: "ST",
    name: "VL53L1X",
    summary: "distance by time of flight, up to 4 m",
    group: "distance and presence",
    className: "VL53L1X",
    addresses: [0x29],
    datasheet: {
        title: "VL53L1X, DocID031281",
        revision: "revision 3, November 2018",
        url: "https://www.st.com/en/imaging-and-photonics-solutions/vl53l1x.html",
    },
    checkValue: "none",
    identification: "model id 0xEACC",
    priceClass: "€€",
    channels: [
        {
            name: "distance",
            accuracy: "±20 mm on white in the dark",
            normal: 1.234,
            sweep: [0.04, 1.36, 4, 4.001],
            // Beyond 4 m there is no target.
            expected: ({ distance }) => (distance > 4 ? undefined : 1000 * distance),
        },
        { name: "ambient_rate", accuracy: "not specified", normal: 12_300 },
    ],
    askedEarly: "a ranging takes its budget and a little more, of which no longest time is stated",
    model: address => new VL53L1XModel(address),
}
