import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { crc32 } from "../crc32.js"
import { AT24Model } from "../../drivers/at24/model.js"
import { MB85RCModel } from "../../drivers/mb85rc/model.js"
import { SeededRandom } from "../../../sim/time/random.js"
import {
    EMPTY,
    expected,
    kindOf,
    openLog,
    perform,
    stateOf,
    type LogState,
    type Operation,
} from "../../../tests/support/log-model.js"
import { ModelStore, type MemoryPart } from "../../../tests/support/model-store.js"
import { type FrameLog } from "./log.js"
import { StoreLayout } from "./layout.js"

const PARTS: readonly (readonly [string, () => MemoryPart])[] = [
    ["FRAM of 32 KB", () => new MB85RCModel(32768)],
    ["FRAM of 8 KB", () => new MB85RCModel(8192)],
    ["EEPROM of 32 KB", () => new AT24Model(3)],
    ["FRAM of 1 KB", () => new MB85RCModel(1024)],
    ["EEPROM of 2 KB", () => new AT24Model(3, 2048)],
]

function bytesOf(seed: string | number, length: number): number[] {
    const random = new SeededRandom(seed)
    return Array.from({ length }, () => random.uint32() >>> 24)
}

const contents = (longest: number) =>
    fc.array(fc.nat(255), { minLength: 1, maxLength: longest, size: "max" })
const operations = (longest: number): fc.Arbitrary<Operation> =>
    fc.oneof(
        {
            weight: 5,
            arbitrary: fc.record({ do: fc.constant("row" as const), bytes: contents(60) }),
        },
        {
            weight: 6,
            arbitrary: fc.record({
                do: fc.constant("append" as const),
                bytes: contents(longest),
                closes: fc.boolean(),
            }),
        },
        {
            weight: 2,
            arbitrary: fc.record({ do: fc.constant("release" as const), count: fc.nat(3) }),
        },
        {
            weight: 1,
            arbitrary: fc.record({ do: fc.constant("anchor" as const), bytes: contents(48) }),
        },
        {
            weight: 1,
            arbitrary: fc.record({ do: fc.constant("memory" as const), bytes: contents(160) }),
        }
    )

/** Bytes after which the power fails next; or the log is merely opened anew. */
const interruptions = fc.oneof(fc.nat(3000), fc.constant("reopen" as const))

async function opened(store: ModelStore) {
    const log = openLog(store)
    await log.open()
    return log
}

/** Appends an entry of the kind that its contents tell. */
function put(log: FrameLog, bytes: readonly number[], closes: boolean): Promise<boolean> {
    return log.append(kindOf(bytes), bytes, 0, bytes.length, closes)
}

/** A store with entries 1 … count, each of `length` B. */
async function filled(part: MemoryPart, count: number, length: number) {
    const store = new ModelStore(part)
    const log = await opened(store)
    for (let i = 1; i <= count; i++) await put(log, bytesOf(i, length), true)
    return store
}

