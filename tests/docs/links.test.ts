/** What a page of the project points to is there: links, headings, and files named in the text. */
import { existsSync, readFileSync } from "node:fs"
import path from "node:path"
import { describe, expect, it } from "vitest"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { projectFiles } from "../support/project-files.js"

/** Written by readers while they follow a guide. */
const TO_BE_WRITTEN =
    /^(?:devs\/(?:check|my-|examples\b)|src\/drivers\/(?:lps22hb|hdc1080|xyz|lesson3)|boards\/my)/

/** Without the programs and outputs in boxes. */
function proseOf(page: string): string {
    const text = readFileSync(path.join(PROJECT_ROOT, page), "utf8")
    return text.replace(/^(```+)[^]*?^\1/gm, "")
}

/** As GitHub makes them. */
function anchorsOf(page: string): string[] {
    return [...proseOf(page).matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
        title
            .toLowerCase()
            .replace(/[^\p{L}\p{N} _-]/gu, "")
            .replace(/ /g, "-")
    )
}

describe.each(projectFiles(/\.md$/))("%s", page => {
    it("links to what is there", () => {
        const dead = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
            .map(m => m[1])
            .filter(link => !/^[a-z]+:/.test(link))
            .filter(link => {
                const [file, anchor] = link.split("#")
                const target = file === "" ? page : path.posix.join(path.dirname(page), file)
                if (!existsSync(path.join(PROJECT_ROOT, target))) return true
                return anchor !== undefined && !anchorsOf(target).includes(anchor)
            })
        expect(dead).toEqual([])
    })

    it("names files of the project that are there", () => {
        const named = [
            ...proseOf(page).matchAll(
                /`((?:src|sim|tools|tests|bench|devs|docs|boards)\/[\w./-]*\w)`/g
            ),
        ]
        const absent = named
            .map(m => m[1])
            .filter(name => !TO_BE_WRITTEN.test(name))
            .filter(name => !existsSync(path.join(PROJECT_ROOT, name)))
            // A test by its beginning, as vitest takes it.
            .filter(name => !existsSync(path.join(PROJECT_ROOT, `${name}.test.ts`)))
        expect(absent).toEqual([])
    })
})
