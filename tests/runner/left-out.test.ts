/** What `npm test` leaves out is run by .ci/run. */
import { readFileSync } from "node:fs"
import path from "node:path"
import { expect, it } from "vitest"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { projectFiles } from "../support/project-files.js"

/** The paths that a shell makes of words with braces: "a/{b,c}.ts" are two. */
function unfolded(words: readonly string[]): string[] {
    return words.flatMap(word => {
        const braces = /^(.*)\{(.*)\}(.*)$/.exec(word)
        if (braces === null) return [word]
        const [, before, choices, after] = braces
        return choices.split(",").map(choice => before + choice + after)
    })
}

it("files with a long form are in the list of .ci/run, and no others", () => {
    const script = readFileSync(path.join(PROJECT_ROOT, ".ci", "run"), "utf8")
    const [, words = ""] = /^LEFT_OUT=\(([^]*?)\n\)/m.exec(script) ?? []
    const listed = unfolded(words.split(/\s+/).filter(word => word !== ""))
    const text = (file: string) => readFileSync(path.join(PROJECT_ROOT, file), "utf8")
    const hasLongForm = (file: string) =>
        /^import .*\b(?:IS_WHOLE|extent)\b/m.test(text(file)) ||
        // These take their length from what they import.
        /^import [^"]*\b(?:describeDays|ROUNDS)\b[^"]*"/m.test(text(file))
    const files = projectFiles(/^(?:src|sim|tools|tests)\/.*\.ts$/).filter(
        file => file.endsWith(".test.ts") && hasLongForm(file)
    )
    expect(files.length).toBeGreaterThan(10)
    expect([...listed].sort()).toEqual(files)
})
