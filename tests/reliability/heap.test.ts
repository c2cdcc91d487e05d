/**
 * The heap of a node over days, and of one for which nothing goes right. `npm run
 * soak` takes a month: SUITCASE_HEAP_DAYS.
 */
import { afterEach, describe, expect, it } from "vitest"
import { hours, minutes } from "../../sim/time/duration.js"
import { IS_WHOLE } from "../runner/whole.js"
import { HeapBed, INDOOR, S2_HEAP_BYTES, SELDOM_PROBE_MS, type HeapCase } from "./heap.js"

const DAYS = Number(process.env["SUITCASE_HEAP_DAYS"] ?? 1)
/** How long the network is away where the time does not matter: a day in the soak, h. */
const AWAY_HOURS = DAYS > 1 ? 24 : 6
const TIMEOUT = { timeout: 60_000 + DAYS * 30_000 }
/** The soak looks as often over days as the other tests do. */
const PROBE = DAYS > 1 ? {} : { probeMs: SELDOM_PROBE_MS }

/** Free heap that must always be left on 64 KB, garbage counted as used, B (tests/on-the-vm/budgets.json). */
const LEAST_FREE = 8192
/** Two equal moments of a node differ by the lengths of the numbers and texts it holds, B. */
const SLACK = 256

/** After so long without a broker the outbox in RAM is full, h; the tests say so if not. */
const FULL_HOURS = 5

const STORE = "store: storeIn(new MB85RC256V(bus))"
/** All three drivers and the store are more code than a program can have. */
const TWO = "new SHT4x(bus), new BH1750(bus)"

/** The least heap of all boards, with sealing: `npm test` leaves the rest to .ci/run. */
const SEALED = { sensors: INDOOR, isSealed: true }

let bed: HeapBed | undefined
afterEach(() => {
    bed?.close()
    bed = undefined
})

async function start(options: HeapCase): Promise<HeapBed> {
    bed = await HeapBed.start(options)
    return bed
}

function expectAlive(b: HeapBed): void {
    expect(b.node.flash.writes - b.flashWritesAtStart, "flash writes").toBe(0)
    expect(b.node.panics.map(panic => panic.message)).toEqual([])
    expect(b.broker.violations).toEqual([])
}

/** Until entries are dropped, then everything at once. */
async function fillAndDrain(b: HeapBed): Promise<void> {
    b.broker.stop()
    await b.world.run(hours(FULL_HOURS))
    b.broker.stop(true)
    b.broker.start()
    await b.world.run(minutes(10))
}

if (IS_WHOLE)
    describe("on a heap of 64 KB, 8 KB are free at all times, garbage counted as used,", () => {
        it.each<[string, HeapCase]>([
            ["with three sensors and a full outbox in RAM", { sensors: INDOOR }],
            ["with three sensors, a full outbox in RAM and sealed frames", SEALED],
        ])("%s", TIMEOUT, async (_name, options) => {
            const b = await start({ ...options, intervalSeconds: 5 })
            await fillAndDrain(b)
            expect(await b.outbox(), "entries were dropped, so it was full").not.toContain(
                '"dropped":0'
            )
            expect(b.node.heapLowWater, "B free").toBeGreaterThanOrEqual(LEAST_FREE)
            expectAlive(b)
        })

        it("with two sensors, an FRAM and sealed frames", TIMEOUT, async () => {
            const b = await start({
                sensors: TWO,
                station: STORE,
                isSealed: true,
                intervalSeconds: 5,
            })
            await fillAndDrain(b)
            expect(b.node.heapLowWater, "B free").toBeGreaterThanOrEqual(LEAST_FREE)
            expectAlive(b)
        })
    })

describe("on the heap of an ESP32-S2, 8 KB are free at all times, garbage counted as used,", () => {
    it.each<[string, HeapCase]>([
        ...(IS_WHOLE
            ? [
                  [
                      "with three sensors, frames of 500 B and a full outbox of 2 KB",
                      { sensors: INDOOR },
                  ] as [string, HeapCase],
              ]
            : []),
        ["with three sensors, frames of 500 B, a full outbox of 2 KB and sealed frames", SEALED],
    ])("%s", TIMEOUT, async (_name, options) => {
        const b = await start({
            ...options,
            station: "outboxBytes: 2000, frameBytes: 500",
            intervalSeconds: 10,
            heapBytes: S2_HEAP_BYTES,
        })
        expect(b.node.heap()?.size, "B of heap").toBeLessThanOrEqual(S2_HEAP_BYTES)
        await fillAndDrain(b)
        expect(await b.outbox(), "entries were dropped, so it was full").not.toContain(
            '"dropped":0'
        )
        expect(b.node.heapLowWater, "B free").toBeGreaterThanOrEqual(LEAST_FREE)
        expectAlive(b)
    })
})

describe("the heap does not grow", () => {
    it(
        `over ${DAYS === 1 ? "a day" : `${DAYS} days`} with an outage every 12 hours`,
        TIMEOUT,
        async () => {
            const b = await start({ sensors: INDOOR, ...PROBE })
            const halfDay = async () => {
                await b.world.run(hours(8))
                b.broker.stop(true)
                await b.world.run(hours(3))
                b.broker.start()
                await b.world.run(minutes(30))
                // Until the node remembers as many commands as it can.
                for (let i = 0; i < 20; i++) await b.outbox()
                await b.world.run(minutes(30))
                return b.liveFree()
            }
            const first = await halfDay()
            let last = first
            for (let i = 1; i < 2 * DAYS; i++) last = await halfDay()
            expect(first - last, `B lost in ${DAYS - 0.5} days`).toBeLessThanOrEqual(SLACK)
            expect(b.node.heapLowWater, "B free").toBeGreaterThanOrEqual(LEAST_FREE)
            expectAlive(b)
        }
    )

    it.each<[string, number, (b: HeapBed) => () => void]>([
        [
            "while the broker refuses every CONNECT for 6 hours",
            6,
            b => {
                b.broker.faults.refuseCode = 3
                b.node.cutConnection()
                return () => (b.broker.faults.refuseCode = 0)
            },
        ],
        [
            "while no link answers for 6 hours",
            6,
            b => {
                b.node.link.goHalfOpen()
                return () => (b.node.link.isHanging = false)
            },
        ],
        [
            `while no name can be resolved for ${AWAY_HOURS} hours`,
            AWAY_HOURS,
            b => {
                b.node.link.isDnsFailing = true
                b.node.cutConnection()
                return () => (b.node.link.isDnsFailing = false)
            },
        ],
    ])("%s", TIMEOUT, async (_name, lastsHours, begin) => {
        const b = await start({ sensors: INDOOR, ...PROBE })
        const connects = () => b.broker.counts.connects
        await b.world.run(minutes(30))
        const before = await b.liveFree()
        const connectsBefore = connects()
        const recover = begin(b)
        await b.world.run(hours(lastsHours))
        expect(connects(), "connects meanwhile").toBe(connectsBefore)
        recover()
        await b.world.run(minutes(30))
        expect(connects(), "connects afterwards").toBe(connectsBefore + 1)
        expect(before - (await b.liveFree()), "B lost").toBeLessThanOrEqual(SLACK)
        expect(b.node.heapLowWater, "B free").toBeGreaterThanOrEqual(LEAST_FREE)
        expectAlive(b)
    })
})
