/** The tables of messages in docs/flash.md and its Danish twin have what the commands say. */
import { readFileSync, readdirSync } from "node:fs"
import path from "node:path"
import { expect, it } from "vitest"
import { PROJECT_ROOT } from "../../sim/program/compile.js"

const FOLDERS = ["tools/flash", "tools/cli/flash", "tools/cli/usb"]

const sources = FOLDERS.flatMap(folder =>
    readdirSync(path.join(PROJECT_ROOT, folder), { recursive: true, encoding: "utf8" })
        .filter(name => name.endsWith(".ts") && !name.endsWith(".test.ts"))
        .map(name => readFileSync(path.join(PROJECT_ROOT, folder, name), "utf8"))
).join("\n")

/** First cells of the table behind this heading. */
function messages(page: string, heading: string): string[] {
    const text = readFileSync(path.join(PROJECT_ROOT, "docs", page), "utf8")
    const section = text.split(`## ${heading}\n`)[1]?.split("\n## ")[0] ?? ""
    return [...section.matchAll(/^\| (.*?) +\|/gm)].map(([, cell]) => cell).slice(2)
}

const ENGLISH = messages("flash.md", "When it does not work")

it.each(ENGLISH)("docs/flash.md: %s is said so", message => {
    const parts = message.split("…").map(part => part.trim())
    expect(parts.filter(part => part.length > 1 && !sources.includes(part))).toEqual([])
})

it("docs/flash.da.md explains the same messages", () => {
    expect(ENGLISH.length).toBeGreaterThan(9)
    expect(messages("flash.da.md", "Når det ikke virker")).toEqual(ENGLISH)
})
