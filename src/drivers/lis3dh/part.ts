import { type Inputs, type Part, type PartChannel } from "../shared/part.js"
import { LIS3DHModel } from "./model.js"

const G = 9.80665

function axis(name: string, normal: number): PartChannel {
    return { name, accuracy: "±0.4 m/s² offset", normal, from: -20.5, to: 20.5 }
}

function lengthOf({ acceleration_x: x, acceleration_y: y, acceleration_z: z }: Inputs): number {
    return Math.hypot(x, y, z)
}

export const part: Part = {
    maker: "STMicroelectronics",
    name: "LIS3DH",
    summary: "acceleration, tilt, motion: has it been moved, has it fallen over",
    group: "motion",
    className: "LIS3DH",
    addresses: [0x18, 0x19],
    datasheet: {
        title: "LIS3DH",
        revision: "DocID17530 revision 2, December 2016",
        url: "https://www.st.com/en/mems-and-sensors/lis3dh.html",
    },
    checkValue: "none",
    identification: "who am I 0x33",
    priceClass: "€",
    supply: {
        measuring: { typical: 0.02 },
        between: { typical: 0.02 },
        source: "DocID17530, revision 2, table 12: 100 Hz in high resolution",
    },
    channels: [
        axis("acceleration_x", 1.23),
        axis("acceleration_y", -3.21),
        axis("acceleration_z", 9),
        {
            name: "tilt",
            accuracy: "±3°",
            input: "acceleration_x",
            normal: 1.23,
            from: -5,
            to: 5,
            // At rest only: 0.75 to 1.25 g.
            expected: inputs => {
                const length = lengthOf(inputs)
                if (length < 0.75 * G || length > 1.25 * G) return undefined
                return (1800 / Math.PI) * Math.acos(inputs["acceleration_z"] / length)
            },
            // 0.5 mg of each axis, and the step.
            tolerance: inputs => 0.6 + ((1800 / Math.PI) * 0.0009 * G) / lengthOf(inputs),
        },
    ],
    model: address => new LIS3DHModel(address),
}
