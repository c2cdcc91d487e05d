import { type Part } from "../shared/part.js"
import { VEML7700Model } from "./model.js"

export const part: Part = {
    maker: "Vishay",
    name: "VEML7700",
    summary: "illuminance, from night to bright sun",
    group: "light",
    className: "VEML7700",
    addresses: [0x10],
    datasheet: {
        title: "VEML7700, document number 84286",
        revision: "revision 1.8, 28 November 2024",
        url: "https://www.vishay.com/docs/84286/veml7700.pdf",
    },
    checkValue: "none",
    identification: "id 0x81",
    priceClass: "€",
    supply: {
        measuring: { typical: 0.045 },
        between: { typical: 0.0005 },
        source: "84286, revision 1.8, basic characteristics",
    },
    channels: [
        {
            name: "illuminance",
            accuracy: "not stated (±10 % in earlier revisions)",
            normal: 432.1,
            sweep: [0.0042, 0.1, 0.42, 1, 5.5, 33, 70, 215, 999, 1000, 1001, 5000, 20_000, 139_999],
            // Half a count of at least 100; in the dark, half a count of the finest range. Where the
            // correction begins, 1000 to 1074 lx read as one of the two.
            tolerance: ({ illuminance }) =>
                illuminance > 995 && illuminance < 1080 ? 8000 : 0.8 + 100 * 0.0053 * illuminance,
        },
    ],
    model: address => new VEML7700Model(address),
    limits: {
        stuckBusy: "it has no flag for new data, only a register with the last ones",
    },
}
