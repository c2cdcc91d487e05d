/** Surroundings of a program without recordings: the parts that it imports, each in a steady place. */
import { readFileSync } from "node:fs"
import path from "node:path"
import { isOnPin, loadAnyPart, partFolders } from "../parts/catalogue.js"
import { fed } from "../parts/part-bench.js"
import { ownOrToolkit } from "../program/project.js"
import { type KitApp } from "./app.js"

const IMPORT =
    /from "(?:(?:\.\.\/)+|suitcase\/|\.\/)(?:.*\/)?src\/drivers\/([a-z0-9]+)\/driver\.js"/g

/** @param file of a program, relative to the project or absolute @returns folders that it imports drivers from */
export function importedDrivers(file: string): string[] {
    const source = readFileSync(ownOrToolkit(file), "utf8")
    return [...new Set([...source.matchAll(IMPORT)].map(([, folder]) => folder))]
}

/**
 * Each part at its default address, with the simulated inputs of its own tests.
 *
 * @param file of the program
 * @returns undefined for a program that imports no driver of a sensor
 */
export async function appFromImports(file: string): Promise<KitApp | undefined> {
    const known = new Set(partFolders())
    const folders = importedDrivers(file).filter(folder => known.has(folder))
    const parts = await Promise.all(folders.map(loadAnyPart))
    if (parts.length === 0) return undefined
    return {
        name: path.basename(file, ".ts"),
        title: parts.map(part => part.name).join(", "),
        sensors: () =>
            parts.flatMap(part =>
                isOnPin(part) ? [] : [fed(part, part.model(part.addresses[0]))]
            ),
        pins: () => parts.flatMap(part => (isOnPin(part) ? [fed(part, part.model())] : [])),
        feeds: [],
    }
}
