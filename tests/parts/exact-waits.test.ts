import { expect, it } from "vitest"
import { PartProgram } from "../../sim/parts/part-program.js"
import { SHT4xModel } from "../../src/drivers/sht4x/model.js"
import { part } from "../../src/drivers/sht4x/part.js"

/** SHT4X_MEASURE_MS of its driver. */
const MEASURE_MS = 9
const MEASURE = 0xfd

const program = new PartProgram("sht4x", part)
const PLAIN = program.variant()

it.each([
    ["usual", false, MEASURE_MS + 2],
    ["exact", true, MEASURE_MS],
] as const)("waits that are %s take as long as they should", async (_what, hasExactWaits, ms) => {
    const model = new SHT4xModel().feed("temperature", 20).feed("humidity", 50)
    const rig = program.rig(PLAIN, model, { hasExactWaits })
    const waits: number[] = []
    let askedAt: number | undefined
    rig.node.bus.onTransfer = ({ write }) => {
        const now = rig.world.clock.now / 1000
        if (askedAt !== undefined) waits.push(Math.round(now - askedAt))
        askedAt = write[0] === MEASURE ? now : undefined
    }
    await rig.take(3)
    expect(waits, "ms from the command to the answer").toEqual([ms, ms, ms])
})
