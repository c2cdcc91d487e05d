/**
 * A day of every application on a board, in the place that it is for: nothing is lost over an outage of the broker,
 * and memory is left. `npm test` only sees which of them fit. Applications that sample each second have two hours. `npm run soak` makes weeks of it
 * (SUITCASE_APP_DAYS). The Pico W has half a day here: its SPI beat makes it slow to simulate.
 */
import path from "node:path"
import { describe, expect, it } from "vitest"
import { neededHeapBytes } from "../../sim/apps/declared.js"
import { USES, type KitUse } from "../../sim/apps/uses.js"
import { theBoard } from "../../sim/board/profile.js"
import { days, hours } from "../../sim/time/duration.js"
import { placeKind } from "../../sim/worlds/registry.js"
import { appFile, programCalled, surroundingsOf } from "../../tools/cli/apps.js"
import { parseFault } from "../../tools/cli/sim/faults.js"
import { SimSession } from "../../tools/cli/sim/session.js"
import { appNames } from "../../sim/apps/registry.js"
import { IS_WHOLE, extent } from "../runner/whole.js"
import { appProgram } from "./app-bench.js"

const EVERY_SECOND = ["street-noise", "harbour-watch"]
/** In whole days for all of them; 0 = a day, and two hours for those of a second. */
const DAYS = extent("SUITCASE_APP_DAYS", 0, 0)
const KIB = 1024
/** A board of 40 KB has less to spare. */
const SMALL_HEAP = 64 * KIB

/** @param board id of the board */
export function describeDays(board: string): void {
    const profile = theBoard(board)
    const isSmall = profile.heapBytes < SMALL_HEAP
    // What is free once garbage was collected: up to a quarter of the heap is garbage before (docs/reliability.md).
    const leastFree = (isSmall ? 4 : 8) * KIB
    const isPico = profile.id === "suitcase_pico_w"
    const known = appNames()
    const isFor = ({ app, family }: KitUse) =>
        known.includes(app) && (family === undefined || family === profile.family)
    const apps = USES.filter(isFor)

    describe(`a day of every application on ${board}`, { timeout: 600_000 }, () => {
        for (const { app, place } of apps) {
            const needed = neededHeapBytes(path.normalize(appFile(app)))
            const fits = needed <= profile.heapBytes
            it(`${fits ? "has" : "has not"} the heap that ${app} asks for`, () => {
                expect(fits || (isSmall && needed === SMALL_HEAP), `${needed} B`).toBe(true)
            })
            if (!fits || !(IS_WHOLE || DAYS > 0)) continue
            it(`loses nothing of ${app} and leaves ${leastFree} B of memory`, async () => {
                const isFast = EVERY_SECOND.includes(app)
                const runMs =
                    DAYS > 0 ? days(DAYS) : isFast ? hours(2) : isPico ? hours(12) : days(1)
                const kitApp = await surroundingsOf(await programCalled(app))
                const session = await SimSession.open({
                    app: kitApp ?? expect.fail(`${app} has no parts`),
                    program: appProgram(app, board),
                    place: placeKind(place) ?? expect.fail(`no place ${place}`),
                    board: { profile },
                    store: "fram",
                    runMs,
                    faults: [parseFault("broker-down@+1h+30m")],
                })
                try {
                    await session.run(runMs)
                    const report = await session.finish()
                    expect(report).toMatchObject({
                        readingsLost: 0,
                        readingsDropped: 0,
                        malformed: 0,
                        silentNodes: 0,
                    })
                    expect(report.readingsReceived, "readings").toBeGreaterThan(50)
                    const free = report.heapAfterCollectionBytes ?? report.heapLowWaterBytes
                    expect(free, "B of free heap").toBeGreaterThanOrEqual(leastFree)
                } finally {
                    await session.close()
                }
            })
        }
    })
}
