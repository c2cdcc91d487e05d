/** What is kept between runs stays bounded, and what is used stays. */
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { keep, readKept } from "./kept.js"

let folder = ""

beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "suitcase-kept-"))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const file = (name: string) => path.join(folder, `${name}.json`)

/** Kept, and last used that many hours ago. */
function keepOld(name: string, hours: number): void {
    keep(file(name), name)
    const then = new Date(Date.now() - hours * 3_600_000)
    utimesSync(file(name), then, then)
}

describe("a result that is kept", () => {
    it("is there the next time, and leaves no other file", () => {
        keep(file("a"), { bytes: [1, 2] })
        expect(readKept(file("a"))).toEqual({ bytes: [1, 2] })
        expect(readdirSync(folder)).toEqual(["a.json"])
    })

    it("is none when it is missing or was cut off", () => {
        expect(readKept(file("a"))).toBeUndefined()
        writeFileSync(file("a"), '{ "bytes": [1')
        expect(readKept(file("a"))).toBeUndefined()
    })

    it("goes when there are more than may be, a quarter at once, the one not used for longest first", () => {
        for (const [i, name] of ["a", "b", "c", "d"].entries()) keepOld(name, 9 - i)
        readKept(file("a"))
        keep(file("e"), "e", 4)
        expect(readdirSync(folder).sort()).toEqual(["a.json", "d.json", "e.json"])
    })
})
