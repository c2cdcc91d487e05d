/** A city's own folder as npm would install it: the packed toolkit, and links to what it depends on. No network. */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync } from "node:fs"
import path from "node:path"
import { PROJECT_ROOT } from "../../sim/program/compile.js"

interface LockFile {
    readonly packages: Readonly<Record<string, { readonly dev?: boolean } | undefined>>
}

/** Puts the folder's vendor/suitcase-….tgz and the packages that it depends on into its node_modules. */
export function install(root: string, more: readonly string[] = []): void {
    const modules = path.join(root, "node_modules")
    const toolkit = path.join(modules, "suitcase")
    mkdirSync(toolkit, { recursive: true })
    const [archive] = readdirSync(path.join(root, "vendor"))
    run(
        "tar",
        ["-xzf", path.join(root, "vendor", archive), "--strip-components=1", "-C", toolkit],
        root
    )
    const text = readFileSync(path.join(PROJECT_ROOT, "package-lock.json"), "utf8")
    const { packages } = JSON.parse(text) as LockFile
    const names = Object.keys(packages)
        .filter(where => /^node_modules\/(?:@[^/]+\/)?[^/]+$/.test(where))
        .filter(where => packages[where]?.dev !== true)
        .map(where => where.slice("node_modules/".length))
    for (const name of [...names, ...more]) link(name, modules)
}

function link(name: string, modules: string): void {
    const from = path.join(PROJECT_ROOT, "node_modules", name)
    const to = path.join(modules, name)
    // Binaries for other systems are in the lock file, and not here.
    if (!existsSync(from) || existsSync(to)) return
    mkdirSync(path.dirname(to), { recursive: true })
    symlinkSync(from, to, "junction")
}

export interface Ran {
    readonly code: number | null
    readonly out: string
    readonly err: string
}

/** Runs the folder's own `suitcase`. */
export function suitcaseIn(root: string, ...words: string[]): Ran {
    const command = path.join(root, "node_modules", "suitcase", "tools", "cli", "suitcase.mjs")
    return run(process.execPath, [command, ...words], root)
}

export function run(program: string, words: readonly string[], cwd: string): Ran {
    const env = { ...process.env, SUITCASE_PROJECT: "" }
    const { status, stdout, stderr } = spawnSync(program, words, { cwd, env, encoding: "utf8" })
    return { code: status, out: stdout, err: stderr }
}
