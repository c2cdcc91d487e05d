/**
 * Readings that have not settled are marked for as long as the part's description says, per
 * channel, after power-up and after a power loss, and no longer.
 */
import { expect, it } from "vitest"
import { type PartProgram } from "../../sim/parts/part-program.js"
import { type CataloguedPart } from "../../sim/parts/catalogue.js"
import { PartBench } from "../../sim/parts/part-bench.js"
import { QUALITY_WARMING_UP, isGap } from "../../src/core/quality.js"
import { type PartModel } from "../../src/drivers/shared/part-model.js"
import { RegisterModel } from "../../src/drivers/shared/register-model.js"

/** Looks at a channel while it warms up, or more: no two looks are further apart than this. */
const LOOKS = 24
const LONGEST_PAUSE_MS = 300_000
/** A start takes that long at most, ms: the conditioning of an SGP41, and the samples around it. */
const START_MS = 15_000

export function settles<M extends PartModel>(program: PartProgram<M>): void {
    const { part } = program
    if (part.channels.every(({ warmUp }) => warmUp === undefined)) {
        it("never says that it warms up, for it needs no time to settle", async () => {
            const bench = await PartBench.warm(program)
            for (let i = 0; i < 3; i++)
                expect((await bench.sample()).qualities).not.toContain(QUALITY_WARMING_UP)
        })
        return
    }
    for (const time of new Set(part.channels.map(({ warmUp }) => warmUp?.seconds ?? 0)))
        it(`warms up, ${namesOf(part, time)} for ${time} s, and after a power loss again`, async () => {
            const pause = Math.min((1000 * time) / LOOKS, LONGEST_PAUSE_MS)
            const everyMs = Math.max(part.everyMs ?? 1000, pause)
            const bench = new PartBench(program, { everyMs })
            const channel = part.channels.findIndex(c => (c.warmUp?.seconds ?? 0) === time)
            await expectWarmUp(bench, channel, 1000 * time, everyMs)
            const model: PartModel = bench.model
            if (!(model instanceof RegisterModel) || losesItUnnoticed(part)) return
            model.brownOut(bench.rig.world.clock.wallMs)
            while (!(await bench.sample()).isGap) continue
            await expectWarmUp(bench, channel, 1000 * time, everyMs)
        })
}

/** Takes samples until the channel has settled, from the first reading on. */
async function expectWarmUp<M extends PartModel>(
    bench: PartBench<M>,
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
