/**
 * Readings that have not settled are marked for as long as the part's description says, per
 * channel, after power-up and after a loss of supply, and no longer.
 *
 * `SUITCASE_PART=scd4x npx vitest run tests/parts/warm-up` runs it for one part.
 */
import { describe, expect, it } from "vitest"
import { QUALITY_WARMING_UP, isGap } from "../../src/core/quality.js"
import { type PartModel } from "../../src/drivers/part-model.js"
import { RegisterModel } from "../../src/drivers/register-model.js"
import { loadParts, type CataloguedPart } from "../../sim/parts/catalogue.js"
import { PartBench } from "../../sim/parts/part-bench.js"

/** Looks at a channel while it warms up, or more: no two looks are further apart than this. */
const LOOKS = 24
const LONGEST_PAUSE_MS = 300_000
/** A start takes that long at most, ms: the conditioning of an SGP41, and the samples around it. */
const START_MS = 15_000

const only = process.env["SUITCASE_PART"]
const parts = (await loadParts()).filter(({ folder }) => only === undefined || folder === only)
const warming = parts.filter(({ channels }) => channels.some(({ warmUp }) => warmUp !== undefined))
const others = parts.filter(part => !warming.includes(part))

describe("parts that have to settle", { timeout: 120_000 }, () => {
    if (warming.length === 0) it.skip("are none here", () => undefined)
    for (const part of warming) {
        const seconds = [...new Set(part.channels.map(({ warmUp }) => warmUp?.seconds ?? 0))]
        for (const time of seconds)
            it(`${part.folder}: ${namesOf(part, time)} for ${time} s, and after a loss of supply again`, async () => {
                const pause = Math.min((1000 * time) / LOOKS, LONGEST_PAUSE_MS)
                const everyMs = Math.max(part.everyMs ?? 1000, pause)
                const bench = new PartBench<PartModel>(part, { everyMs })
                const channel = part.channels.findIndex(c => (c.warmUp?.seconds ?? 0) === time)
                await expectWarmUp(bench, channel, 1000 * time, everyMs)
                if (!(bench.model instanceof RegisterModel) || losesItUnnoticed(part)) return
                bench.model.brownOut(bench.rig.world.clock.wallMs)
                while (!(await bench.sample()).isGap) continue
                await expectWarmUp(bench, channel, 1000 * time, everyMs)
            })
    }
})

describe("parts that need no time to settle", { timeout: 60_000 }, () => {
    if (others.length === 0) it.skip("are none here", () => undefined)
    for (const part of others)
        it(`${part.folder} never says that it warms up`, async () => {
            const bench = await PartBench.warm<PartModel>(part)
            for (let i = 0; i < 3; i++)
                expect((await bench.sample()).qualities).not.toContain(QUALITY_WARMING_UP)
        })
})

/** Takes samples until the channel has settled, from the first reading on. */
async function expectWarmUp(
    bench: PartBench<PartModel>,
    channel: number,
    ms: number,
    everyMs: number
): Promise<void> {
    const begin = bench.rig.world.clock.wallMs
    const { name } = bench.part.channels[channel]
    for (;;) {
        const { qualities, lastError } = await bench.sample()
        const since = bench.rig.world.clock.wallMs - begin
        const quality = qualities[channel]
        const where = `${name} after ${Math.round(since / 1000)} s of ${ms / 1000} s (${lastError})`
        expect(since, `${where}: still not settled`).toBeLessThan(ms + START_MS + 3 * everyMs)
        if (isGap(quality)) continue
        if (quality !== QUALITY_WARMING_UP) {
            expect(since, `${where}: settled too early`).toBeGreaterThanOrEqual(ms - everyMs)
            return
        }
    }
}

function namesOf({ channels }: CataloguedPart, seconds: number): string {
    return channels
        .filter(({ warmUp }) => (warmUp?.seconds ?? 0) === seconds)
        .map(({ name }) => name)
        .join(", ")
}

/** Its description says so; an SCD30 goes on measuring by itself (README). */
function losesItUnnoticed({ folder, limits }: CataloguedPart): boolean {
    return folder === "scd30" || limits?.brownOut !== undefined
}
