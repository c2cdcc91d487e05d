/** Checks that parts on the bus and on pins share. */
import { expect, it } from "vitest"
import { QUALITY_STALE, isGap } from "../../src/core/quality.js"
import { qualityName } from "../../src/core/quality-names.js"
import { type PartModel } from "../../src/drivers/shared/part-model.js"
import { type PartChannel } from "../../src/drivers/shared/part.js"
import { type CataloguedPart } from "../../sim/parts/catalogue.js"
import {
    PartBench,
    describeSample,
    forbiddenAccesses,
    newModel,
    type JudgedSample,
    type PartBenchOptions,
} from "../../sim/parts/part-bench.js"
import {
    DEFAULT_DRIVER,
    FROZEN_AFTER,
    FROZEN_DRIVER,
    NEIGHBOUR_DRIVER,
    SECOND_DRIVER,
    neighbourOf,
    type PartProgram,
} from "../../sim/parts/part-program.js"
import { IS_WHOLE, extent } from "../runner/whole.js"
import { type DriverRig } from "../../sim/parts/driver-rig.js"

const MINUTE_MS = 60_000
/** Samples until a driver's texts and lists have their final size; two hours of a day. */
const SETTLING_SAMPLES = 120
/** A node's objects differ by the lengths of texts and numbers they hold, B. */
export const HEAP_SLACK = 128
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
export function noticesFrozen<M extends PartModel>(program: PartProgram<M>, more = 0): void {
    const { part } = program
    it("while its readings are frozen and somebody watches for that", async () => {
        const bench = await PartBench.warm(program, { running: [FROZEN_DRIVER] })
        bench.model.faults.stuckValue = true
        let sample = await bench.samples(2 * FROZEN_AFTER)
        const said = describeSample(bench, sample)
        expect(sample.isGap, `${said}; all has to be a gap`).toBe(true)
        expect(sample.qualities.includes(QUALITY_STALE), `${said}; one has to be stale`).toBe(true)
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
    program: PartProgram<M>,
    faults: Readonly<Record<string, (model: M, isOn: boolean) => void>>
): void {
    const { part } = program
    it("while another part is missing, and leaves others alone when it is missing itself", async () => {
        const model = newModel(part)
        const neighbour = neighbourOf(part).model()
        const bench = new PartBench(program, {
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
                const said = qualities.map(qualityName).join(", ")
                const where = `the other part while ${part.name} is ${fault}: ${said}`
                expect(qualities.some(isGap), where).toBe(false)
            }
            set(model, false)
        }
        expect(neighbour.illegalAccesses.map(({ what }) => what)).toEqual([])
    })
}

/** @param make gives two new parts */
export function twoOfThem<M extends PartModel>(
    program: PartProgram<M>,
    name: string,
    make: () => readonly M[]
): void {
    it(name, async () => {
        const models = make()
        const running = [DEFAULT_DRIVER, SECOND_DRIVER]
        const bench = new PartBench(program, { models, running })
        for (const about of program.part.channels) nudge(bench, about)
        await bench.start()
        expectTruth(bench, await bench.sample(), "the first one")
        expectTruth(bench, await bench.sample(SECOND_DRIVER), "the second one")
        for (const model of models) expect(forbiddenAccesses(program.part, model)).toEqual([])
    })
}

export function staysTrue<M extends PartModel>(
    program: PartProgram<M>,
    surroundings: readonly Surroundings[]
): void {
    it.each(surroundings)("%s", async (where, options) => {
        const bench = await PartBench.warm(program, options)
        for (let i = 0; i < 20; i++) {
            const sample = await bench.sample()
            expectTruth(bench, sample, where)
            expectBounded(bench, sample)
        }
        expect(forbiddenAccesses(program.part, bench.model)).toEqual([])
    })
}

/**
 * In `.ci/run` as many samples as a day has minutes, less two hours to settle; with
 * SUITCASE_PART_DAYS=all, as in `npm run soak`, at that pace too. In `npm test` one part
 * of each family has its whole day: whole-day.test.ts.
 */
export function lasts<M extends PartModel>(program: PartProgram<M>): void {
    const ownMs = program.part.everyMs ?? 1000
    const isDay = process.env["SUITCASE_PART_DAYS"] === "all"
    const everyMs = isDay ? Math.max(MINUTE_MS, ownMs) : ownMs
    const count = IS_WHOLE || isDay ? 1320 : 440
    it(`over ${count} samples, one each ${everyMs / 1000} s, in which the heap does not grow`, async () => {
        const bench = await PartBench.warm(program, { everyMs })
        await bench.samples(SETTLING_SAMPLES)
        const before = await liveFree(bench.rig)
        const samples = await bench.take(count)
        const lost = before - (await liveFree(bench.rig))
        expect(lost, "B of heap lost").toBeLessThanOrEqual(HEAP_SLACK)
        for (const sample of samples) expectTruth(bench, sample, `at ${sample.at / 1e6} s`)
        expect(forbiddenAccesses(program.part, bench.model)).toEqual([])
    })
}

/**
 * The places of a sample where a fault strikes: all of them, or evenly spread ones
 * with the first and the last. `.ci/run` takes more, `npm run soak` all: SUITCASE_PART_PLACES.
 */
export function placesToStrike(count: number): number[] {
    const most = extent("SUITCASE_PART_PLACES", 4, 12)
    if (count <= most) return Array.from({ length: count }, (_, i) => i + 1)
    return Array.from({ length: most }, (_, i) => 1 + Math.round((i * (count - 1)) / (most - 1)))
}

/** A fault strikes the next sample. @returns that sample */
export async function judgeStrike(
    bench: PartBench<PartModel>,
    where: string,
    mayBeWrong = false
): Promise<JudgedSample> {
    const struck = await bench.sample()
    const said = `${where}: ${describeSample(bench, struck)}`
    if (!mayBeWrong) expect(struck.wrong, said).toEqual([])
    expectBounded(bench, struck)
    const hasReason = !struck.isGap || struck.errors === 0 || struck.lastError !== ""
    expect(hasReason, `${said}; lastError has to say why`).toBe(true)
    await expectRecovery(bench, where, mayBeWrong)
    return struck
}

/**
 * The next read, or all reads from it on, give nothing but ones or zeros. The inputs change just
 * before, so that no old value passes as new.
 * @returns what the driver passed although the part did not measure it, in words
 */
export async function wrongOnRestingBus(bench: PartBench, where: string): Promise<string[]> {
    const { part, model } = bench
    const isLasting = model.faults.restingBus?.isLasting === true
    // Parts that measure by themselves may still give what they measured before.
    const measuresWhenAsked = (part.settleSamples ?? 1) === 1 && part.group !== "counting"
    const found: string[] = []
    for (const about of part.channels) nudge(bench, about)
    for (let i = 0; i < (isLasting ? 3 : 1); i++) {
        const sample = await bench.sample()
        expectBounded(bench, sample)
        found.push(...(measuresWhenAsked ? bench.wrongNow(sample) : sample.wrong))
    }
    model.faults.restingBus = undefined
    await expectRecovery(bench, where)
    return found
}

export async function expectRecovery(
    bench: PartBench<PartModel>,
    where: string,
    mayBeWrong = false
): Promise<void> {
    const { part } = bench
    let sample = await bench.sample()
    for (let i = 1; i < recoverySamples(part); i++) {
        if (!mayBeWrong)
            expect(sample.wrong, `after ${where}: ${describeSample(bench, sample)}`).toEqual([])
        expectBounded(bench, sample)
        sample = await bench.sample()
    }
    expectTruth(bench, sample, `after ${where}`)
    expect(bench.rig.node.panics, `panics after ${where}`).toEqual([])
}

export function expectTruth(
    bench: PartBench<PartModel>,
    sample: JudgedSample,
    where: string
): void {
    const said = `${where}: ${describeSample(bench, sample)}`
    expect(sample.wrong, said).toEqual([])
    expect(sample.isComplete, `${said}; there has to be a reading of each channel`).toBe(true)
}

export function expectBounded({ part }: PartBench<PartModel>, { ms }: JudgedSample): void {
    const limit = part.sampleLimitMs ?? DEFAULT_SAMPLE_LIMIT_MS
    expect(ms, `${part.name}: ms that a sample took, faults included`).toBeLessThanOrEqual(limit)
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

/** Free heap without garbage at the end of a sample, B. */
export async function liveFree(rig: DriverRig): Promise<number> {
    rig.node.gcStress(true)
    await rig.take(2 * rig.running.length)
    rig.node.gcStress(false)
    return rig.node.heap()?.free ?? 0
}
