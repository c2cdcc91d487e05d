/**
 * Random days in which everything goes wrong that can. `.ci/run` has more of them, `npm run
 * soak` many and longer ones: SUITCASE_CAMPAIGNS, SUITCASE_CAMPAIGN_STEPS, SUITCASE_CAMPAIGN_SEED.
 */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { minutes } from "../../sim/time/duration.js"
import { MB85RCModel } from "../../src/drivers/mb85rc/model.js"
import { extent } from "../runner/whole.js"
import { steps, suffer, type Step } from "./campaign.js"
import { linesInFiles, linesOf } from "./to-file.js"
import { Testbed, expectAllArrived, expectNothingInvented } from "./testbed.js"

const CAMPAIGNS = extent("SUITCASE_CAMPAIGNS", 1, 3)
const STEPS = extent("SUITCASE_CAMPAIGN_STEPS", 6, 10)
const SEED = Number(process.env["SUITCASE_CAMPAIGN_SEED"] ?? 1)
/** The outbox of these nodes holds more than that. */
const LONGEST_SECONDS = 5 * 3600

const COMMON = { intervalSeconds: 120, reportSeconds: 900 }
const DURABLE = {
    ...COMMON,
    reportSeconds: 900,
    store: "MB85RC256V" as const,
}

async function run(
    options: typeof COMMON,
    list: readonly Step[],
    clockPpm: number,
    check: (bed: Testbed) => void
): Promise<void> {
    const parts = options === DURABLE ? [new MB85RCModel()] : []
    const bed = new Testbed({ ...options, seed: clockPpm + 1000, clockPpm, parts })
    try {
        await suffer(bed, list)
        // The longest backoff, and the time after which a dead link is found.
        await bed.world.run(minutes(12))
        await bed.drain()
        check(bed)
        expect(bed.broker.violations).toEqual([])
        expect(bed.problems).toEqual([])
        expect(bed.node.panics).toEqual([])
        expect(bed.status.dropped).toBe(0)
        expect(bed.collector.heldFrames).toBe(0)
        const lines = await linesInFiles(bed.deliveries, "temperature", clockPpm + 1000)
        expect(lines, "in the files of a receiver that was killed meanwhile").toEqual(
            linesOf(bed.readings)
        )
    } finally {
        bed.close()
    }
}

async function campaigns(
    options: typeof COMMON,
    hasPowerCuts: boolean,
    check: (bed: Testbed) => void
): Promise<void> {
    await fc.assert(
        fc.asyncProperty(
            steps(hasPowerCuts, STEPS, LONGEST_SECONDS),
            fc.integer({ min: -80, max: 80 }),
            (list, clockPpm) => run(options, list, clockPpm, check)
        ),
        { seed: SEED, numRuns: CAMPAIGNS, endOnFailure: CAMPAIGNS < 10 }
    )
}

const TIMEOUT = { timeout: 5000 * CAMPAIGNS * STEPS + 60_000 }

describe("a node through days of trouble", () => {
    it("without power cuts: every reading arrives once, in order, at the right time", TIMEOUT, () =>
        campaigns(COMMON, false, bed => {
            expectAllArrived(bed.account())
            expect(bed.collector.lostFrames).toBe(0)
        })
    )

    it("with FRAM and power cuts: only a row that was being taken can be missing", TIMEOUT, () =>
        campaigns(DURABLE, true, bed => {
            const account = bed.account()
            expectNothingInvented(account)
            const { most, unexplained } = bed.lostToPowerCuts(account)
            expect(unexplained).toEqual([])
            expect(most, "readings lost in one power cut").toBeLessThanOrEqual(1)
        })
    )

    it("with power cuts and without FRAM: only what was in RAM is missing", TIMEOUT, () =>
        campaigns(COMMON, true, bed => {
            const account = bed.account()
            expectNothingInvented(account)
            expect(bed.lostToPowerCuts(account).unexplained).toEqual([])
            // Counted, together with the rows that were not taken without power.
            expect(
                bed.collector.counts.rowsMissing,
                `rows missing, counted by the decoder; ${account.missing.length} were lost`
            ).toBeGreaterThanOrEqual(account.missing.length)
        })
    )
})
