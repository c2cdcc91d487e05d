import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { AT24Model } from "../../drivers/at24/model.js"
import { MB85RCModel } from "../../drivers/mb85rc/model.js"
import { ModelStore, type MemoryPart } from "../../../tests/support/model-store.js"
import { ENTRY_CLOCK, ENTRY_FRAME, ENTRY_SEALED } from "./outbox.js"
import { FrameLog } from "./log.js"
import { StoreOutbox } from "./store-outbox.js"

const RETRY_MS = 5000
const HOLD_MS = 60_000

class Bench {
    now = 0
    outbox: StoreOutbox

    constructor(
        readonly part: MemoryPart = new MB85RCModel(8192),
        readonly spareBytes = 300
    ) {
        this.outbox = this.make()
    }

    /** A new boot. */
    async boot(): Promise<void> {
        this.part.brownOut(0)
        this.outbox = this.make()
        await this.outbox.reach()
    }

    /** Pushes a frame with this number as its contents. */
    push(number: number, kind: number = ENTRY_FRAME): Promise<boolean> {
        return this.outbox.push(kind, [number & 255, number >> 8, 7], 3)
    }

    async number(serial: number): Promise<number | undefined> {
        const length = await this.outbox.lengthOf(serial)
        if (length === 0) return undefined
        const target = new Uint8Array(length)
        await this.outbox.read(serial, target, 0)
        return target[0] | (target[1] << 8)
    }

    /** The numbers of all entries that wait, in order. */
    async waiting(): Promise<number[]> {
        const numbers: number[] = []
        await this.outbox.lengthOf(0)
        for (let s = this.outbox.firstSerial; s < this.outbox.nextSerial; s++) {
            const number = await this.number(s)
            if (number !== undefined) numbers.push(number)
        }
        return numbers
    }

    private make(): StoreOutbox {
        const pause = () => Promise.resolve()
        const log = new FrameLog(new ModelStore(this.part), new Uint8Array(128), pause)
        return new StoreOutbox(log, {
            spare: new Uint8Array(this.spareBytes),
            alloc: length => new Uint8Array(length),
            millis: () => this.now,
            pause,
        })
    }
}

async function opened(part?: MemoryPart, spareBytes?: number): Promise<Bench> {
    const bench = new Bench(part, spareBytes)
    await bench.boot()
    return bench
}

describe("the outbox in a memory part", () => {
    it("goes on across boots, with serials and kinds", async () => {
        const bench = await opened()
        for (let i = 1; i <= 5; i++) await bench.push(i, i === 4 ? ENTRY_CLOCK : ENTRY_SEALED)
        await bench.outbox.release(2)
        await bench.boot()
        expect([bench.outbox.firstSerial, bench.outbox.nextSerial]).toEqual([3, 6])
        expect(await bench.waiting()).toEqual([3, 4, 5])
        await bench.outbox.lengthOf(4)
        expect(bench.outbox.kindOf(4)).toBe(ENTRY_CLOCK)
        expect(bench.outbox.used).toBe(3 * 32)
    })

    it("drops the oldest when it is full, and still knows how many after a boot", async () => {
        const bench = await opened(new MB85RCModel(1024))
        for (let i = 1; i <= 30; i++) await bench.push(i)
        const { dropped, used, capacity } = bench.outbox
        expect(used).toBeLessThanOrEqual(capacity)
        const first = dropped + 1
        expect(await bench.waiting()).toEqual(
            Array.from({ length: 30 - dropped }, (_, i) => first + i)
        )
        await bench.boot()
        expect(bench.outbox.dropped).toBe(dropped)
        expect(dropped).toBeGreaterThan(10)
    })

    it("closes the row journal with a frame, plain or sealed, and not with a clock entry", async () => {
        const bench = await opened()
        const rows = async () => {
            await bench.boot()
            let count = 0
            await bench.outbox.log.journalRows(() => {
                count++
                return Promise.resolve()
            })
            return count
        }
        await bench.outbox.journalRow([1, 2], 2)
        await bench.push(1, ENTRY_CLOCK)
        expect(await rows()).toBe(1)
        await bench.push(2, ENTRY_SEALED)
        expect(await rows()).toBe(0)
        await bench.outbox.journalRow([1, 2], 2)
        await bench.push(3, ENTRY_FRAME)
        expect(await rows()).toBe(0)
    })
})

