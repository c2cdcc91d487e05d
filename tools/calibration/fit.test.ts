/** Fits, and whether their uncertainty is honest: plain arithmetic, no virtual machine. */
import { describe, expect, it } from "vitest"
import { SeededRandom } from "../../sim/time/random.js"
import { correctionOf, fit, FitError, type CalibrationPoint, type FitMethod } from "./fit.js"
import { limitsOf, stabilityOf } from "./stability.js"

const RANGE = { min: -10_000, max: 60_000 }
const EXACT_REFERENCE = { expanded: 0, resolution: 0 }

const point = (raw: number, reference: number): CalibrationPoint => ({
    raw,
    reference,
    deviation: 0,
    count: 10,
})

/** Quantities as the suitcase has them, in their channels' integers. */
const QUANTITIES = [
    {
        name: "temperature, 0.01 °C",
        gain: 1.02,
        offset: 40,
        noise: 3,
        at: [500, 3500],
        U: 10,
        step: 1,
    },
    {
        name: "humidity, 0.01 %RH",
        gain: 0.95,
        offset: -150,
        noise: 12,
        at: [1100, 7500],
        U: 120,
        step: 10,
    },
    { name: "CO2, ppm", gain: 1.03, offset: 40, noise: 8, at: [412, 1500], U: 20, step: 1 },
    {
        name: "pressure, Pa",
        gain: 1.001,
        offset: -80,
        noise: 4,
        at: [96_000, 104_000],
        U: 15,
        step: 1,
    },
    { name: "distance, mm", gain: 0.98, offset: 12, noise: 3, at: [100, 2000], U: 1, step: 1 },
    {
        name: "voltage, 0.1 mV",
        gain: 1.004,
        offset: -25,
        noise: 2,
        at: [4000, 20_000],
        U: 5,
        step: 1,
    },
    {
        name: "soil moisture, 0.1 %",
        gain: 1.3,
        offset: -90,
        noise: 5,
        at: [50, 600],
        U: 20,
        step: 10,
    },
    { name: "illuminance, lx", gain: 1.15, offset: 3, noise: 6, at: [100, 1000], U: 40, step: 1 },
] as const
const SEEDS = 1000
const READINGS = 20

describe("the stated uncertainty", () => {
    it.each(QUANTITIES)(
        "of $name after two points holds for 93 to 97 of 100 corrected readings, over 1,000 seeds",
        ({ name, gain, offset, noise, at, U, step }) => {
            let within = 0
            let improved = 0
            for (let seed = 0; seed < SEEDS; seed++) {
                const random = new SeededRandom(`${name} ${seed}`)
                const measure = (truth: number) =>
                    Math.round(gain * truth + offset + noise * random.normal())
                // One instrument: its error is the same at both points.
                const error = (U / 2) * random.normal()
                const points = at.map((truth): CalibrationPoint => {
                    const raws = Array.from({ length: READINGS }, () => measure(truth))
                    const { mean, deviation } = stabilityOf(raws, READINGS, limitsOf("", 1))
                    const reference = Math.round((truth + error) / step) * step
                    return { raw: mean, deviation, count: READINGS, reference }
                })
                const range = { min: 0, max: 200_000 }
                const found = fit("exact", points, { expanded: U, resolution: step }, range)
                const share = (random.uint32() % 1001) / 1000
                const truth = at[0] + (at[1] - at[0]) * share
                const raw = measure(truth)
                const left = Math.abs(found.correction.apply(raw) - truth)
                if (left <= found.uncertainty) within++
                if (left < Math.abs(raw - truth)) improved++
            }
            const percent = (100 * within) / SEEDS
            expect(percent, `${percent} %`).toBeGreaterThanOrEqual(93)
            expect(percent, `${percent} %`).toBeLessThanOrEqual(97)
            expect(improved).toBeGreaterThan(SEEDS / 2)
        }
    )
})

