/**
 * Where a project's own files are: this toolkit's checkout, or a city's own folder that has the toolkit as a
 * dependency. Programs, boards and drivers of the folder come first; all else is the toolkit's.
 */
import { existsSync, readFileSync } from "node:fs"
import path from "node:path"
import { fileURLToPath } from "node:url"

/** Root folder of the toolkit, whose sources these are. */
export const PROJECT_ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..")

/** Name of the package, as programs of other folders import from it: "suitcase/src/station/index.js". */
export const PACKAGE_NAME = "suitcase"
/** The usual name of a kit file, which makes a folder a project. */
export const KIT_FILE = "suitcase.yaml"
/** Names the folder in the environment, for tests of a city's own folder. */
const PROJECT_VARIABLE = "SUITCASE_PROJECT"

const named = process.env[PROJECT_VARIABLE]
let current = named === undefined || named === "" ? PROJECT_ROOT : path.resolve(named)

/** The folder that is worked in; the toolkit's own unless somebody said otherwise. */
export function projectRoot(): string {
    return current
}

export function useProject(root: string): void {
    current = root
}

/** Whether it is another folder than the toolkit's. */
export function isCityFolder(root = current): boolean {
    return path.resolve(root) !== PROJECT_ROOT
}

/** Whether a folder has the toolkit as a package, or a kit file. */
export function isProject(folder: string): boolean {
    return existsSync(path.join(folder, KIT_FILE)) || dependsOnToolkit(folder)
}

/** @returns the nearest folder above that is a project; the toolkit's own when there is none */
export function findProject(from: string): string {
    for (let folder = path.resolve(from); ; folder = path.dirname(folder)) {
        if (folder === PROJECT_ROOT) return folder
        if (isProject(folder)) return folder
        if (folder === path.dirname(folder)) return PROJECT_ROOT
    }
}

function dependsOnToolkit(folder: string): boolean {
    try {
        const text = readFileSync(path.join(folder, "package.json"), "utf8")
        const { dependencies = {}, devDependencies = {} } = JSON.parse(text) as Manifest
        return PACKAGE_NAME in dependencies || PACKAGE_NAME in devDependencies
    } catch {
        return false
    }
}

interface Manifest {
    readonly dependencies?: object
    readonly devDependencies?: object
}

/** Where what can be made again is kept: in the project's node_modules. */
export function cacheFolder(): string {
    return path.join(current, "node_modules", ".cache", "suitcase")
}

/** The project's own file, or the toolkit's of the same name. */
export function ownOrToolkit(file: string, root = current): string {
    const own = path.resolve(root, file)
    return existsSync(own) || !isCityFolder(root) ? own : path.join(PROJECT_ROOT, file)
}

/**
 * How a program of devs/ imports a source: by its path, or in a city's folder, where it is none of its own, from
 * the package.
 *
 * @param file in src/, without ".ts": "drivers/sht4x/driver"
 */
export function sourceImport(file: string, root = current): string {
    const isOwn = !isCityFolder(root) || existsSync(path.join(root, "src", `${file}.ts`))
    return `${isOwn ? ".." : PACKAGE_NAME}/src/${file}.js`
}
