import { mkdtempSync, rmSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { Occupancy } from "./occupancy.js"

describe("a state folder", () => {
    let folder: string
    beforeEach(() => {
        folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-state-"))
    })
    afterEach(() => rmSync(folder, { recursive: true }))

    const never = new AbortController().signal

    it("is for one at a time, and free when that one lets it go", async () => {
        const first = await Occupancy.take(folder)
        expect(await Occupancy.take(folder)).toBeUndefined()
        let isFree = false
        const waiting = Occupancy.untilFree(folder, never).then(() => (isFree = true))
        await new Promise(resolve => setImmediate(resolve))
        expect(isFree).toBe(false)
        await first?.release()
        await waiting
        const second = await Occupancy.take(folder)
        expect(second).toBeDefined()
        await second?.release()
    })

    it("ends a wait when it is told to", async () => {
        const first = await Occupancy.take(folder)
        const stop = new AbortController()
        const waiting = Occupancy.untilFree(folder, stop.signal)
        stop.abort()
        await waiting
        expect(await Occupancy.take(folder)).toBeUndefined()
        await first?.release()
    })

    it("of a long name is for one at a time too", async () => {
        const long = path.join(folder, "x".repeat(200))
        const first = await Occupancy.take(long)
        expect(first).toBeDefined()
        expect(await Occupancy.take(long)).toBeUndefined()
        await first?.release()
    })

    it.skipIf(process.platform === "win32")(
        "whose socket somebody deletes is noticed to be another's when that one takes it",
        async () => {
            const first = await Occupancy.take(folder)
            const lost = new Promise<void>(resolve => first?.onLost(resolve))
            rmSync(path.join(folder, "in-use"))
            const second = await Occupancy.take(folder)
            expect(second).toBeDefined()
            await lost
            await first?.release()
            await second?.release()
        }
    )
})
