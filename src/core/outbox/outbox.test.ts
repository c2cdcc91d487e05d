import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { ENTRY_CLOCK, ENTRY_FRAME, OUTBOX_OVERHEAD_BYTES, RamOutbox } from "./outbox.js"

interface Waiting {
    readonly serial: number
    readonly kind: number
    readonly bytes: readonly number[]
}

async function entryOf(outbox: RamOutbox, serial: number): Promise<Waiting> {
    const length = await outbox.lengthOf(serial)
    const kind = outbox.kindOf(serial)
    const target = new Uint8Array(length + 2).fill(0xee)
    await outbox.read(serial, target, 1)
    expect([target[0], target[length + 1]], "bytes around the target").toEqual([0xee, 0xee])
    return { serial, kind, bytes: [...target.subarray(1, length + 1)] }
}

const pushes = fc.record({
    kind: fc.nat(15),
    bytes: fc.array(fc.nat(255), { minLength: 1, maxLength: 40 }),
})

describe("the RAM outbox", () => {
    it("behaves as a queue that drops its oldest entries when they do not fit", async () => {
        await fc.assert(
            fc.asyncProperty(
                fc.integer({ min: 8, max: 120 }),
                fc.array(fc.oneof(pushes, fc.nat(4)), { maxLength: 200 }),
                async (size, operations) => {
                    const outbox = new RamOutbox(new Uint8Array(size))
                    const model: Waiting[] = []
                    let next = 1
                    let dropped = 0
                    const bytes = () =>
                        model.reduce((sum, e) => sum + e.bytes.length + OUTBOX_OVERHEAD_BYTES, 0)
                    for (const op of operations) {
                        if (typeof op === "number") {
                            await outbox.release(outbox.firstSerial + op)
                            model.splice(0, op + 1)
                        } else {
                            const fits = op.bytes.length + OUTBOX_OVERHEAD_BYTES <= size
                            expect(await outbox.push(op.kind, op.bytes, op.bytes.length)).toBe(fits)
                            if (fits) model.push({ serial: next++, ...op })
                            else dropped++
                            for (; bytes() > size; dropped++) model.shift()
                        }
                        expect(outbox.nextSerial).toBe(next)
                        expect(outbox.firstSerial).toBe(model[0]?.serial ?? next)
                        expect(outbox.used).toBe(bytes())
                        expect(outbox.dropped).toBe(dropped)
                        for (const entry of model)
                            expect(await entryOf(outbox, entry.serial)).toEqual(entry)
                    }
                }
            ),
            { numRuns: 200, seed: 4 }
        )
    })

    it("gives entries in any order, as a resend does", async () => {
        const outbox = new RamOutbox(new Uint8Array(64))
        for (let i = 1; i <= 9; i++) await outbox.push(i, [i, i + 1], 2)
        for (const serial of [9, 1, 5, 6, 2, 8])
            expect(await entryOf(outbox, serial)).toEqual({
                serial,
                kind: serial,
                bytes: [serial, serial + 1],
            })
    })

    it("has nothing at serials that were released, dropped or not given yet", async () => {
        const outbox = new RamOutbox(new Uint8Array(2 * (OUTBOX_OVERHEAD_BYTES + 4)))
        for (let i = 0; i < 4; i++) await outbox.push(ENTRY_FRAME, [1, 2, 3, 4], 4)
        await outbox.release(3)
        for (const serial of [0, 1, 2, 3, 5, 1e6]) {
            expect(await outbox.lengthOf(serial), `serial ${serial}`).toBe(0)
            expect(outbox.kindOf(serial)).toBe(0)
            await expect(outbox.read(serial, new Uint8Array(9), 0)).rejects.toThrow(
                `the outbox has no entry ${serial}`
            )
        }
        expect(await outbox.lengthOf(4)).toBe(4)
        expect(outbox.dropped).toBe(2)
    })

    it("does not go back when an old entry is released again, nor beyond the newest", async () => {
        const outbox = new RamOutbox(new Uint8Array(64))
        for (let i = 0; i < 4; i++) await outbox.push(ENTRY_CLOCK, [i], 1)
        await outbox.release(2)
        await outbox.release(1)
        expect([outbox.firstSerial, outbox.nextSerial]).toEqual([3, 5])
        await outbox.release(99)
        expect([outbox.firstSerial, outbox.nextSerial, outbox.used]).toEqual([5, 5, 0])
    })
})
