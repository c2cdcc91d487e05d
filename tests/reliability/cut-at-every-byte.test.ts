/**
 * The link is cut at every byte of a session, in both directions: the n-th
 * connection after n bytes, until whole sessions pass.
 */
import { afterEach, describe, expect, it } from "vitest"
import { hours, seconds } from "../../sim/world/duration.js"
import { Testbed, expectAllArrived } from "./testbed.js"

let bed: Testbed | undefined
afterEach(() => {
    bed?.close()
    bed = undefined
})

/** A session that has nothing more to say after this time was whole; then the next one begins. */
const WHOLE_MS = 20_000
/** So many whole sessions in a row end a test: the number of bytes in one varies a little. */
const WHOLE_SESSIONS = 10

/** @returns the last byte at which a session was cut */
async function cutEverywhere(
    b: Testbed,
    direction: "up" | "down",
    isForgetful: boolean
): Promise<number> {
    const { clock } = b.world
    let bytes = 0
    let lastCut = 0
    let whole = 0
    b.node.link.onConnection = connection => {
        const at = bytes++
        connection.cutAfter(direction, at)
        // A broker that lost its sessions makes the node introduce itself again.
        if (isForgetful) b.broker.stop(true)
        b.broker.start()
        // Something to carry out, so that a session has all kinds of packets.
        clock.after(seconds(2) * 1000, () => b.command({ do: "report" }))
        clock.after(WHOLE_MS * 1000, () => {
            if (connection.isClosed) {
                lastCut = at
                whole = 0
                return
            }
            whole++
            b.node.cutConnection()
        })
    }
    await b.world.runUntil(() => whole >= WHOLE_SESSIONS, hours(100))
    expect(whole, `whole sessions after ${bytes} connections`).toBe(WHOLE_SESSIONS)
    b.node.link.onConnection = undefined
    await b.world.run(seconds(20))
    await b.drain()
    return lastCut
}

describe.each(["up", "down"] as const)("a link that is cut after every byte sent %s", direction => {
    it.each([
        ["that kept the session", false, { up: 500, down: 60 }],
        ["that lost its sessions", true, { up: 1000, down: 60 }],
    ])(
        "to a broker %s: every reading arrives once, in order",
        { timeout: 300_000 },
        async (_name, isForgetful, atLeast) => {
            bed = new Testbed({ seed: 1, intervalSeconds: 60, station: "reportSeconds: 300" })
            const lastCut = await cutEverywhere(bed, direction, isForgetful)
            expect(lastCut, "B of the longest session that was cut").toBeGreaterThan(
                atLeast[direction]
            )
            expectAllArrived(bed.account())
            expect(bed.broker.violations).toEqual([])
            expect(bed.problems).toEqual([])
            expect(bed.node.panics).toEqual([])
            expect(bed.collector.lostFrames).toBe(0)
            expect(bed.status.dropped).toBe(0)
        }
    )
})
