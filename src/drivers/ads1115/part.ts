import { type Inputs, type Part, type PartChannel } from "../shared/part.js"
import { ADS1115Model } from "./model.js"

/** Full scales, mV; the finest one of which the voltage takes at most 90 % is the best. */
const SCALES = [256, 512, 1024, 2048, 4096, 6144]

/** Half a step and half a count of the best range, in 0.1 mV. */
function toleranceAt(volts: number): number {
    const scale = SCALES.find(mV => Math.abs(volts) <= (0.9 * mV) / 1000) ?? 6144
    return 0.5 + (10 * scale) / 65536 + 0.005
}

function pin(name: string, normal: number): PartChannel {
    return {
        name: `${name}_voltage`,
        accuracy: "±0.01 %, ±0.15 % at most, at 25 °C; ±3 counts",
        input: name,
        normal,
        // Just below and above each change of range.
        sweep: SCALES.flatMap(mV => [0.899, 0.901, 0.999, 1.001].map(x => (x * mV) / 1000)),
        tolerance: (inputs: Inputs) => toleranceAt(inputs[name]),
    }
}

export const part: Part = {
    maker: "Texas Instruments",
    name: "ADS1115",
    summary: "four voltages: level probes, soil probes, anything analog",
    group: "electrical",
    className: "ADS1115",
    addresses: [0x48, 0x49, 0x4a, 0x4b],
    datasheet: {
        title: "ADS111x",
        revision: "SBAS444D, January 2018",
        url: "https://www.ti.com/product/ADS1115",
    },
    checkValue: "none",
    identification: "none",
    priceClass: "€",
    supply: {
        measuring: { typical: 0.15, max: 0.2 },
        between: { typical: 0.0005, max: 0.002 },
        source: "SBAS444D, electrical characteristics",
    },
    channels: [pin("a0", 1.2345), pin("a1", 0.3), pin("a2", 2.5), pin("a3", 0.0123)],
    model: address => new ADS1115Model(address),
}
