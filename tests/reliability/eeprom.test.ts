/**
 * Other stores than the 32 KB FRAM: an EEPROM, whose pages a power cut damages,
 * and 8 KB of FRAM, which fill up. `npm run soak` has more and longer campaigns,
 * see campaigns.test.ts.
 */
import fc from "fast-check"
import { afterEach, describe, expect, it } from "vitest"
import { hours, minutes, seconds } from "../../sim/time/duration.js"
import { AT24Model } from "../../src/drivers/at24/model.js"
import { MB85RCModel } from "../../src/drivers/mb85rc/model.js"
import { extent } from "../runner/whole.js"
import { steps, suffer } from "./campaign.js"
import { Testbed, expectAllArrived, expectNothingInvented } from "./testbed.js"

const CAMPAIGNS = extent("SUITCASE_CAMPAIGNS", 1, 2)
const STEPS = extent("SUITCASE_CAMPAIGN_STEPS", 4, 6)
const SEED = Number(process.env["SUITCASE_CAMPAIGN_SEED"] ?? 1)
/** Even 8 KB hold more than that. */
const LONGEST_SECONDS = 2 * 3600
/**
 * With the network away; the 8 KB are full after 20 min. Longer than 15 h, the
 * values of the sensor would come again, and the account could mix them up.
 */
const OFFLINE_MS = process.env["SUITCASE_CAMPAIGNS"] === undefined ? hours(2) : hours(14)

const EEPROM = {
    options: {
        intervalSeconds: 120,
        reportSeconds: 900,
        store: "AT24C256" as const,
    },
    part: () => new AT24Model(5),
}
const SMALL_FRAM = {
    options: {
        intervalSeconds: 120,
        reportSeconds: 900,
        store: "MB85RC64" as const,
    },
    part: () => new MB85RCModel(8192),
}
/** Every row is a frame, so that the store fills up. */
const FULL = {
    options: {
        intervalSeconds: 10,
        reportSeconds: 10,
        store: "MB85RC64" as const,
    },
    part: () => new MB85RCModel(8192),
}

let bed: Testbed | undefined
afterEach(() => {
    bed?.close()
    bed = undefined
})

function start({ options, part }: typeof EEPROM | typeof SMALL_FRAM, seed = 21) {
    const store = part()
    const b = new Testbed({ seed, ...options, parts: [store] })
    bed = b
    return { b, store }
}

function expectUnharmed(b: Testbed): void {
    expect(b.broker.violations).toEqual([])
    expect(b.problems).toEqual([])
    expect(b.node.panics).toEqual([])
    expect(b.collector.heldFrames).toBe(0)
}

