/** The worked examples of docs/procedures that are corrections of the node: between their points readings are right within what the certificate says. */
import { afterEach, expect, it } from "vitest"
import { toUnit } from "../../src/core/channel.js"
import { type FitMethod } from "../../tools/calibration/fit.js"
import { channelNamed } from "../../tools/calibration/node-session.js"
import { calibrate } from "../../tools/calibration/session.js"
import { openSimBench, type SensorFault, type SimBench } from "../../tools/calibration/sim-bench.js"
import { type SimSetName } from "../../tools/calibration/sim-sets.js"

interface Example {
    readonly set: SimSetName
    readonly channel: string
    readonly fault: Partial<SensorFault>
    readonly points: readonly number[]
    readonly method: FitMethod
    readonly uncertainty: number
    /** True values that are measured afterwards. */
    readonly between: readonly number[]
}

const EXAMPLES: Readonly<Record<string, Example>> = {
    "a level probe of 4 to 20 mA in two points and one between": {
        ...{ set: "water", channel: "level", fault: { gain: 1.02, offset: -0.03 } },
        ...{ points: [0.5, 2, 4], method: "least-squares", uncertainty: 0.005 },
        between: [0.2, 1.2, 3, 4.6],
    },
    "a level above DVR90": {
        ...{ set: "water", channel: "level", fault: { offset: -0.41 } },
        ...{ points: [1.83], method: "offset", uncertainty: 0.01, between: [0.6, 1.1, 2.4] },
    },
    "soil between dry and wet": {
        ...{ set: "water", channel: "soil_moisture", fault: { gain: 0.8, offset: 10 } },
        ...{ points: [0, 100], method: "exact", uncertainty: 2, between: [15, 30, 85] },
    },
    "a shining surface before an AMG8833, which has no emissivity": {
        ...{ set: "surfaces", channel: "thermal_max", fault: { emissivity: 0.7 } },
        ...{ points: [25, 40, 60], method: "piecewise", uncertainty: 0.5, between: [32, 50] },
    },
    "a shining surface before an MLX90614 with two sensors": {
        ...{ set: "surfaces", channel: "object_temperature", fault: { emissivity: 0.7 } },
        ...{ points: [25, 40, 60], method: "piecewise", uncertainty: 0.5, between: [32, 50] },
    },
}

let bench: SimBench
afterEach(async () => {
    await bench.close()
})

it.each(Object.entries(EXAMPLES))(
    "%s is right within its certificate's uncertainty",
    async (_, example) => {
        const { set, channel: name, fault, points, method, uncertainty, between } = example
        bench = await openSimBench(1, {
            ...{ set, warmUpMs: 30_000, faults: new Map([[name, fault]]) },
        })
        const done = await calibrate(
            bench,
            {
                ...{ channel: name, points, method, technician: "mette", temperature: undefined },
                ...{ validDays: 365, timeoutMs: 900_000, isUnstableAllowed: false },
                reference: {
                    ...{ name: "R", certificate: "1", validUntil: undefined },
                    ...{ uncertainty, resolution: 0 },
                },
            },
            {
                ...{ atPoint: () => Promise.resolve(), onReading: () => undefined },
                ...{ confirm: () => Promise.resolve(true), onApplied: () => undefined },
            }
        )
        const expanded = done?.certificate.uncertainty.expanded ?? 0
        const channel = await channelNamed(bench, name)
        for (const truth of between) {
            bench.bring(name, truth)
            await bench.sleep(65_000)
            const { corrected, raw } = await bench.during(bench.node.look(channel))
            const shown = toUnit(channel.column, corrected ?? NaN)
            const before = toUnit(channel.column, raw ?? NaN)
            expect(Math.abs(shown - truth), `${name} ${shown} at ${truth}`).toBeLessThan(expanded)
            expect(Math.abs(before - truth), `raw ${before} at ${truth}`).toBeGreaterThan(
                Math.abs(shown - truth)
            )
        }
    }
)