describe.each(PARTS)("the log in an %s", (_, make) => {
    const longest = new StoreLayout(make().size, 0).ringUnits > 200 ? 1000 : 120

    it("keeps what it took, whatever happens in between: power cuts, laps, new boots", async () => {
        await fc.assert(
            fc.asyncProperty(
                fc.array(fc.oneof({ weight: 6, arbitrary: operations(longest) }, interruptions), {
                    maxLength: 120,
                    size: "max",
                }),
                async steps => {
                    const part = make()
                    const store = new ModelStore(part)
                    const layout = new StoreLayout(store.size, store.pageBytes)
                    let log = await opened(store)
                    let state: LogState = EMPTY
                    for (const step of steps) {
                        if (step === "reopen") log = await opened(store)
                        else if (typeof step === "number")
                            part.cutPowerAfterBytes(step, () => undefined)
                        else {
                            const { after, between } = expected(state, step, layout)
                            try {
                                if (await perform(log, step)) state = after
                                else expect(step.do, "refused").toBe("row")
                            } catch (e) {
                                if (!part.isCut) throw e
                                part.brownOut(0)
                                log = await opened(store)
                                const found = await stateOf(log)
                                expect([state, between, after]).toContainEqual(found)
                                state = found
                            }
                        }
                    }
                    part.brownOut(0)
                    expect(await stateOf(log)).toEqual(state)
                    expect(await stateOf(await opened(store))).toEqual(state)
                }
            ),
            { numRuns: 15, seed: 11 }
        )
    })

    it("gives all other entries when bytes go bad, and counts those it cannot read", async () => {
        const size = make().size
        const units = new StoreLayout(size, make() instanceof AT24Model ? 64 : 0)
        const length = 90
        const count = Math.floor((units.ringUnits * units.grid) / 200)
        const image = (await filled(make(), count, length)).part.content
        const random = new SeededRandom("rot")
        for (let trial = 0; trial < 60; trial++) {
            const part = make()
            part.content.set(image)
            const at = units.ringAt + (random.uint32() % (units.ringUnits * units.grid))
            part.content[at] ^= 1 << (random.uint32() & 7)
            const log = await opened(new ModelStore(part))
            const { entries } = await stateOf(log)
            const lost: number[] = []
            for (let serial = 1; serial <= count; serial++)
                if (entries[serial] === undefined) lost.push(serial)
                else expect(entries[serial], `entry ${serial}`).toEqual(bytesOf(serial, length))
            expect(lost.length, `byte ${at}: lost ${lost.join()}`).toBeLessThanOrEqual(1)
            expect(log.torn).toBe(lost.length)
            // Those behind it are reached by whoever releases what is in front.
            await log.release(lost[0] ?? 1)
            expect(log.firstSerial).toBe((lost[0] ?? 1) + 1)
        }
    })

    it("loses no entry when any one byte of its checkpoints goes bad", async () => {
        const count = 3
        const store = await filled(make(), count, 60)
        const layout = new StoreLayout(store.size, store.pageBytes)
        const image = store.part.content.slice()
        for (let at = 0; at < layout.anchorAt; at += 3) {
            store.part.content.set(image)
            store.part.content[at] ^= 0x10
            const { entries, rows } = await stateOf(await opened(store))
            expect(Object.keys(entries), `byte ${at}`).toEqual(["1", "2", "3"])
            expect(rows).toEqual([])
        }
    })

    it("finds every entry and the rows without any checkpoint, and goes on behind them", async () => {
        const store = await filled(make(), 3, 60)
        const log = await opened(store)
        await log.journalRow([1, 2, 3], 3)
        await log.journalRow([4, 5], 2)
        await log.release(1)
        await put(log, [2, 9], false)
        const before = await stateOf(log)
        store.part.content.fill(0x5a, 0, new StoreLayout(store.size, store.pageBytes).anchorAt)
        const found = await opened(store)
        expect(await stateOf(found)).toEqual(before)
        await put(found, [16], true)
        const after = await stateOf(await opened(store))
        expect(after.entries[5]).toEqual([16])
        expect(after.rows).toEqual([])
    })
})

describe("a log on a store that holds something else", () => {
    it("has no entries, no rows and no records in random bytes, and says so within its bound", async () => {
        for (let seed = 0; seed < 40; seed++) {
            const part = seed % 2 === 0 ? new MB85RCModel(32768) : new AT24Model(1)
            new SeededRandom(seed).fill(part.content)
            const store = new ModelStore(part)
            const log = await opened(store)
            expect(store.bytesRead).toBeLessThan(2 * part.size)
            expect(await stateOf(log)).toEqual(EMPTY)
            await log.append(1, [1, 2, 3], 0, 3, true)
            expect((await stateOf(await opened(store))).entries).toEqual({ 1: [1, 2, 3] })
        }
    })

    it("ends on headers with right checksums and wrong everything else", async () => {
        await fc.assert(
            fc.asyncProperty(
                fc.array(
                    fc.record({
                        at: fc.nat(120),
                        isCheckpoint: fc.boolean(),
                        fields: fc.uint8Array({ minLength: 28, maxLength: 28 }),
                    }),
                    { maxLength: 40 }
                ),
                async pieces => {
                    const part = new MB85RCModel(1024)
                    const layout = new StoreLayout(1024, 0)
                    const view = new DataView(part.content.buffer)
                    for (const { at, isCheckpoint, fields } of pieces) {
                        const length = isCheckpoint ? 28 : 20
                        const start = isCheckpoint
                            ? (at % 4) * 32
                            : layout.ringAt + (at % (layout.ringUnits - 3)) * 8
                        part.content.set(fields.subarray(0, length), start)
                        part.content.set(isCheckpoint ? [0x53, 0x43] : [0xe0, 0x53], start)
                        // Small numbers are more of a trap than large ones.
                        for (let i = isCheckpoint ? 3 : 5; i < length; i += 2)
                            part.content[start + i] &= isCheckpoint ? 1 : 0
                        view.setInt32(
                            start + length,
                            crc32(part.content, start, start + length, 0),
                            true
                        )
                    }
                    const store = new ModelStore(part)
                    const log = await opened(store)
                    expect(store.bytesRead).toBeLessThan(6 * part.size)
                    await stateOf(log)
                    await log.append(0, [7], 0, 1, true)
                    await log.release(log.nextSerial)
                    expect(log.firstSerial).toBe(log.nextSerial)
                }
            ),
            { numRuns: 300, seed: 5 }
        )
    })
})

