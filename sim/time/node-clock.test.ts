import { expect, it } from "vitest"
import { VirtualClock } from "./clock.js"
import { NodeClock } from "./node-clock.js"

/** The first look, and how many there are until the clock shows another time. */
function looksUntilItMoves(uptimeMs: number): number {
    const clock = new NodeClock(new VirtualClock(0))
    clock.start(uptimeMs)
    clock.beginRound()
    const first = clock.look()
    let looks = 1
    while (clock.look() === first) looks++
    return looks
}

it("time stands still while a node runs, but not for a runtime that waits in its round for its own clock", () => {
    // Uptimes of 0, of 2^31 ms, and of the ms behind 2^33, which the runtime's own clock takes for the one before it.
    for (const uptimeMs of [0, 2 ** 31, 2 ** 33]) {
        const looks = looksUntilItMoves(uptimeMs)
        expect(looks, `looks at ${uptimeMs} ms`).toBeGreaterThan(1000)
        expect(looks, `looks at ${uptimeMs} ms`).toBeLessThan(3000)
    }
    expect(looksUntilItMoves(2 ** 32 - 1), "looks in the last ms before a wrap").toBeLessThan(30)
})
