/**
 * What every part on a pin has to pass, driver and model of the firmware's service in
 * the VM. Faults strike; after each of them a sample is a gap or the truth, and readings
 * come back without a reboot.
 *
 * `SUITCASE_PART=pulses npx vitest run tests/parts/pin` runs it for one part.
 */
import { describe, expect, it } from "vitest"
import {
    QUALITY_ABSENT,
    QUALITY_STALE,
    QUALITY_TIMEOUT,
    QUALITY_WRONG_PART,
    isGap,
} from "../../src/core/quality.js"
import { BH1750Model } from "../../src/drivers/bh1750/model.js"
import { type ServiceModel } from "../../src/drivers/pins/service-model.js"
import { isOnPin, loadParts, type CataloguedServicePart } from "../../sim/parts/catalogue.js"
import {
    DEFAULT_DRIVER,
    FROZEN_AFTER,
    FROZEN_DRIVER,
    NEIGHBOUR_DRIVER,
    PartBench,
    SECOND_DRIVER,
    describeSample,
    newModel,
} from "../../sim/parts/part-bench.js"
import {
    expectBounded,
    expectRecovery,
    expectTruth,
    judgeStrike,
    lasts,
    nudge,
    recoverySamples,
    sweeps,
} from "./common-suite.js"

/** Requests that a driver repeats before it gives up. */
const TRIES = 3
/** A service that does not announce itself any more is missed after this time, ms. */
const MISSED_MS = 2500
/** When a fault strikes within a sample, ms after the sample before. */
const MOMENTS_MS = [1, 20, 100, 500, 1500, 1990, 2005, 2020, 2060, 2140]

const only = process.env["SUITCASE_PART"]
const parts = (await loadParts()).filter(isOnPin)
const ours = parts.filter(({ folder }) => only === undefined || folder === only)
if (ours.length === 0) it.skip("has no part", () => undefined)
for (const part of ours)
    describe(`${part.folder} (${part.name})`, { timeout: 120_000 }, () => {
        describe("reads the truth", () => sweeps(part))
        describe("gives a gap or the truth, and recovers,", () => strikes(part))
        describe("stays with the truth", () => surroundings(part))
    })

