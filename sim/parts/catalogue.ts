/** Finds all parts: each folder of src/drivers with a `part.ts`. */
import { existsSync, readdirSync } from "node:fs"
import path from "node:path"
import { pathToFileURL } from "node:url"
import { type I2cPart, type Part, type ServicePart } from "../../src/drivers/shared/part.js"
import { PROJECT_ROOT, ownOrToolkit, projectRoot } from "../program/project.js"

const DRIVERS = path.join("src", "drivers")
/** What parts have in common: it has a part.ts too, which says what a description is. */
const SHARED = "shared"

interface Catalogued {
    /** Folder under src/drivers: "sht4x". */
    readonly folder: string
}

export type CataloguedI2cPart = I2cPart & Catalogued
export type CataloguedServicePart = ServicePart & Catalogued
export type CataloguedPart = CataloguedI2cPart | CataloguedServicePart

/** Whether a part is on a pin instead of on the bus. */
export function isOnPin(part: CataloguedPart): part is CataloguedServicePart {
    return part.bus === "service"
}

/** Folders with a driver of a sensor, sorted; those of the project and of the toolkit. */
export function partFolders(): string[] {
    const folders = new Set([PROJECT_ROOT, projectRoot()].map(root => path.join(root, DRIVERS)))
    const names = [...folders].flatMap(folder =>
        (existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [])
            .filter(entry => entry.isDirectory() && entry.name !== SHARED)
            .filter(entry => existsSync(fileOf(entry.name)))
            .map(entry => entry.name)
    )
    return [...new Set(names)].sort()
}

/**
 * A part on the I2C bus.
 * @throws Error when the folder has no part.ts, it exports no description, or one of a part on a pin
 */
export async function loadPart(folder: string): Promise<CataloguedI2cPart> {
    const part = await loadAnyPart(folder)
    if (isOnPin(part)) throw new Error(`${folder} is on a pin, not on the bus`)
    return part
}

/** A part, whatever it hangs on. @throws Error when the folder has no part.ts, or it exports no description */
export async function loadAnyPart(folder: string): Promise<CataloguedPart> {
    const module = (await import(pathToFileURL(fileOf(folder)).href)) as { part?: Part }
    if (module.part === undefined)
        throw new Error(`src/drivers/${folder}/part.ts does not export "part"`)
    return { ...module.part, folder }
}

/** All parts, sorted by folder. */
export async function loadParts(): Promise<CataloguedPart[]> {
    return Promise.all(partFolders().map(loadAnyPart))
}

function fileOf(folder: string): string {
    return ownOrToolkit(path.join(DRIVERS, folder, "part.ts"))
}
