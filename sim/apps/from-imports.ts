/** Surroundings of a program without recordings: the parts that it imports, each in a steady place. */
import { readFileSync } from "node:fs"
import path from "node:path"
import { isOnPin, loadAnyPart, partFolders } from "../parts/catalogue.js"
import { fed } from "../parts/part-bench.js"
import { PROJECT_ROOT } from "../program/compile.js"
import { type KitApp } from "./app.js"

const IMPORT = /from "(?:\.\.\/)+src\/drivers\/([a-z0-9]+)\/driver\.js"/g

/** Folders of src/drivers that a program in devs/ imports drivers from. */
export function importedDrivers(name: string): string[] {
    const source = readFileSync(path.join(PROJECT_ROOT, "devs", `${name}.ts`), "utf8")
    return [...new Set([...source.matchAll(IMPORT)].map(([, folder]) => folder))]
}

/**
 * Each part at its default address, with the simulated inputs of its own tests.
 * @returns undefined for a program that imports no driver of a sensor
 */
export async function appFromImports(name: string): Promise<KitApp | undefined> {
    const known = new Set(partFolders())
    const folders = importedDrivers(name).filter(folder => known.has(folder))
    const parts = (await Promise.all(folders.map(loadAnyPart))).filter(part => !isOnPin(part))
    if (parts.length === 0) return undefined
    return {
        name,
        title: parts.map(part => part.name).join(", "),
        sensors: () => parts.map(part => fed(part, part.model(part.addresses[0]))),
        feeds: [],
    }
}
