/**
 * The simplest run of a part, and what tests of everything else do not tell again when it
 * fails: one cause gives one failure.
 */
import { beforeEach, expect, it } from "vitest"
import { type PartModel } from "../../src/drivers/shared/part-model.js"
import { PartBench, describeSample, forbiddenAccesses } from "../../sim/parts/part-bench.js"
import { type PartProgram } from "../../sim/parts/part-program.js"
import { unfinishedMarks } from "../../tools/cli/sensors/unfinished.js"

/** Samples after the first complete one. */
const FURTHER_SAMPLES = 3

/** The first test of a suite; all others are skipped when it fails. */
export function startsFirst<M extends PartModel>(program: PartProgram<M>): void {
    const { part } = program
    let hasFailed = false
    beforeEach(({ skip }) => {
        if (hasFailed) skip(`${part.folder} does not pass its first run`)
    })

    it("starts, and reads what the part hands out, as its datasheet allows", async () => {
        hasFailed = true
        const bench = await PartBench.warm(program)
        for (let i = 0; i < FURTHER_SAMPLES; i++) {
            const sample = await bench.sample()
            const said = `sample ${i + 1}: ${describeSample(bench, sample)}`
            expect(sample.wrong, said).toEqual([])
            expect(sample.isComplete, `${said}; there has to be a reading of each channel`).toBe(
                true
            )
        }
        expect(forbiddenAccesses(part, bench.model), "accesses in a plain run").toEqual([])
        hasFailed = false
    })

    it("has nothing left in it of the template that it was made from", () => {
        expect(unfinishedMarks(part.folder), "places to finish").toEqual([])
    })
}
