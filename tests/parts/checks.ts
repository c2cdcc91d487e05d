/** Checks that parts on the bus and on pins share. */
import { expect, it } from "vitest"
import { QUALITY_STALE, isGap } from "../../src/core/quality.js"
import { type PartModel } from "../../src/drivers/part-model.js"
import { type PartChannel } from "../../src/drivers/part.js"
import { type CataloguedPart } from "../../sim/parts/catalogue.js"
import {
    DEFAULT_DRIVER,
    FROZEN_AFTER,
    FROZEN_DRIVER,
    NEIGHBOUR_DRIVER,
    PartBench,
    SECOND_DRIVER,
    describeSample,
    neighbourOf,
    newModel,
    type BenchPart,
    type JudgedSample,
    type PartBenchOptions,
} from "../../sim/parts/part-bench.js"

const DAY_MS = 24 * 3600 * 1000
/** A node's objects differ by the lengths of texts and numbers they hold, B. */
const HEAP_SLACK = 128
/** The text of an error may follow the sample with the gap. */
const DEFAULT_SAMPLE_LIMIT_MS = 3000
const REPLUG_SAMPLES = 2

/** Surroundings and what they are called. */
export type Surroundings = readonly [string, PartBenchOptions]

export const FAST_AND_SLOW: readonly Surroundings[] = [
    ["when the node's clock is 100 ppm fast", { clockPpm: 100 }],
    ["when the node's clock is 100 ppm slow", { clockPpm: -100 }],
]

/** @param more further samples after which readings must be back */
export function noticesFrozen<M extends PartModel>(part: BenchPart<M>, more = 0): void {
    it("while its readings are frozen and somebody watches for that", async () => {
        const bench = await PartBench.warm(part, { running: [FROZEN_DRIVER] })
        bench.model.faults.stuckValue = true
        let sample = await bench.samples(2 * FROZEN_AFTER)
        expect(
            sample.qualities.filter(q => !isGap(q)),
            describeSample(bench, sample)
        ).toEqual([])
        expect(sample.qualities).toContain(QUALITY_STALE)
        expect(sample.lastError).toContain("do not change")
        bench.model.faults.stuckValue = false
        for (const about of part.channels) nudge(bench, about)
        for (let i = 0; i < recoverySamples(part) + more && !sample.isComplete; i++)
            sample = await bench.sample()
        expectTruth(bench, sample, "moving again")
    })
}

/** @param faults of this part, under which others have to go on */
export function leavesOthersAlone<M extends PartModel>(
    part: BenchPart<M>,
    faults: Readonly<Record<string, (model: M, isOn: boolean) => void>>
): void {
    it("while another part is missing, and leaves others alone when it is missing itself", async () => {
        const model = newModel(part)
        const neighbour = neighbourOf(part).model()
        const bench = new PartBench(part, {
            models: [model, neighbour],
            running: [DEFAULT_DRIVER, NEIGHBOUR_DRIVER],
        })
        neighbour.faults.unplugged = true
        await bench.start()
        expectTruth(bench, await bench.sample(), "while the other part is missing")
        neighbour.faults.unplugged = false
        for (const [fault, set] of Object.entries(faults)) {
            set(model, true)
            await bench.sample(NEIGHBOUR_DRIVER)
            for (let i = 0; i < 2; i++) {
                const { qualities } = await bench.sample(NEIGHBOUR_DRIVER)
                expect(qualities.some(isGap), `the other part while this one is ${fault}`).toBe(
                    false
                )
            }
            set(model, false)
        }
        expect(neighbour.illegalAccesses).toEqual([])
    })
}

/** @param make gives two new parts */
export function twoOfThem<M extends PartModel>(
    part: BenchPart<M>,
    name: string,
    make: () => readonly M[]
): void {
    it(name, async () => {
        const models = make()
        const running = [DEFAULT_DRIVER, SECOND_DRIVER]
        const bench = new PartBench(part, { models, running })
        for (const about of part.channels) nudge(bench, about)
        await bench.start()
        expectTruth(bench, await bench.sample(), "the first one")
        expectTruth(bench, await bench.sample(SECOND_DRIVER), "the second one")
        for (const model of models) expect(model.illegalAccesses).toEqual([])
    })
}

