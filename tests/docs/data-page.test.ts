/** docs/data.md and docs/hour: what the code writes, and snippets that run where their interpreters are. */
import { spawnSync } from "node:child_process"
import { readFileSync, readdirSync, statSync } from "node:fs"
import path from "node:path"
import { describe, expect, it } from "vitest"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { HOUR_FOLDER, hourFiles } from "../../tools/scripts/docs/hour-of-readings.js"
import { wants } from "../runner/needs.js"

const page = readFileSync(path.join(PROJECT_ROOT, "docs/data.md"), "utf8")

describe("docs/hour", () => {
    it("is what npm run docs:hour writes, and docs/data.md names each file", async () => {
        const folder = path.join(PROJECT_ROOT, HOUR_FOLDER)
        const names = readdirSync(folder, { recursive: true, encoding: "utf8" })
            .map(name => name.split(path.sep).join("/"))
            .filter(name => statSync(path.join(folder, name)).isFile())
        const files = await hourFiles()
        expect(names.sort()).toEqual([...files.keys()].sort())
        for (const [name, text] of files) {
            expect(readFileSync(path.join(folder, name), "utf8"), name).toBe(text)
            expect(page).toContain(`](hour/${name})`)
        }
    })
})

/** A program of the page in a language, and what it prints by the page. */
function snippet(language: string): { program: string; output: string } {
    const pattern = new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\`\\s+\`\`\`text\\n([^]*?)\`\`\``)
    const [, program, output] = pattern.exec(page) ?? ["", "", ""]
    return { program, output }
}

function isThere(command: string, ...args: string[]): boolean {
    return spawnSync(command, args).status === 0
}

describe.skipIf(!isThere("python3", "-c", "import pandas"))(
    `the snippet for ${wants("pandas")}`,
    () => {
        it("prints what the page says", () => {
            const { program, output } = snippet("python")
            const { stdout, stderr } = spawnSync("python3", ["-c", program], {
                cwd: PROJECT_ROOT,
                encoding: "utf8",
            })
            expect(stdout, stderr).toBe(output)
            expect(output).not.toBe("")
        })
    }
)

describe.skipIf(!isThere("Rscript", "--version"))(`the snippet for ${wants("R")}`, () => {
    it("prints what the page says", () => {
        const { program, output } = snippet("r")
        const { stdout, stderr } = spawnSync("Rscript", ["--vanilla", "-e", program], {
            cwd: PROJECT_ROOT,
            encoding: "utf8",
        })
        expect(stdout, stderr).toBe(output)
        expect(output).not.toBe("")
    })
})
