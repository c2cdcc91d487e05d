/** The parts of a program, read from its source: those whose drivers it imports, as often as it makes one. */
import { readFileSync } from "node:fs"
import path from "node:path"
import { isOnPin, loadAnyPart, partFolders, type CataloguedPart } from "../parts/catalogue.js"
import { fed } from "../parts/part-bench.js"
import { ownOrToolkit } from "../program/project.js"
import { type FittedPart } from "../worlds/hang.js"
import { type PlaceKind } from "../worlds/place.js"
import { type KitApp } from "./app.js"

/** A station may have rows without a part: those of a link survey. */
const STATION = "startStation("
const IMPORT =
    /from "(?:(?:\.\.\/)+|suitcase\/|\.\/)(?:.*\/)?src\/drivers\/([a-z0-9]+)\/driver\.js"/g

/** @param source text of a program @returns folders that it imports drivers from */
export function importedDrivers(source: string): string[] {
    return [...new Set([...source.matchAll(IMPORT)].map(([, folder]) => folder))]
}

/** @param file of a program, relative to the project or absolute */
export function programText(file: string): string {
    return readFileSync(ownOrToolkit(file), "utf8")
}

/**
 * Its parts at the addresses that the program says, with the simulated inputs of their own tests.
 *
 * @param file of the program
 * @param place where its nodes are; default: a steady place
 * @param source its text, where that is not what stands in the file
 * @returns undefined for a program that imports no driver of a sensor and starts no station
 */
export async function appFromImports(
    file: string,
    place?: PlaceKind,
    source = programText(file)
): Promise<KitApp | undefined> {
    const known = new Set(partFolders())
    const folders = importedDrivers(source).filter(folder => known.has(folder))
    const parts = await Promise.all(folders.map(loadAnyPart))
    if (parts.length === 0 && !source.includes(STATION)) return undefined
    return {
        name: path.basename(file, ".ts"),
        title: parts.map(part => part.name).join(", ") || "a station without parts",
        parts: () => parts.flatMap(part => fittedIn(source, part)),
        feeds: [],
        ...(place === undefined ? {} : { place }),
    }
}

/** A part with steady inputs. @param address default its first one */
export function steady(part: CataloguedPart, address?: number): FittedPart {
    const model = isOnPin(part) ? part.model() : part.model(address ?? part.addresses[0])
    return { folder: part.folder, part, model: fed(part, model) }
}

/** One for each time that a program makes its driver; on the bus each address has one. */
function fittedIn(source: string, part: CataloguedPart): FittedPart[] {
    const made = argumentsOf(source, part.className)
    if (isOnPin(part)) return (made.length === 0 ? [""] : made).map(() => steady(part))
    const addresses = made.map(text => /\baddress:\s*(0x[0-9a-f]+|\d+)/i.exec(text)?.[1])
    const numbers = addresses.map(text => (text === undefined ? part.addresses[0] : Number(text)))
    const distinct = numbers.length === 0 ? [part.addresses[0]] : [...new Set(numbers)]
    return distinct.map(address => steady(part, address))
}

/** The text between the parentheses, each time that a program makes an object of a class. */
export function argumentsOf(source: string, className: string): string[] {
    return [...source.matchAll(new RegExp(`\\bnew ${className}\\(`, "g"))].map(({ index }) =>
        argumentsAt(source, index + `new ${className}`.length)
    )
}

/** The text of a call's arguments. @param open index of the parenthesis before them */
function argumentsAt(source: string, open: number): string {
    let depth = 0
    for (let i = open; i < source.length; i++) {
        if (source[i] === "(") depth++
        else if (source[i] === ")" && --depth === 0) return source.slice(open + 1, i)
    }
    return source.slice(open + 1)
}
