import { describe, expect, it } from "vitest"
import { Threshold } from "./threshold.js"

const LIMIT = 100

/** The state after each value. */
function states(threshold: Threshold, values: number[]): number[] {
    return values.map(value => {
        threshold.update(value, LIMIT)
        return threshold.isOn ? 1 : 0
    })
}

describe("a threshold", () => {
    it("begins at the limit and ends only when the value came back by the hysteresis", () => {
        const threshold = new Threshold(true, 10, 1)
        expect(states(threshold, [99, 100, 95, 91, 90, 99, 100])).toEqual([0, 1, 1, 1, 0, 0, 1])
    })

    it("works downwards too, with negative values", () => {
        const cold = new Threshold(false, 5, 1)
        const on = [-1, -10, -6, -5, -4].map(value => {
            cold.update(value, -10)
            return cold.isOn
        })
        expect(on).toEqual([false, true, true, false, false])
    })

    it("wants several sightings in a row", () => {
        const threshold = new Threshold(true, 0, 2)
        expect(states(threshold, [200, 50, 200, 200, 50, 200, 50, 50])).toEqual([
            0, 0, 0, 1, 1, 1, 1, 0,
        ])
    })

    it("follows a limit that changes", () => {
        const threshold = new Threshold(true, 0, 1)
        expect([threshold.update(50, 100), threshold.update(50, 40)]).toEqual([false, true])
    })

    it("is without hysteresis never on and off at the limit itself", () => {
        const threshold = new Threshold(true, 0, 1)
        expect(states(threshold, [100, 100, 99, 100])).toEqual([1, 1, 0, 1])
    })
})
