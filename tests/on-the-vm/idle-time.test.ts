/**
 * The simulator leaves out the wake-ups of virtual machines that would do nothing.
 * Nobody may notice: not the program, not the broker, not a host on USB.
 */
import { describe, expect, it } from "vitest"
import { compile } from "../../sim/program/compile.js"
import { hours } from "../../sim/time/duration.js"
import { World } from "../../sim/world/world.js"
import { theBoard } from "../../sim/board/profile.js"
import { IS_WHOLE } from "../runner/whole.js"
import { observe, RUN_NAMES, type RunName } from "../support/observed-run.js"

/** Runs it both ways. */
async function expectSame(name: RunName, seed: number, board?: string): Promise<void> {
    const ofNodes = board === undefined ? {} : { board: { profile: theBoard(board) } }
    const left = await observe(name, seed, { runsEveryWake: false }, ofNodes)
    const all = await observe(name, seed, { runsEveryWake: true }, ofNodes)
    const i = all.findIndex((line, at) => line !== left[at])
    expect(left.slice(Math.max(0, i - 2), i + 3), `line ${i}`).toEqual(
        all.slice(Math.max(0, i - 2), i + 3)
    )
    expect(left.length).toBe(all.length)
}

describe("idle time that is left out", () => {
    for (const name of RUN_NAMES)
        for (const seed of IS_WHOLE ? [1, 2] : [1])
            it(`changes nothing in the run "${name}" with seed ${seed}`, () =>
                expectSame(name, seed))

    for (const board of ["suitcase_xiao_c3", "suitcase_pico_w"])
        it(`changes nothing on the board ${board}, whose runs take time`, () =>
            expectSame("restless", 1, board))

    it("takes fewer than 6 wake-ups per second: those in which devices announce themselves", async () => {
        const source = `
import * as ds from "@devicescript/core"
setInterval(async () => { console.log("tick") }, 600_000)
`
        const world = new World({ seed: 1 })
        const node = world.addNode({ program: compile("devs/idle.ts", { source }) })
        await world.run(hours(1))
        expect(node.console.filter(({ text }) => text === "tick").length).toBe(5)
        expect(node.rounds / 3600).toBeLessThan(6)
        expect(node.rounds / 3600).toBeGreaterThan(1)
    })
})