describe("a fit", () => {
    it.each([
        [
            "offset",
            [
                [100, 110],
                [200, 212],
            ],
            300,
            311,
        ],
        [
            "exact",
            [
                [100, 110],
                [200, 230],
            ],
            150,
            170,
        ],
        [
            "exact",
            [
                [0, 0],
                [100, 110],
                [200, 240],
            ],
            300,
            390,
        ],
        [
            "least-squares",
            [
                [0, 1],
                [100, 99],
                [200, 201],
            ],
            100,
            100,
        ],
        [
            "quadratic",
            [
                [0, 0],
                [100, 110],
                [200, 240],
                [300, 390],
            ],
            400,
            560,
        ],
        [
            "piecewise",
            [
                [0, 0],
                [100, 150],
                [200, 160],
            ],
            150,
            155,
        ],
    ] as [FitMethod, [number, number][], number, number][])(
        "by %s of %j makes %d %d",
        (method, pairs, raw, corrected) => {
            // prettier-ignore
            const found = fit(method, pairs.map(([x, y]) => point(x, y)), EXACT_REFERENCE, { min: 0, max: 500 }) // prettier-ignore
            expect(found.correction.apply(raw)).toBe(corrected)
            expect(correctionOf(found.terms).apply(raw)).toBe(corrected)
        }
    )

    it("shows what is left at each point, and asks for more where nothing is left to check it", () => {
        const two = fit("exact", [point(0, 5), point(1000, 990)], EXACT_REFERENCE, RANGE)
        for (const residual of two.residuals) expect(Math.abs(residual)).toBeLessThan(0.01)
        expect(two.advice).toMatch(/take one more/)
        const bent = [point(0, 0), point(1000, 1100), point(2000, 2000)]
        const line = fit("least-squares", bent, EXACT_REFERENCE, RANGE)
        expect(line.residuals.map(Math.round)).toEqual([-33, 67, -33])
        expect(line.advice).toMatch(/further from the correction than noise and reference explain/)
    })

    it("of a curve that is not the sensor's is as uncertain as it misses its points", () => {
        // A sensor whose error grows with the square: 40 at the end of 0 to 2000.
        const bent = (raw: number) => raw + Math.round((raw / 2000) ** 2 * 40)
        const points = [0, 500, 1000, 1500, 2000].map(raw => point(raw, bent(raw)))
        const found = fit("least-squares", points, EXACT_REFERENCE, RANGE)
        for (let raw = 0; raw <= 2000; raw += 50)
            expect(Math.abs(found.correction.apply(raw) - bent(raw)), `at ${raw}`).toBeLessThan(
                found.uncertainty
            )
        expect(found.uncertainty).toBeLessThan(10)
        expect(fit("quadratic", points, EXACT_REFERENCE, RANGE).uncertainty).toBeLessThan(2)
    })

    it.each([
        ["exact", [point(5, 5)], /exact needs 2 points, and there is 1/],
        ["exact", [1, 2, 3, 4, 5].map(n => point(n * 10, n * 10)), /four points at most/],
        ["piecewise", [point(5.2, 5), point(5.4, 9)], /two points have the raw reading 5/],
        ["exact", [point(0, 1000), point(1000, 0)], /higher raw reading would give a lower/],
        ["offset", [], /needs 1 point, and there are 0/],
    ] as [FitMethod, CalibrationPoint[], RegExp][])(
        "by %s is refused for %j",
        (method, points, message) => {
            // prettier-ignore
            expect(() => fit(method, points, EXACT_REFERENCE, RANGE)).toThrow(FitError)
            expect(() => fit(method, points, EXACT_REFERENCE, RANGE)).toThrow(message)
        }
    )
})

describe("readings", () => {
    const limits = { deviation: 2, drift: 2 }
    it.each([
        ["too few", [10, 10, 10], false],
        ["still ones", [10, 11, 10, 9, 10, 10], true],
        ["rising ones", [10, 11, 12, 13, 14, 15], false],
        ["noisy ones", [10, 18, 3, 12, 1, 19], false],
    ])("of which there are %s: %j, are stable: %s", (_name, values, isStable) => {
        expect(stabilityOf(values, 6, limits).isStable).toBe(isStable)
    })
})
