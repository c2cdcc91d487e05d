/**
 * What every part on a pin has to pass, driver and model of the firmware's service in
 * the VM. Faults strike; after each of them a sample is a gap or the truth, and readings
 * come back without a reboot.
 */
import { describe, expect, it } from "vitest"
import { QUALITY_ABSENT, QUALITY_TIMEOUT, QUALITY_WRONG_PART } from "../../src/core/quality.js"
import {
    PartBench,
    describeSample,
    forbiddenAccesses,
    newModel,
} from "../../sim/parts/part-bench.js"
import { type PartProgram } from "../../sim/parts/part-program.js"
import { type ServiceModel } from "../../src/drivers/shared/pins/service-model.js"
import {
    FAST_AND_SLOW,
    expectBounded,
    expectRecovery,
    expectTruth,
    judgeStrike,
    lasts,
    leavesOthersAlone,
    noticesFrozen,
    staysTrue,
    twoOfThem,
} from "./checks.js"
import { startsFirst } from "./first-run.js"
import { sweeps } from "./i2c-suite.js"

/** Requests that a driver repeats before it gives up. */
const TRIES = 3
/** A service that does not announce itself any more is missed after this time, ms. */
const MISSED_MS = 2500
/** When a fault strikes within a sample, ms after the sample before. */
const MOMENTS_MS = [1, 20, 100, 500, 1500, 1990, 2005, 2020, 2060, 2140]

export function pinSuite(program: PartProgram<ServiceModel>): void {
    startsFirst(program)
    describe("reads the truth", () => sweeps(program))
    describe("gives a gap or the truth, and recovers,", () => strikes(program))
    describe("stays with the truth", () => surroundings(program))
}

function strikes(program: PartProgram<ServiceModel>): void {
    const { part } = program
    const warm = () => PartBench.warm(program)
    const cold = () => new PartBench(program)

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
            expect(forbiddenAccesses(part, bench.model)).toEqual([])
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

    // The service is taken up again one sample later.
    noticesFrozen(program, 1)
}

function surroundings(program: PartProgram<ServiceModel>): void {
    const { part } = program
    leavesOthersAlone(program, {
        unplugged: (model, isOn) => (model.faults.unplugged = isOn),
        silent: (model, isOn) => (model.faults.silent = isOn),
    })
    twoOfThem(program, "with two of them on two pins", () => [newModel(part), newModel(part)])
    staysTrue(program, FAST_AND_SLOW)
    lasts(program)
}
