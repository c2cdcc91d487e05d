/** Makes a city's own folder: all files or none. */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import path from "node:path"
import { PACKAGE_NAME } from "../../../sim/program/project.js"
import { EXIT_OK, UsageError } from "../errors.js"
import { fileProblem } from "../file-problem.js"
import { line, showing, type Terminal } from "../terminal.js"
import { folderFiles } from "./files.js"
import { readManifest } from "./manifest.js"
import { packToolkit } from "./pack-toolkit.js"

export interface InitFlags {
    readonly language: "da" | "en"
    readonly yes?: true
    readonly toolkit?: string
}

/** What may be there before: nobody's work is in it. */
const HARMLESS = new Set([".git", ".gitignore", ".DS_Store", "node_modules", "package-lock.json"])
const MANIFEST = "package.json"

/** @returns the exit code @throws UsageError when there is something already; nothing was written then */
export async function makeFolder(
    dir: string,
    flags: InitFlags,
    terminal: Terminal
): Promise<number> {
    const root = path.resolve(dir)
    const before = contentsOf(root)
    const hasManifest = before.includes(MANIFEST)
    const others = before.filter(name => !HARMLESS.has(name) && name !== MANIFEST)
    if (others.length > 0)
        throw new UsageError(
            `${dir}: there is something already (${others.slice(0, 3).join(", ")}); name a new folder`
        )
    if (hasManifest && flags.yes !== true)
        throw new UsageError(`${dir}: there is a ${MANIFEST} already; --yes adds to it`)
    const manifest = hasManifest ? readManifest(path.join(root, MANIFEST)) : {}
    const isKnown = PACKAGE_NAME in { ...manifest.dependencies, ...manifest.devDependencies }
    const files = folderFiles(path.basename(root), flags.language, manifest)
    const written: string[] = []
    try {
        mkdirSync(root, { recursive: true })
        const toolkit = isKnown
            ? undefined
            : (flags.toolkit ??
              (await showing("Packing the toolkit …", terminal, () => packToolkit(root))))
        for (const [file, text] of [...files, [MANIFEST, files.manifest(toolkit)] as const]) {
            const full = path.join(root, file)
            // Its .gitignore is the folder's own business.
            if (existsSync(full) && file !== MANIFEST) continue
            mkdirSync(path.dirname(full), { recursive: true })
            if (!existsSync(full)) written.push(full)
            writeFileSync(full, text)
        }
    } catch (e) {
        for (const file of written) rmSync(file, { force: true })
        if (e instanceof UsageError) throw e
        throw new UsageError(`${dir}: ${fileProblem(e)}; nothing was made`)
    }
    for (const file of [...files.keys(), MANIFEST].sort()) line(terminal.out, `written: ${file}`)
    line(terminal.out, "\nNext:")
    if (root !== process.cwd()) line(terminal.out, `  cd ${dir}`)
    for (const command of ["npm install", "npx suitcase kit check", "npx suitcase sim hall"])
        line(terminal.out, `  ${command}`)
    return EXIT_OK
}

function contentsOf(root: string): string[] {
    try {
        return readdirSync(root)
    } catch (e) {
        if ((e as NodeJS.ErrnoException).code === "ENOENT") return []
        throw new UsageError(`${root}: ${fileProblem(e)}`)
    }
}
