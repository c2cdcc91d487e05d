/**
 * The link is cut at every byte of a session, in both directions, alone and with
 * everything else wrong that can be (link-faults.ts). Here at one byte in
 * so many, more of them in `.ci/run`; `npm run soak -- cuts` takes each one: SUITCASE_LINK_CUT_GRAIN.
 */
import { afterEach, describe, expect, it } from "vitest"
import { IS_WHOLE } from "../runner/whole.js"
import { sweep, type Sweep } from "./link-cuts.js"
import { FAULTS, ONLY_CUT } from "./link-faults.js"
import { Testbed, expectAllArrived } from "./testbed.js"

/** Bytes from one cut to the next: primes, so that they fall on all places of packets. */
const GRAIN = IS_WHOLE
    ? { cut: { up: 11, down: 3 }, fault: { up: 61, down: 11 } }
    : { cut: { up: 23, down: 5 }, fault: { up: 151, down: 31 } }
const GRAIN_WANTED = process.env["SUITCASE_LINK_CUT_GRAIN"]
/** Bytes of the longest session that is cut, at least: with and without an introduction. */
const LONGEST = { up: { isForgetful: 1000, keeps: 500 }, down: { isForgetful: 60, keeps: 60 } }

let bed: Testbed | undefined
afterEach(() => {
    bed?.close()
    bed = undefined
})

/** A sweep for each direction, fault, and kind of broker, each beginning at another byte. */
const sweeps = (["up", "down"] as const).flatMap(direction =>
    [ONLY_CUT, ...FAULTS].flatMap((fault, nth) =>
        [false, true].map((isForgetful): Sweep => {
            const usual = GRAIN[fault === ONLY_CUT ? "cut" : "fault"][direction]
            const grain = GRAIN_WANTED === undefined ? usual : Number(GRAIN_WANTED)
            return { direction, fault, isForgetful, grain, first: (nth * 7) % grain }
        })
    )
)

function title({ direction, fault, isForgetful, grain, first }: Sweep): string {
    const bytes = grain === 1 ? "every byte" : `one byte in ${grain}, from byte ${first} on,`
    const broker = isForgetful ? "lost its sessions" : "kept the session"
    return `${bytes} sent ${direction} to a broker that ${broker}, ${fault.name}`
}

describe("a link that is cut after", () => {
    it.each(sweeps.map(one => [title(one), one] as const))(
        "%s: every reading arrives once, in order",
        { timeout: 3_600_000 },
        async (_title, one) => {
            bed = new Testbed({ seed: 1, intervalSeconds: 60, reportSeconds: 300 })
            const { connections, lastCut, isWhole, strikes } = await sweep(bed, one)
            expect(isWhole, `whole sessions after ${connections} connections`).toBe(true)
            expect(lastCut, "B of the longest session that was cut").toBeGreaterThan(
                LONGEST[one.direction][one.isForgetful ? "isForgetful" : "keeps"]
            )
            expect(strikes, "times that the fault struck").toBeGreaterThan(0)
            expectAllArrived(bed.account())
            expect(bed.broker.violations).toEqual([])
            expect(bed.problems).toEqual([])
            expect(bed.node.panics).toEqual([])
            expect(bed.collector.lostFrames).toBe(0)
            expect(bed.status).toMatchObject({ dropped: 0, errors: 0 })
        }
    )
})
