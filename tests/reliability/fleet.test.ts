/**
 * All nodes of a town lose their broker at the same moment, or get their power back.
 * What they must not do is connect at the same moment. `npm run soak` takes 200 of
 * them: SUITCASE_FLEET_NODES.
 */
import { afterEach, describe, expect, it } from "vitest"
import { minutes, seconds } from "../../sim/time/duration.js"
import { Fleet } from "./fleet.js"
import { expectAllArrived } from "./testbed.js"

const NODES = Number(process.env["SUITCASE_FLEET_NODES"] ?? 30)

// Every node is a VM of its own.
const TIMEOUT = { timeout: 60_000 + NODES * 5000 }

/** Longest pause before the first attempt, after boot too, and between attempts after some minutes, s (uplink.ts). */
const FIRST_PAUSE_SECONDS = 5
const LONGEST_PAUSE_SECONDS = 120

/**
 * A broker that is back at once meets nodes whose pauses are spread evenly over
 * the first pause: per second N / 5 on average, with a binomial distribution.
 */
const AT_ONCE_PER_SECOND = bound(NODES / FIRST_PAUSE_SECONDS)
/**
 * After ten minutes every node's pauses are spread evenly between 0 and 120 s: it
 * tries once in 60 s on average, and nothing ties it to the others any more.
 */
const LATER_PER_SECOND = bound(NODES / (LONGEST_PAUSE_SECONDS / 2))

/** Five standard deviations above the mean: a chance of less than 1 in 10,000 per outage. */
function bound(mean: number): number {
    return Math.ceil(mean + 5 * Math.sqrt(mean))
}

let fleet: Fleet | undefined
afterEach(() => {
    fleet?.close()
    fleet = undefined
})

/** A fleet that has been up for longer than it takes a node to forget its last pauses. */
async function settled(seed: number, rowSeconds: number): Promise<Fleet> {
    fleet = new Fleet(seed, NODES, rowSeconds)
    await fleet.world.run(seconds(70))
    expect(fleet.broker.online.length, "nodes online").toBe(NODES)
    return fleet
}

function expectNothingWrong(f: Fleet): void {
    for (const account of f.accounts()) expectAllArrived(account)
    expect(f.collector.lostFrames, "lost frames").toBe(0)
    expect(f.broker.violations).toEqual([])
    expect(f.problems).toEqual([])
    expect(f.panics).toEqual([])
    expect(f.broker.online.length, "nodes online").toBe(NODES)
}

describe(`${NODES} nodes that get power in the same instant`, () => {
    it("connect spread out over the first pause and lose nothing", TIMEOUT, async () => {
        fleet = new Fleet(15, NODES, 20)
        await fleet.world.run(seconds(FIRST_PAUSE_SECONDS + 5))
        expect(fleet.connects.length, "connects").toBe(NODES)
        expect(fleet.connectsPerSecond(0), "connects in 1 s").toBeLessThanOrEqual(
            AT_ONCE_PER_SECOND
        )
        await fleet.world.run(minutes(2))
        await fleet.drain(minutes(1))
        expectNothingWrong(fleet)
    })
})

describe.each([
    ["keeps its sessions", false],
    ["forgets its sessions", true],
])(`${NODES} nodes and a broker that %s`, (_name, forget) => {
    it("come back spread out and lose nothing after 10 minutes without it", TIMEOUT, async () => {
        const f = await settled(forget ? 11 : 12, 20)
        f.broker.stop(forget)
        await f.world.run(minutes(10))
        expect(f.leastBacklog, "rows waiting on each node").toBeGreaterThanOrEqual(600 / 20 - 1)
        const back = f.world.clock.now / 1000
        f.broker.start()
        // The longest pause, and the backlog itself.
        expect(await f.drain(minutes(10)), "ms to drain").toBeLessThanOrEqual(seconds(150))
        expect(f.connectsPerSecond(back), "connects in 1 s").toBeLessThanOrEqual(LATER_PER_SECOND)
        expectNothingWrong(f)
    })

    it("come back spread out and lose nothing when it restarts at once", TIMEOUT, async () => {
        const f = await settled(forget ? 13 : 14, 4)
        // Its acknowledgements get lost: the windows fill, then the outboxes.
        f.broker.faults.onAck = () => "drop"
        await f.world.run(seconds(27))
        f.broker.faults.onAck = undefined
        expect(f.leastBacklog, "rows waiting on each node").toBeGreaterThanOrEqual(1)
        const back = f.world.clock.now / 1000
        f.broker.stop(forget)
        f.broker.start()
        expect(await f.drain(minutes(10)), "ms to drain").toBeLessThanOrEqual(seconds(30))
        expect(f.connectsPerSecond(back), "connects in 1 s").toBeLessThanOrEqual(AT_ONCE_PER_SECOND)
        expectNothingWrong(f)
    })
})
