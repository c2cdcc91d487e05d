/** docs/write-a-driver.md, followed word for word in a copy of the project. */
import { spawnSync } from "node:child_process"
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { PROJECT_ROOT } from "../sim/program/compile.js"

const LEFT_OUT = new Set(["node_modules", ".git", ".devicescript"])
const folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-guide-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What the reader does, in the order of the document: run a command, or save a file. */
type Action = { readonly command: string } | { readonly file: string; readonly text: string }

function actionsOf(markdown: string): Action[] {
    const actions: Action[] = []
    for (const [, before, language, text] of markdown.matchAll(
        /([^\n]*)\n+```(sh|ts)\n([\s\S]*?)```/g
    )) {
        if (language === "sh")
            for (const command of text.trim().split("\n")) actions.push({ command })
        else {
            const file = /`([^`]+)`:$/.exec(before)?.[1]
            if (file === undefined) throw new Error(`which file is it, after "${before}"?`)
            actions.push({ file, text })
        }
    }
    return actions
}

function copyProject(): void {
    for (const name of ["bench", "boards", "devs", "docs", "sim", "src", "tests", "tools"])
        cpSync(path.join(PROJECT_ROOT, name), path.join(folder, name), {
            recursive: true,
            filter: source => !LEFT_OUT.has(path.basename(source)),
        })
    const files = ["package.json", "tsconfig.json", "tsconfig.device.json", "vitest.config.ts"]
    // With their times: a lock file that is newer than node_modules would be installed.
    for (const name of [...files, "package-lock.json", "eslint.config.js", ".prettierrc.json"])
        cpSync(path.join(PROJECT_ROOT, name), path.join(folder, name), { preserveTimestamps: true })
    cpSync(path.join(PROJECT_ROOT, ".prettierignore"), path.join(folder, ".prettierignore"))
    symlinkSync(
        path.join(PROJECT_ROOT, "node_modules"),
        path.join(folder, "node_modules"),
        "junction"
    )
}

/** Runs a command in the copy. @returns what it printed */
function follow(command: string): string {
    const env = { ...process.env, NO_COLOR: "1", CI: "1" }
    const { status, stdout, stderr } = spawnSync(command, {
        cwd: folder,
        shell: true,
        encoding: "utf8",
        env,
    })
    expect(status, `${command}\n${stdout}\n${stderr}`).toBe(0)
    return stdout
}

describe("docs/write-a-driver.md", () => {
    const actions = actionsOf(
        readFileSync(path.join(PROJECT_ROOT, "docs", "write-a-driver.md"), "utf8")
    )

    it("gives a working driver for a part that is not in the list, word for word", () => {
        copyProject()
        let commands = 0
        for (const action of actions)
            if ("file" in action) writeFileSync(path.join(folder, action.file), action.text)
            else {
                const stdout = follow(action.command)
                commands++
                if (action.command.includes("vitest")) expect(stdout).toMatch(/Tests +\d{2} passed/)
            }
        expect(commands).toBeGreaterThan(8)
    }, 900_000)

    it("and so does the template of parts with 16-bit commands, as it is written", () => {
        follow(
            "npx suitcase new driver ABC12 --maker Example --family sensirion --address 0x6a --channel flow:m:0.001:-3..5"
        )
        follow("npm run docs:sensors -- abc12")
        const stdout = follow("npx vitest run src/drivers/abc12 tests/parts -t abc12")
        expect(stdout).toMatch(/Tests +\d{2} passed/)
        follow("npx eslint --max-warnings 0 src/drivers/abc12 devs/examples")
        follow("npx prettier --check src/drivers/abc12 devs/examples")
    }, 300_000)
})