export function staysTrue<M extends PartModel>(
    part: BenchPart<M>,
    surroundings: readonly Surroundings[]
): void {
    it.each(surroundings)("%s", async (where, options) => {
        const bench = await PartBench.warm(part, options)
        for (let i = 0; i < 20; i++) {
            const sample = await bench.sample()
            expectTruth(bench, sample, where)
            expectBounded(bench, sample)
        }
        expect(bench.model.illegalAccesses).toEqual([])
    })
}

/** The check of a whole day, for parts on the bus and on pins alike. */
export function lasts<M extends PartModel>(part: BenchPart<M>): void {
    it("over 24 h of samples, in which the heap does not grow", async () => {
        const bench = await PartBench.warm(part, { everyMs: Math.max(60_000, part.everyMs ?? 0) })
        await bench.run(DAY_MS / 12)
        const before = await liveFree(bench)
        const samples = await bench.run((DAY_MS * 11) / 12)
        const lost = before - (await liveFree(bench))
        expect(lost, "B of heap lost in 22 h").toBeLessThanOrEqual(HEAP_SLACK)
        expect(samples.length).toBeGreaterThan(1200)
        for (const sample of samples) expectTruth(bench, sample, `at ${sample.at / 1e6} s`)
        expect(bench.model.illegalAccesses).toEqual([])
    })
}

/** A fault strikes the next sample. @returns that sample */
export async function judgeStrike(
    bench: PartBench<PartModel>,
    where: string,
    mayBeWrong = false
): Promise<JudgedSample> {
    const struck = await bench.sample()
    if (!mayBeWrong) expect(struck.wrong, where).toEqual([])
    expectBounded(bench, struck)
    if (struck.isGap && struck.errors > 0) expect(struck.lastError, where).not.toBe("")
    await expectRecovery(bench, where, mayBeWrong)
    return struck
}

export async function expectRecovery(
    bench: PartBench<PartModel>,
    where: string,
    mayBeWrong = false
): Promise<void> {
    const { part } = bench
    let sample = await bench.sample()
    for (let i = 1; i < recoverySamples(part); i++) {
        if (!mayBeWrong) expect(sample.wrong, `after ${where}`).toEqual([])
        expectBounded(bench, sample)
        sample = await bench.sample()
    }
    expectTruth(bench, sample, `after ${where}`)
    expect(bench.rig.node.panics).toEqual([])
}

export function expectTruth(
    bench: PartBench<PartModel>,
    sample: JudgedSample,
    where: string
): void {
    expect(sample.wrong, where).toEqual([])
    expect(sample.isComplete, `${where}: ${describeSample(bench, sample)}`).toBe(true)
}

export function expectBounded({ part }: PartBench<PartModel>, { ms }: JudgedSample): void {
    expect(ms, "ms that a sample took").toBeLessThanOrEqual(
        part.sampleLimitMs ?? DEFAULT_SAMPLE_LIMIT_MS
    )
}

export function recoverySamples(part: CataloguedPart): number {
    return Math.max(part.recoverSamples ?? 1, part.startSamples ?? 1, REPLUG_SAMPLES)
}

/** Changes an input, if nothing else is said by about a tenth. */
export function nudge(bench: PartBench<PartModel>, about: PartChannel): void {
    const input = bench.modelChannel(about)
    if (input === undefined) return
    const more = about.normal * 1.1
    const other = more <= (about.to ?? input.max) ? more : about.normal * 0.9
    bench.feed(input.name, about.changed ?? other)
}

/** Free heap without garbage, B. */
async function liveFree({ rig }: PartBench<PartModel>): Promise<number> {
    rig.node.gcStress(true)
    await rig.world.run(2 * 60_000)
    rig.node.gcStress(false)
    return rig.node.heap()?.free ?? 0
}
