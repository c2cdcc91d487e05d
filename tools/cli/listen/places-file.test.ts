import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { readPlaces } from "./places-file.js"

describe("the file of --places", () => {
    let folder: string
    beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-places-"))))
    afterEach(() => rmSync(folder, { recursive: true }))

    function read(text: string) {
        const file = path.join(folder, "places.json")
        writeFileSync(file, text)
        return readPlaces(file)
    }

    it("says where nodes are, and what they are for", () => {
        const places = read('{"town/n1":{"coordinates":[10.2,56.1],"type":"WaterObserved"}}')
        expect(places.get("town/n1")).toEqual({ coordinates: [10.2, 56.1], type: "WaterObserved" })
    })

    it.each([
        ["{", /this is not JSON/],
        ['{"n1":{}}', /n1: .*/],
        ['{"town/n1":{"coordinates":[56.1,210.2]}}', /town\/n1\.coordinates/],
        ['{"town/n1":{"coordinate":[1,2]}}', /coordinate/],
        ['{"town/n1":{"type":"a b"}}', /letters and digits/],
    ])("%s is refused with words", (text, words) => {
        expect(() => read(text)).toThrow(words)
    })

    it("that is not there is refused with words", () => {
        expect(() => readPlaces(path.join(folder, "none.json"))).toThrow(/no such file/)
    })
})