function strikes(part: CataloguedServicePart): void {
    const warm = () => PartBench.warm(part)
    const cold = () => new PartBench(part)

    it.each([1, 2, TRIES, TRIES + 1])("when %d reports get lost", async lost => {
        const bench = await warm()
        bench.model.faults.loseReports = lost
        const struck = await judgeStrike(bench, `${lost} lost`)
        if (lost < TRIES) expectTruth(bench, struck, `${lost} lost`)
        else if (struck.isGap) expect(struck.qualities).toContain(QUALITY_TIMEOUT)
    })

    it.each(["shortReports", "longReports"] as const)(
        "when a reading of the wrong size comes (%s)",
        async fault => {
            const bench = await warm()
            bench.model.faults[fault] = 1
            const struck = await judgeStrike(bench, fault)
            expect(struck.qualities, describeSample(bench, struck)).toEqual(
                part.channels.map(() => QUALITY_WRONG_PART)
            )
        }
    )

    it("while its service announces itself, but does not answer, in bounded time", async () => {
        const bench = await warm()
        bench.model.faults.silent = true
        for (let i = 0; i < 3; i++) {
            const sample = await bench.sample()
            expectBounded(bench, sample)
            expect(sample.qualities, "reason").toEqual(part.channels.map(() => QUALITY_TIMEOUT))
            expect(sample.lastError).not.toBe("")
        }
        bench.model.faults.silent = false
        await expectRecovery(bench, "answering again")
    })

    it("when its service begins anew at any moment between two samples and in one", async () => {
        for (const ms of MOMENTS_MS) {
            const bench = await warm()
            bench.rig.world.clock.after(ms * 1000, () => bench.model.restart())
            await judgeStrike(bench, `restart after ${ms} ms`)
            expect(bench.model.illegalAccesses).toEqual([])
        }
    })

    it("when its service is gone at any moment for less than it is missed", async () => {
        for (const ms of MOMENTS_MS) {
            const bench = await warm()
            const { clock } = bench.rig.world
            clock.after(ms * 1000, () => (bench.model.faults.unplugged = true))
            clock.after((ms + 700) * 1000, () => (bench.model.faults.unplugged = false))
            await judgeStrike(bench, `gone after ${ms} ms`)
        }
    })

    it("while it is unplugged, and when it is plugged in again", async () => {
        const bench = await warm()
        bench.model.faults.unplugged = true
        for (let ms = 0; ms < MISSED_MS; ms += part.everyMs ?? 0) {
            const sample = await bench.sample()
            expectBounded(bench, sample)
            expect(sample.isGap, describeSample(bench, sample)).toBe(true)
        }
        for (let i = 0; i < 2; i++) {
            const sample = await bench.sample()
            expect(sample.qualities, "reason").toEqual(part.channels.map(() => QUALITY_ABSENT))
            expect(sample.lastError).toContain("no service")
        }
        bench.model.faults.unplugged = false
        await expectRecovery(bench, "plugged in again")
    })

    it("when it is plugged in only after the node's start", async () => {
        const bench = cold()
        bench.model.faults.unplugged = true
        for (let i = 0; i < 3; i++) {
            const sample = await bench.sample()
            expectBounded(bench, sample)
            expect(sample.qualities).toEqual(part.channels.map(() => QUALITY_ABSENT))
        }
        bench.model.faults.unplugged = false
        await expectRecovery(bench, "plugged in late")
    })

    it("while its readings are frozen and somebody watches for that", async () => {
        const bench = await PartBench.warm(part, { running: [FROZEN_DRIVER] })
        bench.model.faults.stuckValue = true
        let sample = await bench.samples(2 * FROZEN_AFTER)
        expect(
            sample.qualities.filter(q => !isGap(q)),
            describeSample(bench, sample)
        ).toEqual([])
        expect(sample.qualities).toContain(QUALITY_STALE)
        bench.model.faults.stuckValue = false
        for (const about of part.channels) nudge(bench, about)
        for (let i = 0; i < recoverySamples(part) + 1 && !sample.isComplete; i++)
            sample = await bench.sample()
        expectTruth(bench, sample, "moving again")
    })
}

function surroundings(part: CataloguedServicePart): void {
    it("while a part on the bus is missing, and leaves it alone when it is missing itself", async () => {
        const model = newModel<ServiceModel>(part)
        const neighbour = new BH1750Model(0x5c).feed("illuminance", 321)
        const bench = new PartBench(part, {
            models: [model, neighbour],
            running: [DEFAULT_DRIVER, NEIGHBOUR_DRIVER],
        })
        neighbour.faults.unplugged = true
        await bench.start()
        expectTruth(bench, await bench.sample(), "while the other part is missing")
        neighbour.faults.unplugged = false
        for (const fault of ["unplugged", "silent"] as const) {
            model.faults[fault] = true
            await bench.sample(NEIGHBOUR_DRIVER)
            for (let i = 0; i < 2; i++) {
                const { qualities } = await bench.sample(NEIGHBOUR_DRIVER)
                expect(qualities.some(isGap), `the other part while this one is ${fault}`).toBe(
                    false
                )
            }
            model.faults[fault] = false
        }
        expect(neighbour.illegalAccesses).toEqual([])
    })

    it("with two of them on two pins", async () => {
        const models = [newModel<ServiceModel>(part), newModel<ServiceModel>(part)]
        const running = [DEFAULT_DRIVER, SECOND_DRIVER]
        const bench = new PartBench(part, { models, running })
        for (const about of part.channels) nudge(bench, about)
        await bench.start()
        expectTruth(bench, await bench.sample(), "the first one")
        expectTruth(bench, await bench.sample(SECOND_DRIVER), "the second one")
        for (const model of models) expect(model.illegalAccesses).toEqual([])
    })

    it.each([
        ["when the node's clock is 100 ppm fast", 100],
        ["when the node's clock is 100 ppm slow", -100],
    ])("%s", async (where, clockPpm) => {
        const bench = await PartBench.warm(part, { clockPpm })
        for (let i = 0; i < 20; i++) {
            const sample = await bench.sample()
            expectTruth(bench, sample, where)
            expectBounded(bench, sample)
        }
        expect(bench.model.illegalAccesses).toEqual([])
    })

    lasts(part)
}
