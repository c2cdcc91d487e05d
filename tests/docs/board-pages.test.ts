/** docs/boards and the overviews in boards/ are what `npm run docs:boards` makes of the boards' files. */
import { readFileSync, readdirSync } from "node:fs"
import path from "node:path"
import { describe, expect, it } from "vitest"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { boardFiles } from "../../tools/scripts/boards/board-files.js"
import { withTable } from "../../tools/scripts/boards/board-table.js"

const files = await boardFiles()

describe("the pages of boards", () => {
    it.each([...files.keys()])("%s is what npm run docs:boards makes", file => {
        expect(readFileSync(path.join(PROJECT_ROOT, file), "utf8")).toBe(files.get(file))
    })

    it("are all that there is in docs/boards", () => {
        const there = readdirSync(path.join(PROJECT_ROOT, "docs/boards"))
        const made = [...files.keys()].filter(file => file.startsWith("docs/boards/"))
        expect(there.sort()).toEqual(made.map(file => path.basename(file)).sort())
    })

    it("have no empty cell, and no word undefined", () => {
        for (const [file, text] of files) {
            expect(text.match(/undefined|NaN|\[object/g), file).toBeNull()
            if (file.startsWith("docs/boards/") && file.endsWith(".md"))
                expect(text.match(/^\|.*\|\s+\|$/gm), file).toEqual([
                    expect.stringMatching(/^\|[ |]*\|$/),
                ])
        }
    })
})

describe("an overview", () => {
    it("without a place for the table is refused", () => {
        expect(() => withTable("# Boards\n", [], "en")).toThrow("no place for the table")
    })
})
