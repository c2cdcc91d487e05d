/** What docs/apps/link-survey.md promises, with the very program on a board. */
import { afterEach, describe, expect, it } from "vitest"
import { hours, minutes, seconds } from "../../sim/time/duration.js"
import { IS_WHOLE } from "../runner/whole.js"
import { AppBench, appProgram } from "./app-bench.js"

appProgram("link-survey")

let bench: AppBench | undefined
afterEach(() => {
    bench?.close()
    bench = undefined
})

function command(b: AppBench, text: string): void {
    b.broker.publish(`suitcase/demo/${b.node.deviceId}/cmd`, text)
}

/** Somebody takes the node to the next place: off, and on again there. */
async function carry(b: AppBench): Promise<void> {
    b.node.powerCut(seconds(20))
    await b.world.run(seconds(25))
}

/** The last row of each place, and the delays there, ms. */
function placesOf(b: AppBench) {
    const rows = new Map<number, Map<string, number | undefined>>()
    for (const { time, channel, value } of b.readings)
        rows.set(
            time,
            (rows.get(time) ?? new Map<string, number | undefined>()).set(channel, value)
        )
    const places: Record<
        number,
        { attempts: number; losses: number; signal: number | undefined; delays: number[] }
    > = {}
    for (const [, row] of [...rows].sort(([a], [b]) => a - b)) {
        const place = (places[row.get("place") as number] ??= {
            attempts: 0,
            losses: 0,
            signal: undefined,
            delays: [],
        })
        place.attempts = row.get("attempts") ?? 0
        place.losses = row.get("losses") ?? 0
        place.signal = row.get("signal") ?? place.signal
        const delay = row.get("delay")
        expect(delay === undefined, "no delay of an attempt that was lost").toBe(
            row.get("reached") !== 1
        )
        if (delay !== undefined) place.delays.push(delay)
    }
    return places
}

const HOURS = IS_WHOLE ? 26 : 2

describe("a walk through a building", () => {
    it(`counts attempts and losses at one place for ${HOURS} h, through an hour without a broker`, async () => {
        const b = new AppBench({ app: "link-survey", sensors: [] })
        bench = b
        await b.world.run(minutes(20))
        const before = b.latest("losses") ?? 0
        b.broker.restart(hours(1))
        await b.world.run(hours(HOURS) - minutes(20))
        await b.drain()
        expect(b.collector.lostFrames).toBe(0)
        expect(b.problems).toEqual([])
        expect(b.latest("place")).toBe(1)
        const attempts = b.latest("attempts") ?? 0
        expect(Math.abs(attempts - 360 * HOURS), `attempts of ${360 * HOURS}`).toBeLessThan(5)
        const losses = (b.latest("losses") ?? 0) - before
        // An attempt each 10 s; the node comes back within a minute of the broker.
        expect(losses, "losses of an hour").toBeGreaterThanOrEqual(359)
        expect(losses, "losses of an hour").toBeLessThanOrEqual(367)
        expect(b.node.heapLowWater, "B").toBeGreaterThanOrEqual(8192)
    }, 300_000)

    it("ends in attempts, losses and delays of each place, also of that without a network", async () => {
        const b = new AppBench({ app: "link-survey", sensors: [] })
        bench = b
        const { air } = b.node.link
        await b.world.run(minutes(3))
        // The far end of the corridor: weak, and the answers take three seconds.
        air[0].rssi = -83
        b.broker.faults.onAck = () => 3000
        await carry(b)
        await b.world.run(minutes(3))
        b.broker.faults.onAck = undefined
        // The cellar.
        b.node.board?.setAccessPoints(false)
        await carry(b)
        await b.world.run(minutes(3))
        // The hall again.
        air[0].rssi = -58
        b.node.board?.setAccessPoints(true)
        await carry(b)
        await b.world.run(minutes(3))
        await b.drain()
        const places = placesOf(b)
        expect(Object.keys(places)).toEqual(["1", "2", "3", "4"])
        for (const place of [1, 2, 4])
            expect(places[place].losses, `losses at ${place}, while it joins`).toBeLessThanOrEqual(
                3
            )
        for (const place of [1, 2, 3, 4])
            expect(places[place].attempts, `attempts at ${place}`).toBeGreaterThanOrEqual(15)
        expect(places[3].losses, "all are lost in the cellar").toBe(places[3].attempts)
        expect(places[3].delays).toEqual([])
        expect(Math.max(...places[1].delays.slice(2)), "ms at 1").toBeLessThan(500)
        for (const delay of places[2].delays.slice(2))
            expect(delay, "ms at 2").toBeGreaterThan(2900)
        expect([1, 2, 3, 4].map(place => places[place].signal)).toEqual([-58, -83, undefined, -58])
        expect(b.problems).toEqual([])
        expect(b.broker.violations).toEqual([])
        expect(b.node.heapLowWater, "B").toBeGreaterThanOrEqual(8192)
    })

    it("is at the place that a command says, and stays there through a restart that somebody wanted", async () => {
        const b = new AppBench({ app: "link-survey", sensors: [] })
        bench = b
        const acks: string[] = []
        b.broker.subscribe(`suitcase/demo/${b.node.deviceId}/ack`, (_, payload) =>
            acks.push(payload.toString())
        )
        await b.world.run(minutes(1))
        command(b, '{"id":"p","do":"place","place":7}')
        await b.world.run(minutes(1))
        expect(b.latest("place")).toBe(7)
        expect(b.latest("attempts"), "of this place alone").toBeLessThan(7)
        for (const wrong of ["0", "1000", "1.5", '"8"', "[[[[[[]]]]]]"])
            command(b, `{"id":"w","do":"place","place":${wrong}}`)
        command(b, '{"id":"r","do":"reboot"}')
        await b.world.run(minutes(2))
        expect(b.latest("place"), "after a restart by command").toBe(7)
        expect(acks[0]).toBe('{"id":"p","ok":true}')
        expect(acks.filter(ack => ack.includes("true"))).toHaveLength(2)
        expect(b.node.panics).toEqual([])
    })
})
