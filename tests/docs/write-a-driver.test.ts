/**
 * docs/write-a-driver.md, followed in a copy of the project. `npm test` runs the common
 * suite once, for the finished driver, and leaves lint, types and the templates to
 * .ci/run, which sets SUITCASE_TESTS=whole and follows it word for word.
 */
import { spawnSync, type SpawnSyncReturns } from "node:child_process"
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { IS_WHOLE } from "../runner/whole.js"

const LEFT_OUT = new Set(["node_modules", ".git", ".devicescript"])
const folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-guide-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What the reader does, in the order of the document: run a command, or save a file. */
type Action = { readonly command: string } | { readonly file: string; readonly text: string }

function actionsOf(markdown: string): Action[] {
    const actions: Action[] = []
    for (const [, before, language, text] of markdown.matchAll(
        /([^\n]*)\n+```(sh|ts|md)\n([\s\S]*?)```/g
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

/** The same without npx, whose start takes longer than some of the commands. */
function withoutNpx(command: string): string {
    return command
        .replace(/^npx suitcase\b/, "node tools/cli/suitcase.mjs")
        .replace(/^npx vitest\b/, "node node_modules/vitest/vitest.mjs")
}

/** Runs a command in the copy. */
function perform(command: string): SpawnSyncReturns<string> {
    return spawnSync(IS_WHOLE ? command : withoutNpx(command), {
        cwd: folder,
        shell: true,
        encoding: "utf8",
        env: { ...process.env, NO_COLOR: "1", CI: "1" },
    })
}

/** Runs a command in the copy that has to succeed. @returns what it printed */
function follow(command: string): string {
    const { status, stdout, stderr } = perform(command)
    expect(status, `${command}\n${stdout}\n${stderr}`).toBe(0)
    return stdout
}

/** "npx suitcase try": what a command does, whatever it does it to. */
function kindOf(command: string): string {
    return command.split(" ").slice(0, 3).join(" ")
}

/** What `npm test` leaves to .ci/run: lint, types, and what comes again later. */
function isLeftOut(command: string, later: readonly Action[]): boolean {
    if (/^(npm run types|npx eslint|npx prettier)\b/.test(command)) return true
    return later.some(action => "command" in action && kindOf(action.command) === kindOf(command))
}

describe("docs/write-a-driver.md", () => {
    const actions = actionsOf(
        readFileSync(path.join(PROJECT_ROOT, "docs", "write-a-driver.md"), "utf8")
    )

    it("gives a working driver for a part that is not in the list", { timeout: 900_000 }, () => {
        copyProject()
        let suites = 0
        for (const [i, action] of actions.entries())
            if ("file" in action) writeFileSync(path.join(folder, action.file), action.text)
            else {
                if (!IS_WHOLE && isLeftOut(action.command, actions.slice(i + 1))) continue
                const stdout = follow(action.command)
                if (!action.command.includes("vitest")) continue
                expect(stdout).toMatch(/Tests +\d{2} passed/)
                suites++
            }
        expect(suites).toBe(1)
    })

    if (IS_WHOLE)
        it.each(["registers", "words", "commands", "sensirion"])(
            "and so does the template %s, whose only failure lists what is left to fill in",
            { timeout: 300_000 },
            family => {
                const part = `abc${family}`
                follow(
                    `npx suitcase new driver ${part} --maker Example --family ${family} --address 0x6a --channel temperature:Cel:0.01:-40..125 --channel flow:m:0.001:-3..5`
                )
                expect(follow(`npm run docs:sensors -- ${part}`)).toContain(`${part} is left out`)
                const { status, stdout } = perform(`npx vitest run src/drivers/${part}`)
                expect(status).toBe(1)
                expect(stdout).toMatch(/Tests +1 failed \| \d{2} passed/)
                expect(stdout).toContain("has nothing left in it of the template")
                follow(`npx eslint --max-warnings 0 src/drivers/${part} devs/examples`)
                follow(`npx prettier --check src/drivers/${part} devs/examples`)
                follow("npm run types")
            }
        )
})