describe("opening a log", () => {
    it.each([
        ["FRAM of 32 KB", () => new MB85RCModel(32768), 0.1],
        ["FRAM of 8 KB", () => new MB85RCModel(8192), 0.1],
        ["EEPROM of 32 KB", () => new AT24Model(1), 0.2],
    ] as const)("takes a fraction of a second at 100 kHz: %s", async (_, make, limit) => {
        const store = await filled(make(), 80, 900)
        const log = await opened(store)
        // As many rows as the journal holds.
        for (let i = 0; await log.journalRow(bytesOf(i, 36), 36); i++);
        const measured = await cost(store, async () => {
            await opened(store)
        })
        let rows = 0
        const journal = await cost(store, async () => {
            await (
                await opened(store)
            ).journalRows(() => {
                rows++
                return Promise.resolve()
            })
        })
        expect(rows).toBeGreaterThanOrEqual(20)
        expect(measured.seconds, measured.text).toBeLessThan(limit)
        expect(journal.seconds, journal.text).toBeLessThan(0.5)
        store.part.content.fill(0, 0, 1024)
        const search = await cost(store, async () => {
            await opened(store)
        })
        expect(search.seconds, search.text).toBeLessThan(5)
    })
})

async function cost(store: ModelStore, action: () => Promise<void>) {
    const { bytesRead, transfers, busMs } = store
    await action()
    const seconds = (store.busMs - busMs) / 1000
    const text = `${store.bytesRead - bytesRead} B, ${store.transfers - transfers} transfers, ${seconds.toFixed(3)} s`
    return { seconds, text }
}

describe("the log's limits", () => {
    it("refuses a frame larger than its ring, counts it and closes its journal", async () => {
        const store = new ModelStore(new MB85RCModel(1024))
        const log = await opened(store)
        await log.journalRow([1], 1)
        expect(await log.append(0, bytesOf(1, 1000), 0, 1000, true)).toBe(false)
        const again = await opened(store)
        expect([again.dropped, again.nextSerial]).toEqual([1, 1])
        expect((await stateOf(again)).rows).toEqual([])
    })

    it("refuses rows and records that are empty or too long", async () => {
        const log = await opened(new ModelStore(new MB85RCModel(1024)))
        for (const length of [0, 117])
            await expect(log.journalRow(bytesOf(1, 120), length)).rejects.toThrow("1 to 116 B")
        for (const length of [0, 49])
            await expect(log.save(log.anchor, bytesOf(1, 50), length)).rejects.toThrow("1 to 48 B")
        await expect(log.save(log.memory, bytesOf(1, 170), 161)).rejects.toThrow("1 to 160 B")
        // It is not stuck after that.
        expect(await log.journalRow([1], 1)).toBe(true)
    })

    it("refuses stores and buffers that are too small", () => {
        expect(() => openLog(new ModelStore(new MB85RCModel(512)))).toThrow("too small")
        expect(() => openLog(new ModelStore(new AT24Model(1, 4096, 256)))).toThrow("too small")
    })

    it("serves several fibers at once", async () => {
        const store = new ModelStore(new MB85RCModel(8192))
        const log = await opened(store)
        const jobs: Promise<unknown>[] = []
        for (let i = 1; i <= 20; i++) {
            jobs.push(put(log, bytesOf(i, 50), false))
            jobs.push(log.journalRow([i], 1))
            jobs.push(log.lengthOf(i))
            jobs.push(log.save(log.anchor, [i], 1))
        }
        await Promise.all(jobs)
        const state = await stateOf(await opened(store))
        expect(Object.values(state.entries)).toEqual(
            Array.from({ length: 20 }, (_, i) => bytesOf(i + 1, 50))
        )
        expect(state.rows.map(row => row[0])).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
        expect(state.anchor).toEqual([20])
    })

    it("says so when an entry does not arrive as it was stored", async () => {
        const store = await filled(new MB85RCModel(1024), 1, 30)
        const log = await opened(store)
        expect(await log.lengthOf(1)).toBe(30)
        store.part.content[new StoreLayout(1024, 0).ringAt + 30] ^= 1
        await expect(log.read(1, new Uint8Array(30), 0)).rejects.toThrow("read with errors")
        await expect(log.read(2, new Uint8Array(30), 0)).rejects.toThrow("no entry 2")
    })
})

describe("wear of an EEPROM", () => {
    it("spreads over the pages: 1,000 frames of 15 rows leave no page with more than 240 cycles", async () => {
        const part = new AT24Model(1)
        const log = await opened(new ModelStore(part))
        for (let i = 1; i <= 1000; i++) {
            for (let row = 0; row < 15; row++) await log.journalRow(bytesOf(row, 40), 40)
            await log.append(0, bytesOf(i, 300), 0, 300, true)
            await log.release(i)
        }
        const most = Math.max(...part.cycles)
        expect(most).toBeLessThanOrEqual(240)
    })
})
