/** docs/procedures: a page for each procedure, in English and Danish. Their commands run, and their messages are said so. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { PROCEDURES } from "../../tools/calibration/procedures.js"
import { REASONS, SENTENCES } from "../../tools/cli/calibrate/danish-sentences.js"
import { calibrateCommand } from "../../tools/cli/commands/calibrate.js"
import { fakeTerminal } from "../support/fake-terminal.js"

const DOCS = path.join(PROJECT_ROOT, "docs")
const PAGES = [
    "procedures.md",
    ...readdirSync(path.join(DOCS, "procedures"))
        .filter(name => name.endsWith(".md") && !name.endsWith(".da.md"))
        .map(name => `procedures/${name}`),
]
/** What tools and board say. */
const SOURCES = ["tools/calibration", "tools/cli/calibrate", "src/drivers", "src/core"]
    .flatMap(folder =>
        readdirSync(path.join(PROJECT_ROOT, folder), { recursive: true, encoding: "utf8" })
            .filter(name => name.endsWith(".ts") && !name.endsWith(".test.ts"))
            .map(name => readFileSync(path.join(PROJECT_ROOT, folder, name), "utf8"))
    )
    .join("\n")
    // Texts that go over several lines.
    .replace(/["`] \+\n\s*["`]/g, "")

/** What is said in Danish, with nothing in its places. */
const DANISH = [
    ...[...REASONS, ...SENTENCES].map(([, danish]) => danish.replaceAll("{}", "").trimEnd()),
    readFileSync(path.join(PROJECT_ROOT, "tools/cli/calibrate/texts.ts"), "utf8"),
].join("\n")

const read = (page: string) => readFileSync(path.join(DOCS, page), "utf8")
const inDanish = (page: string) => page.replace(/\.md$/, ".da.md")

function commands(page: string): string[] {
    return [...read(page).matchAll(/^npx suitcase calibrate (.*)$/gm)].map(([, line]) => line)
}

/** Lines of blocks that are no commands: what is answered. */
function answers(page: string): string[] {
    const blocks = [...read(page).matchAll(/^```(.*)\n([^]*?)\n```$/gm)]
    return blocks.flatMap(([, kind, text]) => (kind === "" ? text.split("\n") : []))
}

/** What is set as code in the first cells of tables whose heading says so. */
function messages(page: string): string[] {
    return read(page)
        .split(/\n\n/)
        .filter(block => /^\| (message|besked) /.test(block))
        .flatMap(block => [...block.matchAll(/^\| (.*?) +\|/gm)].slice(2))
        .flatMap(([, cell]) => [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text))
}

const folder = mkdtempSync(path.join(tmpdir(), "suitcase-pages-"))
afterAll(() => rmSync(folder, { recursive: true }))

describe.each(PAGES)("docs/%s", page => {
    it("has commands that do what they say, with a simulated node, and answers that come", async () => {
        const said: string[] = []
        for (const line of commands(page)) {
            const terminal = fakeTerminal()
            const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(
                ([, quoted, plain]) => quoted ?? plain
            )
            let code: number | undefined
            await calibrateCommand(terminal, given => (code = given))
                .exitOverride()
                .parseAsync(["--journal", folder, ...words], { from: "user" })
            expect([line, code, terminal.err.text]).toEqual([line, 0, expect.any(String)])
            said.push(terminal.err.text)
        }
        expect(said.length).toBeGreaterThan(0)
        expect(answers(page).filter(line => !said.join("\n").includes(line))).toEqual([])
    })

    it("has messages that are said so", () => {
        const told = messages(page)
        expect(told.length).toBeGreaterThan(2)
        const unknown = told
            .flatMap(message => message.split("…"))
            .filter(part => !SOURCES.includes(part.trim()))
        expect(unknown).toEqual([])
    })

    it("has messages in Danish that come, as many as in English", () => {
        const told = messages(inDanish(page))
        expect(told).toHaveLength(messages(page).length)
        const unknown = told
            .flatMap(message => message.split("…"))
            .map(part => part.trim())
            // A setting is named as its part names it.
            .filter(part => !DANISH.includes(part) && !/^offset /.test(part))
        expect(unknown).toEqual([])
    })

    it("has the same commands and answers in Danish", () => {
        expect(commands(inDanish(page))).toEqual(commands(page))
        expect(answers(inDanish(page))).toEqual(answers(page))
    })
})

it("each procedure has a page with a command", () => {
    const all = PAGES.flatMap(commands).join("\n")
    const missing = PROCEDURES.filter(({ name }) => !all.includes(`procedure ${name}`))
    // It is done by --store as well, which the page of settings has.
    expect(missing.map(({ name }) => name)).toEqual(["store"])
})
