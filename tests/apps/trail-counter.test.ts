/** What docs/apps/trail-counter.md promises, with the very program on a board. */
import { afterEach, describe, expect, it } from "vitest"
import { hours, minutes } from "../../sim/time/duration.js"
import { SeededRandom } from "../../sim/time/random.js"
import { PCF8593Model } from "../../src/drivers/pcf8593/model.js"
import { AppBench, appProgram } from "./app-bench.js"

appProgram("trail-counter")

/** Promenade in Münster, Tuesday 2024-05-14, from 7 o'clock on, by quarters of an hour (dl-de/by-2-0). */
const QUARTERS = [273, 431, 739, 664, 530, 481, 425, 400, 238, 231, 273, 325]
const QUARTER = 900

let bench: AppBench | undefined
afterEach(() => bench?.close())

/** Moments of passages, s: at random in each quarter, a quarter of them right behind another. */
function passages(): number[] {
    const random = new SeededRandom("trail")
    return QUARTERS.flatMap((count, quarter) =>
        Array.from({ length: count }, () => QUARTER * (quarter + random.float()))
    ).sort((a, b) => a - b)
}

describe("a trail", () => {
    it("is counted within 3 % a day and 10 % a quarter, through an outage of the network", async () => {
        const times = passages()
        const until = (second: number) => {
            let low = 0
            let high = times.length
            while (low < high) {
                const middle = (low + high) >> 1
                if (times[middle] <= second) low = middle + 1
                else high = middle
            }
            return low
        }
        const counter = new PCF8593Model().feed("count", t => until(AppBench.since(t)))
        const b = new AppBench({ app: "trail-counter", sensors: [counter] })
        bench = b
        await b.world.run(hours(1) + minutes(5))
        b.broker.restart(minutes(40))
        await b.world.run(minutes(50))
        await b.world.run(hours(3) - b.seconds * 1000)
        await b.drain()
        const rows = b.valuesOf("passages").filter(([, value]) => value !== undefined)
        const counted = rows.reduce((sum, [, value]) => sum + (value as number), 0)
        const last = rows.at(-1)?.[0] as number
        const truth = until(last) - until(rows[0][0])
        expect(Math.abs(counted - truth) / truth, `${counted} of ${truth}`).toBeLessThan(0.03)
        for (const [i, [at, value]] of rows.entries()) {
            if (i === 0) continue
            const true_ = until(at) - until(rows[i - 1][0])
            expect(Math.abs((value as number) - true_) / true_, `at ${at} s`).toBeLessThan(0.1)
        }
        expect(b.latest("passages_total")).toBe(counted)
        // Without its supply the part forgets: a gap, and then it goes on.
        counter.faults.unplugged = true
        await b.world.run(minutes(20))
        await b.drain()
        expect(b.latest("passages")).toBeUndefined()
        expect(b.node.heapLowWater, "B").toBeGreaterThanOrEqual(8192)
    })
})
