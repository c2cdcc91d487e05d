/**
 * The indoor-climate station on the boards of the kit, as their files describe them, for a minute: the one with
 * the least memory and the one without a network; `.ci/run` takes all.
 */
import { afterEach, describe, expect, it } from "vitest"
import { indoorClimate } from "../../sim/apps/indoor-climate.js"
import { compile } from "../../sim/program/compile.js"
import { minutes } from "../../sim/time/duration.js"
import { kitBoard, kitBoards } from "../../tools/boards/kit-boards.js"
import { SimSession } from "../../tools/cli/sim/session.js"
import { IS_WHOLE } from "../runner/whole.js"

const BOARDS = IS_WHOLE ? kitBoards().map(({ id }) => id) : ["suitcase_feather_s2", "suitcase_pico"]

/** Rows at 3 s and at the end of the minute, of four channels, of which the slowest may still warm up. */
const LEAST_READINGS = 3
/** A row reads three parts. */
const LEAST_TRANSFERS = 6

let session: SimSession | undefined
afterEach(async () => {
    const open = session
    session = undefined
    await open?.close()
})

async function run(id: string): Promise<SimSession> {
    const { profile } = kitBoard(id)
    const { heapBytes, beatPin } = profile
    session = await SimSession.open({
        app: indoorClimate,
        program: compile("devs/indoor-climate.ts", { target: "board", heapBytes, beatPin }),
        board: { profile },
        runMs: minutes(1),
    })
    await session.run(minutes(1))
    return session
}

describe.each(BOARDS)("indoor climate on %s", id => {
    it("boots, takes its rows from the bus, sends them where there is a network, and never restarts", async () => {
        const open = await run(id)
        const [node] = open.nodes
        expect(node.board?.profile.id).toBe(id)
        expect(node.bus.transfers, "transfers").toBeGreaterThanOrEqual(LEAST_TRANSFERS)
        const report = await open.finish()
        expect(node.panics).toEqual([])
        expect(report.boardResets).toEqual([])
        const { hasWifi, heapBytes } = kitBoard(id).profile
        if (hasWifi) expect(report.readingsReceived).toBeGreaterThanOrEqual(LEAST_READINGS)
        expect(report.readingsReceived > 0, "whether anything arrived").toBe(hasWifi)
        expect(report.readingsLost).toBe(0)
        expect(report.heapLowWaterBytes, "B of heap left").toBeGreaterThan(0)
        expect(report.heapLowWaterBytes, "B of heap left").toBeLessThan(heapBytes)
    })
})
