/** Conversions on the board: what was proven of them in Node holds for the VM's number arithmetic too. */
import { describe, expect, it } from "vitest"
import { type PartProgram } from "../../sim/parts/part-program.js"
import { type RigProgram } from "../../sim/parts/rig-program.js"
import { sweepHere, sweepInVm } from "../../sim/parts/sweep.js"

/** Every Nth of the 65,536 inputs; `npm run soak` takes all. A prime, so that it meets all low bits. */
const STEP = Number(process.env["SUITCASE_SWEEP_STEP"] ?? 7)

/** An exported function of integers, and how both sides call it. */
export interface Conversion {
    readonly convert: (...args: never[]) => number
    /** What it is called with on the board, as source: "input - 32768, 3"; default "input". */
    readonly args?: string
    /** The same call in Node; default the function itself. */
    readonly here?: (input: number) => number
    /** Calls between two pauses. */
    readonly pauseEvery?: number
}

/** Declares a test for each conversion of a part. Belongs outside of tests. */
export function conversionsAgree(program: PartProgram, conversions: readonly Conversion[]): void {
    functionsAgree(program, `src/drivers/${program.part.folder}/conversion`, conversions)
}

/** @param module path from the project's root, without extension */
export function functionsAgree(
    program: RigProgram,
    module: string,
    conversions: readonly Conversion[]
): void {
    describe(`on the board's arithmetic as in Node (${module})`, () => {
        for (const { convert, args, here, pauseEvery } of conversions) {
            const sweep = program.sweep({
                module,
                name: convert.name,
                step: STEP,
                ...(args === undefined ? {} : { args }),
                ...(pauseEvery === undefined ? {} : { pauseEvery }),
            })
            it(`${convert.name}(${args ?? "input"}) is the same for each ${STEP === 1 ? "" : `${STEP}th `}input`, async () => {
                const expected = sweepHere(here ?? (convert as (input: number) => number), STEP)
                expect(await sweepInVm(program, sweep)).toBe(expected)
            })
        }
    })
}
