/** The page's words: complete in both languages, and the same list of problems in the docs. */
import { readFileSync, readdirSync } from "node:fs"
import path from "node:path"
import { describe, expect, it } from "vitest"
import { PROJECT_ROOT } from "../../sim/program/project.js"
import { type BothLanguages } from "../../tools/web/kit-export.js"
import { PROBLEMS } from "../../tools/web/page/words/problems.js"
import { LANGUAGES, WORDS, filled, say } from "../../tools/web/page/words/words.js"

const gaps = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort()

const TEXTS: readonly (readonly [string, BothLanguages])[] = [
    ...Object.entries(WORDS),
    ...Object.entries(PROBLEMS).flatMap(([id, { title, remedy }]) => [
        [`${id}: title`, title] as const,
        [`${id}: remedy`, remedy] as const,
    ]),
]

describe("the page's words", () => {
    it("are there in both languages, with the same gaps", () => {
        for (const [name, { en, da }] of TEXTS) {
            expect(en.trim(), name).toBe(en)
            expect(da.trim(), name).toBe(da)
            expect(en === "" || da === "", name).toBe(false)
            expect(gaps(da), name).toEqual(gaps(en))
        }
    })

    it("are all used", () => {
        const folder = path.join(PROJECT_ROOT, "tools/web/page")
        const files = ["view", "flow", "readings", "access"].flatMap(name => filesIn(folder, name))
        const sources = [...files, path.join(folder, "main.ts")]
            .map(file => readFileSync(file, "utf8"))
            .join("\n")
        const unused = Object.keys(WORDS).filter(
            word => !new RegExp(`["'.]${word}\\b`).test(sources)
        )
        expect(unused).toEqual([])
    })

    it("are filled in where they have gaps", () => {
        expect(say("da", "stepOf", { number: 2, all: 6 })).toBe("Trin 2 af 6")
        expect(filled("{a} {b}", { a: 1 })).toBe("1 {b}")
    })

    it.each(LANGUAGES)("about problems stand in the docs as the page says them (%s)", language => {
        const file = language === "en" ? "docs/flash-page.md" : "docs/flash-page.da.md"
        const page = readFileSync(path.join(PROJECT_ROOT, file), "utf8")
        const rows = page.split("\n").flatMap(line => {
            const match = /^\| (.*?) +\| (.*?) +\|$/.exec(line)
            return match === null ? [] : [`${match[1]} | ${match[2]}`]
        })
        const said = Object.values(PROBLEMS).map(
            ({ title, remedy }) => `${shown(title[language])} | ${shown(remedy[language])}`
        )
        expect(said.filter(row => !rows.includes(row))).toEqual([])
    })
})

/** What is filled in stands as … in the docs. */
function shown(text: string): string {
    return text.replace(/\{\w+\}/g, "…")
}

function filesIn(folder: string, name: string): string[] {
    return readdirSync(path.join(folder, name)).map(file => path.join(folder, name, file))
}