describe("an outbox whose part fails", () => {
    it("keeps entries in RAM and moves them to the part, in order, once it answers", async () => {
        const bench = await opened()
        await bench.push(1)
        bench.part.faults.unplugged = true
        await bench.push(2)
        await bench.push(3)
        expect(await bench.waiting(), "nothing out of order").toEqual([])
        bench.part.faults.unplugged = false
        expect(await bench.waiting(), "not yet tried again").toEqual([])
        bench.now += RETRY_MS
        expect(await bench.waiting()).toEqual([1, 2, 3])
        await bench.push(4)
        await bench.boot()
        expect(await bench.waiting()).toEqual([1, 2, 3, 4])
    })

    it("gives out what is in RAM when the part stays away, and the rest later", async () => {
        const bench = await opened()
        await bench.push(1)
        bench.part.faults.unplugged = true
        await bench.push(2)
        bench.now += HOLD_MS
        expect(await bench.waiting()).toEqual([2])
        await bench.outbox.release(bench.outbox.firstSerial)
        await bench.push(3)
        bench.part.faults.unplugged = false
        bench.now += RETRY_MS
        expect(await bench.waiting()).toEqual([1, 3])
    })

    it("does without a part that was never there, as an outbox in RAM", async () => {
        const part = new MB85RCModel(8192)
        part.faults.unplugged = true
        const bench = await opened(part, 20)
        for (let i = 1; i <= 5; i++) await bench.push(i)
        expect(await bench.waiting()).toEqual([3, 4, 5])
        expect(bench.outbox.dropped).toBe(2)
        expect(bench.outbox.lastError).toBe("the part does not answer")
        expect(await bench.outbox.journalRow([1], 1)).toBe(false)
        expect(await bench.outbox.saveMemory([1], 1)).toBe(false)
    })

    it("tries again every 5 s and not more often", async () => {
        const bench = await opened()
        bench.part.faults.unplugged = true
        for (; bench.now < 60_000; bench.now += 100) await bench.push(1)
        expect(bench.outbox.errors).toBe(12)
    })

    it("forgets nothing that was released while the part was away", async () => {
        const bench = await opened()
        for (let i = 1; i <= 4; i++) await bench.push(i)
        bench.part.faults.unplugged = true
        await bench.push(5)
        await bench.outbox.release(2)
        bench.part.faults.unplugged = false
        bench.now += RETRY_MS
        expect(await bench.waiting()).toEqual([3, 4, 5])
    })

    it("does not take an entry for delivered that could merely not be read", async () => {
        const bench = await opened()
        for (let i = 1; i <= 4; i++) await bench.push(i)
        expect(await bench.number(1)).toBe(1)
        bench.part.faults.unplugged = true
        expect(await bench.number(2)).toBe(undefined)
        await bench.outbox.release(2)
        await bench.outbox.release(1)
        bench.part.faults.unplugged = false
        bench.now += RETRY_MS
        expect(await bench.waiting()).toEqual([2, 3, 4])
    })

    it("loses nothing and doubles nothing under any sequence of failures, boots and releases", async () => {
        const step = fc.constantFrom("push", "take", "unplug", "plug", "wait", "nack", "boot")
        await fc.assert(
            fc.asyncProperty(
                fc.boolean(),
                fc.array(step, { maxLength: 120, size: "max" }),
                async (isEeprom, steps) => {
                    const part = isEeprom ? new AT24Model(1, 8192) : new MB85RCModel(8192)
                    const bench = await opened(part, 2000)
                    let pushed = 0
                    const delivered: number[] = []
                    const lastSerials: number[] = []
                    for (const what of steps) {
                        bench.now += 1000
                        const faults = bench.part.faults
                        if (what === "push") await bench.push(++pushed)
                        else if (what === "unplug") faults.unplugged = true
                        else if (what === "plug") faults.unplugged = false
                        else if (what === "nack") faults.nackTransfer = 1 + (pushed % 9)
                        else if (what === "wait") bench.now += HOLD_MS
                        else if (what === "take") {
                            // As the uplink does: what is not there is released too.
                            const serial = bench.outbox.firstSerial
                            if (serial === bench.outbox.nextSerial) continue
                            let number: number | undefined
                            try {
                                number = await bench.number(serial)
                            } catch {
                                continue
                            }
                            if (number !== undefined) {
                                delivered.push(number)
                                expect(lastSerials).not.toContain(serial)
                                lastSerials.push(serial)
                            }
                            await bench.outbox.release(serial)
                        } else if (bench.outbox.isAttached) {
                            // What is in RAM at a boot is lost; that is what "attached" excludes.
                            await bench.boot()
                            lastSerials.length = 0
                        }
                    }
                    bench.part.faults.unplugged = false
                    bench.part.faults.nackTransfer = 0
                    bench.now += HOLD_MS
                    const rest = await bench.waiting()
                    const all = [...new Set([...delivered, ...rest])].sort((a, b) => a - b)
                    expect(all).toEqual(Array.from({ length: pushed }, (_, i) => i + 1))
                    expect(new Set(rest).size, "twice in the store").toBe(rest.length)
                }
            ),
            { numRuns: 150, seed: 21 }
        )
    })
})
