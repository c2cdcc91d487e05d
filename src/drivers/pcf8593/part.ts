import { type Part } from "../shared/part.js"
import { PCF8593Model } from "./model.js"

export const part: Part = {
    maker: "NXP",
    name: "PCF8593",
    summary: "counter of events: wheels on a tube, loops, gates",
    group: "counting",
    className: "PCF8593",
    addresses: [0x51],
    datasheet: {
        title: "PCF8593, low power clock and calendar",
        revision: "revision 5, 24 January 2020",
        url: "https://www.nxp.com/docs/en/data-sheet/PCF8593.pdf",
    },
    checkValue: "none",
    identification: "none",
    priceClass: "€",
    supply: {
        measuring: { typical: 0.2 },
        between: { typical: 0.004, max: 0.015 },
        source: "PCF8593, revision 5, table 7: 5 V; the larger one at 100 kHz",
    },
    channels: [
        {
            name: "count",
            accuracy: "each pulse",
            normal: 4321,
            from: 0,
            to: 999_999,
            expected: ({ count }) => Math.floor(count),
            tolerance: 0,
        },
    ],
    model: address => new PCF8593Model(address),
    limits: { stuckBusy: "it counts by itself, and standing still looks like no traffic" },
}
