/**
 * Says beside files what is in them: a Data Package of Frictionless Data, with a Table Schema for
 * each file, as libraries for R, Python and spreadsheets read it.
 *
 * @see https://specs.frictionlessdata.io/data-package/ (1.0), /tabular-data-resource/, /table-schema/
 */
import { readFile, readdir, rename } from "node:fs/promises"
import path from "node:path"
import { replaceFile } from "../journal/durable.js"

const FILE = "datapackage.json"
/** What a file is called of which nobody can read what it says. */
const UNREADABLE_FILE = "datapackage.unreadable.json"
/** For all to read, as the files that it describes. */
const MODE = 0o644

export interface Field {
    readonly name: string
    readonly type: "string" | "integer" | "number" | "datetime"
    /** Of times; default ISO 8601. */
    readonly format?: string
    readonly decimalChar?: string
    readonly description?: string
    /** SenML unit; a property of ours, which the specification allows. */
    readonly unit?: string
    readonly constraints?: { readonly required: true }
}

/** What all files of a kind have in common. */
export interface Table {
    readonly fields: readonly Field[]
    /** Default ",". */
    readonly delimiter?: string
}

interface Resource {
    readonly name: string
    readonly path: string
    readonly [property: string]: unknown
}

interface Package {
    readonly resources?: readonly Resource[]
    readonly [property: string]: unknown
}

/** By folder: one after the other, as several sinks may write into one. */
const queues = new Map<string, Promise<void>>()

/**
 * Writes down which files a folder has. What people added (title, licence, sources) stays.
 * Resolves when it is on disk.
 *
 * @param title of a new package
 * @param tables of files that are new, or may be; others stay as they were, and go with their file
 */
export async function describeFiles(
    folder: string,
    title: string,
    tables: ReadonlyMap<string, Table>
): Promise<void> {
    const before = queues.get(folder) ?? Promise.resolve()
    const now = before.catch(() => undefined).then(() => rewrite(folder, title, tables))
    queues.set(folder, now)
    try {
        await now
    } finally {
        if (queues.get(folder) === now) queues.delete(folder)
    }
}

async function rewrite(
    folder: string,
    title: string,
    tables: ReadonlyMap<string, Table>
): Promise<void> {
    const file = path.join(folder, FILE)
    const before = await readPackage(file)
    const there = new Set(await readdir(folder))
    const known = before?.resources ?? []
    const kept = known.filter(({ path }) => !tables.has(path) && there.has(path))
    const added = [...tables].filter(([name]) => there.has(name))
    const resources = [...kept, ...added.map(([name, table]) => resourceOf(name, table))]
    // A package without a resource is none (1.0, "Required properties").
    if (before === undefined && resources.length === 0) return
    const descriptor = {
        profile: "tabular-data-package",
        name: nameOf(title),
        title,
        ...before,
        resources: resources.sort((a, b) => (a.path < b.path ? -1 : 1)),
    }
    await replaceFile(file, [`${JSON.stringify(descriptor, undefined, 2)}\n`], MODE)
}

/** @returns undefined when there is none */
async function readPackage(file: string): Promise<Package | undefined> {
    const text = await readFile(file, "utf8").catch(() => undefined)
    if (text === undefined) return undefined
    try {
        return JSON.parse(text) as Package
    } catch {
        // Somebody wrote into it by hand, and may want it back.
        await rename(file, path.join(path.dirname(file), UNREADABLE_FILE))
        return undefined
    }
}

function resourceOf(file: string, { fields, delimiter = "," }: Table): Resource {
    return {
        profile: "tabular-data-resource",
        name: nameOf(file.replace(/\.csv$/, "")),
        path: file,
        format: "csv",
        mediatype: "text/csv",
        encoding: "utf-8",
        dialect: { delimiter, lineTerminator: "\n", quoteChar: '"', doubleQuote: true },
        schema: { fields, missingValues: [""] },
    }
}

/** Lower-case letters, digits, "-", "." and "_" only (1.0, "name"). */
function nameOf(text: string): string {
    return text.toLowerCase().replace(/[^a-z0-9._-]+/g, "-")
}