describe.each([
    ["an EEPROM of 32 KB", EEPROM],
    ["an FRAM of 8 KB", SMALL_FRAM],
])("a node with %s", (_name, kind) => {
    it(
        "loses nothing in random days with power cuts but a row that was being taken",
        { timeout: 5000 * CAMPAIGNS * STEPS + 60_000 },
        async () => {
            await fc.assert(
                fc.asyncProperty(
                    steps(true, STEPS, LONGEST_SECONDS),
                    fc.integer({ min: 1, max: 1000 }),
                    async (list, seed) => {
                        const { b } = start(kind, seed)
                        try {
                            await suffer(b, list)
                            await b.world.run(minutes(12))
                            await b.drain()
                            const account = b.account()
                            expectNothingInvented(account)
                            const { most, unexplained } = b.lostToPowerCuts(account)
                            expect(unexplained).toEqual([])
                            expect(most, "readings lost in one power cut").toBeLessThanOrEqual(1)
                            expectUnharmed(b)
                            expect(b.status.dropped).toBe(0)
                        } finally {
                            b.close()
                        }
                    }
                ),
                { seed: SEED, numRuns: CAMPAIGNS, endOnFailure: CAMPAIGNS < 10 }
            )
        }
    )

    it("loses no row when the power fails in the middle of any of its writes", async () => {
        const { b, store } = start(kind)
        await b.world.run(minutes(5))
        let cuts = 0
        for (let i = 0; i < 40; i++) {
            const before = b.powerCuts.length
            // Transfers to the store only; a row makes about six, of up to 66 B.
            b.node.cutPowerDuringTransfer(1 + (i % 7), (i * 11) % 67, store.address)
            await b.world.run(seconds(125))
            b.node.bus.cut = undefined
            cuts += b.powerCuts.length - before
            b.node.powerOn()
            await b.world.run(seconds(5))
        }
        expect(cuts, "power cuts").toBeGreaterThan(30)
        await b.world.run(minutes(5))
        await b.drain()
        const account = b.account()
        expectNothingInvented(account)
        const { most, unexplained } = b.lostToPowerCuts(account)
        expect(unexplained).toEqual([])
        expect(most, "readings lost in one power cut").toBeLessThanOrEqual(1)
        expectUnharmed(b)
    })

    it("whose store is unplugged for half an hour and back goes on, and nothing is lost", async () => {
        const { b, store } = start(kind)
        await b.world.run(minutes(20))
        // With the network, then without.
        for (const isOffline of [false, true]) {
            if (isOffline) b.node.link.goDown()
            await b.world.run(minutes(20))
            store.faults.unplugged = true
            await b.world.run(minutes(32))
            store.faults.unplugged = false
            await b.world.run(minutes(20))
            b.node.link.comeUp()
            await b.world.run(minutes(5))
        }
        await b.world.run(seconds(20))
        await b.drain()
        expectAllArrived(b.account())
        expectUnharmed(b)
        expect(b.status.dropped).toBe(0)
        expect(b.status.store?.errors, "failed transfers").toBeGreaterThan(0)
        // The store works again: a power cut takes nothing that was taken before.
        b.node.link.goDown()
        await b.world.run(minutes(29))
        b.node.powerCut(5000)
        b.node.link.comeUp()
        await b.world.run(minutes(6))
        await b.drain()
        expectAllArrived(b.account())
        expect(b.status.reset).toBe("power")
    })

    it("that starts without its store works from RAM and says so", async () => {
        const { b, store } = start(kind)
        store.faults.unplugged = true
        b.node.powerCut(1000)
        await b.world.run(minutes(2))
        const from = b.given.length
        await b.world.run(minutes(30))
        await b.drain()
        expect(b.given.length - from, "readings").toBeGreaterThan(10)
        expect(
            b.account().missing.filter(({ unixMs }) => unixMs > (b.given[from]?.unixMs ?? 0))
        ).toEqual([])
        expect(b.status.store).toBeUndefined()
        expect(b.node.console.map(({ text }) => text).join("\n")).toMatch(
            /readings wait in RAM only/
        )
        expectUnharmed(b)
    })
})

describe("a store that is full", () => {
    it("gives up the oldest frames first and counts them; the others arrive in order", async () => {
        const { b } = start(FULL)
        await b.world.run(minutes(5))
        await b.drain()
        const delivered = b.readings.length
        b.node.link.goDown()
        await b.world.run(OFFLINE_MS)
        // The count outlives a power cut.
        b.node.powerCut(2000)
        await b.world.run(minutes(1))
        b.node.link.comeUp()
        await b.world.run(minutes(8))
        await b.drain()
        const account = b.account()
        expectNothingInvented(account)
        expectUnharmed(b)
        const { dropped } = b.status
        expect(dropped, "frames dropped").toBeGreaterThan(500)
        const places = account.missing.map(value => account.given.indexOf(value))
        const oldest = places.filter(place => place < delivered + dropped + 2)
        expect(places.length - oldest.length, "lost in the power cut").toBeLessThanOrEqual(1)
        expect(oldest.length, "frames missing but not counted").toBeLessThanOrEqual(dropped)
        // What is dropped while it is in progress may arrive all the same.
        expect(dropped - oldest.length, "frames counted but not missing").toBeLessThanOrEqual(4)
        expect(oldest[0], "the first one missing").toBeGreaterThanOrEqual(delivered)
        expect((oldest.at(-1) ?? 0) - (oldest[0] ?? 0) + 1, "in one stretch").toBe(oldest.length)
    })
})
