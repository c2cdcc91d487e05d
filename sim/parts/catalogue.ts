/** Finds all parts: each folder of src/drivers with a `part.ts`. */
import { existsSync, readdirSync } from "node:fs"
import path from "node:path"
import { pathToFileURL } from "node:url"
import { type Part } from "../../src/drivers/part.js"
import { PROJECT_ROOT } from "../program/compile.js"

const DRIVERS = path.join(PROJECT_ROOT, "src", "drivers")

export interface CataloguedPart extends Part {
    /** Folder under src/drivers: "sht4x". */
    readonly folder: string
}

/** Folders with a driver of a sensor, sorted. */
export function partFolders(): string[] {
    return readdirSync(DRIVERS, { withFileTypes: true })
        .filter(entry => entry.isDirectory() && existsSync(fileOf(entry.name)))
        .map(entry => entry.name)
        .sort()
}

/** @throws Error when the folder has no part.ts, or it exports no description */
export async function loadPart(folder: string): Promise<CataloguedPart> {
    const module = (await import(pathToFileURL(fileOf(folder)).href)) as { part?: Part }
    if (module.part === undefined)
        throw new Error(`src/drivers/${folder}/part.ts does not export "part"`)
    return { ...module.part, folder }
}

/** All parts, sorted by folder. */
export async function loadParts(): Promise<CataloguedPart[]> {
    return Promise.all(partFolders().map(loadPart))
}

function fileOf(folder: string): string {
    return path.join(DRIVERS, folder, "part.ts")
}
