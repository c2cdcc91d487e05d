import { type Inputs, type Part, type PartChannel } from "../shared/part.js"
import { AMG8833Model } from "./model.js"

const WARM_UP = { seconds: 15, source: "time to stable output, Grid-EYE specifications" }

const BACKGROUND = 21.6
const SPOT = 30.3

function inQuarters({ background, spot }: Inputs): { background: number; spot: number } {
    return { background: Math.round(4 * background), spot: Math.round(4 * spot) }
}

function channel(
    name: string,
    input: "background" | "spot",
    accuracy: string,
    expected: (inputs: Inputs) => number,
    tolerance: number
): PartChannel {
    const normal = input === "spot" ? SPOT : BACKGROUND
    return { name, input, accuracy, warmUp: WARM_UP, normal, expected, tolerance }
}

/** The spot is a warm place from 2 °C above the background on. */
function placesOf(inputs: Inputs): number {
    const { background, spot } = inQuarters(inputs)
    return spot >= background + 8 ? 1 : 0
}

export const part: Part = {
    maker: "Panasonic",
    name: "AMG8833 (Grid-EYE)",
    summary: "thermal image of 8 × 8 pixels: is somebody there, how many",
    group: "distance and presence",
    className: "AMG8833",
    addresses: [0x69, 0x68],
    datasheet: {
        title: "Infrared Array Sensor Grid-EYE (AMG88), reference specifications",
        revision: "not known to us; figures from public drivers that agree",
        url: "https://industry.panasonic.com/global/en/products/sensors/built-in-sensors/grid-eye",
    },
    checkValue: "none",
    identification: "none",
    priceClass: "€€€",
    supply: {
        measuring: { typical: 4.5 },
        between: { typical: 4.5 },
        source: "Panasonic, Grid-EYE specifications: normal mode, in which the driver leaves it",
    },
    channels: [
        channel(
            "thermal_min",
            "background",
            "±2.5 °C",
            i => 100 * Math.min(i["background"], i["spot"]),
            12.6
        ),
        channel(
            "thermal_max",
            "spot",
            "±2.5 °C",
            i => 100 * Math.max(i["background"], i["spot"]),
            12.6
        ),
        channel(
            "thermal_mean",
            "background",
            "±2.5 °C",
            i => (100 * (60 * i["background"] + 4 * i["spot"])) / 64,
            13.1
        ),
        channel(
            "hottest_pixel",
            "spot",
            "–",
            inputs => {
                const { background, spot } = inQuarters(inputs)
                return spot > background ? 27 : 0
            },
            0
        ),
        channel("warm_places", "spot", "see README", placesOf, 0),
        channel("presence", "spot", "see README", placesOf, 0),
        { name: "housing_temperature", warmUp: WARM_UP, accuracy: "not stated", normal: 24.2 },
    ],
    model: address => new AMG8833Model(address),
    limits: { stuckBusy: "it measures by itself and has no flag that it did" },
}
