/** A guide of docs/, followed in a copy of the project: its commands are run, its files are saved. */
import { spawnSync, type SpawnSyncReturns } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { expect } from "vitest"
import { PROJECT_ROOT } from "../../sim/program/compile.js"

const LEFT_OUT = new Set(["node_modules", ".git", ".devicescript"])

/** What the reader does, in the order of the document: run a command, or save a file. */
export type Action = { readonly command: string } | { readonly file: string; readonly text: string }

/** @throws Error for a file that the line before it does not name */
export function actionsOf(markdown: string): Action[] {
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

/** A copy of the project, for a reader. */
export class ReadersCopy {
    private readonly folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-guide-"))

    constructor() {
        for (const name of ["bench", "boards", "devs", "docs", "sim", "src", "tests", "tools"])
            cpSync(path.join(PROJECT_ROOT, name), path.join(this.folder, name), {
                recursive: true,
                filter: source => !LEFT_OUT.has(path.basename(source)),
            })
        const files = ["package.json", "tsconfig.json", "tsconfig.device.json", "vitest.config.ts"]
        // With their times: a lock file that is newer than node_modules would be installed.
        for (const name of [
            ...files,
            "package-lock.json",
            "eslint.config.js",
            ".prettierrc.json",
            ".prettierignore",
        ])
            cpSync(path.join(PROJECT_ROOT, name), path.join(this.folder, name), {
                preserveTimestamps: true,
            })
        symlinkSync(
            path.join(PROJECT_ROOT, "node_modules"),
            path.join(this.folder, "node_modules"),
            "junction"
        )
    }

    save(file: string, text: string): void {
        const full = path.join(this.folder, file)
        mkdirSync(path.dirname(full), { recursive: true })
        writeFileSync(full, text)
    }

    /** Runs a command. */
    perform(command: string): SpawnSyncReturns<string> {
        return spawnSync(command, {
            cwd: this.folder,
            shell: true,
            encoding: "utf8",
            // A failure that is wanted here is none of the run around it.
            env: { ...process.env, NO_COLOR: "1", CI: "1", SUITCASE_TEST_FAILURES: undefined },
        })
    }

    /** Runs a command that has to succeed. @returns what it printed */
    follow(command: string): string {
        const { status, stdout, stderr } = this.perform(command)
        expect(status, `${command}\n${stdout}\n${stderr}`).toBe(0)
        return stdout
    }

    remove(): void {
        rmSync(this.folder, { recursive: true, force: true })
    }
}
