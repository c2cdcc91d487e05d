/** What docs/apps/harbour-watch.md promises, with the very program on a board. */
import { afterEach, describe, expect, it } from "vitest"
import { minutes, seconds } from "../../sim/time/duration.js"
import { SeededRandom } from "../../sim/time/random.js"
import { AMG8833Model } from "../../src/drivers/amg8833/model.js"
import { IS_WHOLE } from "../runner/whole.js"
import { AppBench, appProgram } from "./app-bench.js"

appProgram("harbour-watch")

const WATER = 9
const STONE = 14
/** Rows of the image that show water. */
const ROWS = 3
/** The array has settled and the node is connected by then, s. */
const READY = 60

let bench: AppBench | undefined
afterEach(() => bench?.close())

interface Body {
    readonly from: number
    readonly to: number
    readonly x: (second: number) => number
    readonly y: (second: number) => number
    readonly warmer: number
    /** Standard deviation of its blob, pixels. */
    readonly size: number
}

/** A quay by night: stones below, water above, noise, and bodies. */
function quay(
    bodies: readonly Body[],
    stone: (second: number) => number = () => STONE
): AMG8833Model {
    const array = new AMG8833Model().feed("housing_temperature", 12)
    const random = new SeededRandom("quay")
    array.scene = (pixel, t) => {
        const s = AppBench.since(t)
        const [x, y] = [pixel % 8, Math.floor(pixel / 8)]
        let warmth = y < ROWS ? WATER : stone(s)
        for (const body of bodies) {
            if (s < body.from || s >= body.to) continue
            const distance = (x - body.x(s)) ** 2 + (y - body.y(s)) ** 2
            warmth += body.warmer * Math.exp(0 - distance / (2 * body.size ** 2))
        }
        return warmth + 0.25 * (random.float() - 0.5)
    }
    return array
}

/** Somebody who swims for a minute. */
function fall(from: number, x: number): Body {
    return {
        from,
        to: from + 60,
        x: s => x + 0.4 * Math.sin(s / 3),
        y: () => 1.4,
        warmer: 14,
        size: 0.6,
    }
}

describe("a quay", () => {
    it("tells within 2 s when somebody falls in, and not of who walks, flies by or is a warm stone", async () => {
        const count = IS_WHOLE ? 20 : 4
        const falls = Array.from({ length: count }, (_, i) =>
            fall(READY + 60 + 150 * i + 0.37 * i, 1.5 + ((i * 1.3) % 5))
        )
        const end = READY + 60 + 150 * count
        const walkers = Array.from({ length: count }, (_, i): Body => {
            const from = READY + 20 + 150 * i
            return {
                from,
                to: from + 10,
                x: s => (s - from) * 0.8,
                y: () => 5.5,
                warmer: 12,
                size: 0.8,
            }
        })
        const birds = Array.from({ length: 2 * count }, (_, i): Body => {
            const from = READY + 132 + 75 * i
            return {
                from,
                to: from + 3,
                x: s => (s - from) * 2.7,
                y: () => 1,
                warmer: 4.5,
                size: 0.3,
            }
        })
        const array = quay([...falls, ...walkers, ...birds], s => STONE + s / 600)
        const b = new AppBench({ app: "harbour-watch", sensors: [array] })
        bench = b
        await b.world.run(seconds(end))
        const on = b.alarms.filter(({ isOn }) => isOn).map(({ arrivedAt }) => arrivedAt)
        const late = falls
            .map(({ from }) => on.find(at => at >= from && at < from + 60))
            .map((at, i) => (at ?? Infinity) - falls[i].from)
        expect(
            late.filter(s => s < 2).length / count,
            `s until each was told: ${late.join()}`
        ).toBeGreaterThanOrEqual(0.95)
        const real = on.filter(at => falls.some(({ from }) => at >= from && at < from + 61))
        expect(on.length - real.length, "false alarms").toBe(0)
        await b.drain()
        expect(
            Math.max(...b.valuesOf("in_water").map(([, value]) => value ?? 0))
        ).toBeGreaterThanOrEqual(1)
        array.faults.unplugged = true
        await b.world.run(minutes(3))
        await b.drain()
        expect(b.latest("in_water"), "it does not see").toBeUndefined()
        expect(b.node.heapLowWater, "B").toBeGreaterThanOrEqual(8192)
    })
})
