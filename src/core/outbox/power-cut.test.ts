import { isDeepStrictEqual } from "node:util"
import { describe, expect, it } from "vitest"
import { AT24Model } from "../../drivers/at24/model.js"
import { MB85RCModel } from "../../drivers/mb85rc/model.js"
import {
    EMPTY,
    expected,
    openLog,
    perform,
    stateOf,
    type LogState,
    type Operation,
} from "../../../tests/support/log-model.js"
import { ModelStore, type MemoryPart } from "../../../tests/support/model-store.js"
import { SeededRandom } from "../../../sim/time/random.js"
import { StoreLayout } from "./layout.js"

/** A session with everything in it: rows, frames, clock entries, releases, records, laps of the ring. */
function session(seed: number, length: number, longest: number): Operation[] {
    const random = new SeededRandom(seed)
    const pick = (from: number, to: number) => from + Math.floor(random.float() * (to - from + 1))
    const bytes = (from: number, to: number) =>
        Array.from({ length: pick(from, to) }, () => pick(0, 255))
    return Array.from({ length }, (): Operation => {
        const chance = random.float()
        if (chance < 0.35) return { do: "row", bytes: bytes(1, 40) }
        if (chance < 0.75) return { do: "append", bytes: bytes(1, longest), closes: chance > 0.45 }
        if (chance < 0.82) return { do: "release", count: pick(1, 3) }
        if (chance < 0.92) return { do: "anchor", bytes: bytes(1, 48) }
        return { do: "memory", bytes: bytes(1, 160) }
    })
}

/** Runs an operation and lets the power fail after N bytes. @returns whether it did */
async function cutIn(store: ModelStore, op: Operation, afterBytes: number): Promise<boolean> {
    const part = store.part
    const log = openLog(store)
    await log.open()
    let isCut = false
    part.cutPowerAfterBytes(afterBytes, () => (isCut = true))
    try {
        await perform(log, op)
    } catch (e) {
        if (!isCut) throw e
    }
    part.brownOut(0)
    return isCut
}

interface Report {
    cuts: number
    before: number
    between: number
    after: number
    torn: number
}

/**
 * Every operation of a session, cut at every byte it writes (or every `stride`-th). After each cut the log
 * shows the state before the operation, the one after it, or (older entries gave way
 * first) the one between; and the rest of the session goes on from there.
 */
async function everyCut(
    make: () => MemoryPart,
    operations: readonly Operation[],
    stride: number
): Promise<Report> {
    const part = make()
    const store = new ModelStore(part)
    const layout = new StoreLayout(store.size, store.pageBytes)
    const report = { cuts: 0, before: 0, between: 0, after: 0, torn: 0 }
    let state = EMPTY
    for (const [step, op] of operations.entries()) {
        const image = part.content.slice()
        const { after, between } = expected(state, op, layout)
        for (let n = 0; ; n += stride) {
            part.content.set(image)
            if (!(await cutIn(store, op, n))) break
            report.cuts++
            const log = openLog(store)
            await log.open()
            const found = await stateOf(log)
            const what = `step ${step}, ${op.do}, cut after ${n} B`
            report.torn += log.torn
            if (same(found, state)) report.before++
            else if (same(found, after)) report.after++
            else if (same(found, between)) report.between++
            else expect(found, what).toEqual(after)
            // It goes on working: the operation once more, and what it leaves is right.
            if (same(found, after)) continue
            const again = expected(found, op, layout).after
            if (op.do !== "row" || (await perform(log, op))) {
                if (op.do !== "row") await perform(log, op)
                expect(await stateOf(log), `${what}, again`).toEqual(again)
            }
        }
        // The last turn went through without a cut.
        const log = openLog(store)
        await log.open()
        const found = await stateOf(log)
        if (op.do !== "row" || !same(found, state)) expect(found, `step ${step}`).toEqual(after)
        state = found
    }
    return report
}

function same(a: LogState, b: LogState): boolean {
    return isDeepStrictEqual(a, b)
}

/** Opens the log with a cut after every number of bytes, until one goes through. */
async function everyCutInOpening(part: MemoryPart, state: LogState): Promise<number> {
    const image = part.content.slice()
    const store = new ModelStore(part)
    for (let n = 0; ; n++) {
        part.content.set(image)
        part.brownOut(0)
        let isCut = false
        part.cutPowerAfterBytes(n, () => (isCut = true))
        try {
            await openLog(store).open()
        } catch (e) {
            if (!isCut) throw e
        }
        part.brownOut(0)
        const log = openLog(store)
        await log.open()
        expect(await stateOf(log), `cut after ${n} B`).toEqual(state)
        if (!isCut) return n
    }
}

describe("a power cut while the log is opened", () => {
    const parts = () => [new MB85RCModel(1024), new AT24Model(7, 2048, 64)]

    it("at every byte, on a part that was never used", async () => {
        for (const part of parts()) expect(await everyCutInOpening(part, EMPTY)).toBe(32)
    })

    it("at every byte, on a part of which no checkpoint is left", async () => {
        for (const part of parts()) {
            const store = new ModelStore(part)
            const log = openLog(store)
            await log.open()
            for (const n of [1, 2, 3]) await log.append(n, [n, n], 0, 2, true)
            await log.journalRow([5, 6, 7], 3)
            const state = await stateOf(log)
            part.content.fill(0xff, 0, new StoreLayout(store.size, store.pageBytes).anchorAt)
            expect(await everyCutInOpening(part, state)).toBe(32)
        }
    })
})

describe("a power cut at every byte", () => {
    for (const byteUnderWay of ["old", "new"] as const)
        it(`of an FRAM of 1 KB, the byte in flight ${byteUnderWay}`, async () => {
            const make = () => {
                const part = new MB85RCModel(1024)
                part.byteUnderWay = byteUnderWay
                return part
            }
            const report = await everyCut(make, session(1, 40, 150), 1)
            expect(report.cuts).toBeGreaterThan(1500)
            expect(Math.min(report.before, report.after, report.between)).toBeGreaterThan(0)
            expect(report.torn).toBeGreaterThan(0)
        })

    // All cuts in the transfer of one page are alike; those in its cycle are a matter of chance.
    for (const [cutPhase, stride] of [
        ["transfer", 16],
        ["cycle", 4],
    ] as const)
        it(`of an EEPROM of 2 KB, in the ${cutPhase}`, async () => {
            const make = () => {
                const part = new AT24Model(7, 2048, 64)
                part.cutPhase = cutPhase
                return part
            }
            const report = await everyCut(make, session(2, 40, 250), stride)
            expect(report.cuts).toBeGreaterThan(200)
            expect(Math.min(report.before, report.after, report.between)).toBeGreaterThan(0)
        })
})
