/** Finds the program that the command line names: an app in devs/, a path, or a node of the kit file. */
import { existsSync, statSync } from "node:fs"
import path from "node:path"
import { type KitApp } from "../../sim/apps/app.js"
import { appFromImports } from "../../sim/apps/from-imports.js"
import { appNames, placeOfApp, simulatedApp } from "../../sim/apps/registry.js"
import { compile, type CompileOptions } from "../../sim/program/compile.js"
import { type Program } from "../../sim/program/program.js"
import {
    KIT_FILE,
    PROJECT_ROOT,
    findProject,
    projectRoot,
    sourceImport,
} from "../../sim/program/project.js"
import { type Kit, type KitNode } from "../kit/kit.js"
import { UsageError } from "./errors.js"

/** A program as a person names it. */
export interface NamedProgram {
    /** "indoor-climate"; of a node that is a list of sensors, its sensors. */
    readonly name: string
    /** As typed: of a node, its name. */
    readonly called: string
    /** Relative to {@link root}, with the system's slashes. */
    readonly file: string
    readonly root: string
    /** Text that is made of a list of sensors; undefined: it is in the file. */
    readonly source: string | undefined
    /** The node of the kit file, if it is one. */
    readonly node: KitNode | undefined
}

/** @returns the program's file, relative to the project @throws UsageError listing the known ones */
export function appFile(name: string): string {
    const known = appNames()
    if (!known.includes(name) && !isExample(name))
        throw new UsageError(
            `unknown app "${name}"; known are ${known.join(", ")} (files in devs/)`
        )
    return path.join("devs", `${name}.ts`)
}

/** A program that `suitcase new driver` made: "examples/lps22hb". */
function isExample(name: string): boolean {
    const isName = /^examples\/[a-z0-9]+$/.test(name)
    return isName && existsSync(path.join(projectRoot(), "devs", `${name}.ts`))
}

/**
 * @param name a path that ends with .ts, a node of the kit file, or an app of devs/
 * @throws UsageError when it is none, KitError when the kit file cannot be read
 */
export async function programCalled(name: string): Promise<NamedProgram> {
    const typed = { called: name, source: undefined, node: undefined }
    // Windows has the other slash; nothing else that is named here has one.
    const slashes = name.replaceAll("\\", "/")
    if (slashes.endsWith(".ts")) return { ...typed, ...programAt(slashes) }
    const kit = await projectKit()
    const node = kit?.nodes.find(candidate => candidate.name === name)
    if (node !== undefined) return programOfNode(node)
    try {
        return { ...typed, name, file: appFile(name), root: rootWith(appFile(name)) }
    } catch (e) {
        if (kit === undefined || !(e instanceof UsageError)) throw e
        const nodes = kit.nodes.map(other => other.name).join(", ")
        throw new UsageError(`${e.message}; nodes of ${KIT_FILE} are ${nodes}`)
    }
}

/** The kit file of the project, if it has one. @throws KitError */
export async function projectKit(): Promise<Kit | undefined> {
    const file = path.join(projectRoot(), KIT_FILE)
    if (!existsSync(file)) return undefined
    // Only here: it brings the boards and the drivers with it.
    const { readKit } = await import("../kit/read-kit.js")
    return readKit(file)
}

/** The program of a node of the kit file. */
export async function programOfNode(node: KitNode): Promise<NamedProgram> {
    const { program } = node
    if (program.kind === "app") {
        const { swaps, source } = program
        const named = { ...programAt(program.file), called: node.name, node }
        if (swaps.length === 0) return { ...named, source: undefined }
        return { ...named, name: [named.name, ...swaps].join("-"), source }
    }
    const { stationSource } = await import("../kit/program.js")
    const { name, file, text } = stationSource({ ...node, program }, file => sourceImport(file))
    return {
        name,
        called: node.name,
        file: path.normalize(file),
        root: projectRoot(),
        source: text,
        node,
    }
}

/** Compiles and links it. @throws CompileError, LinkError */
export function compileNamed(program: NamedProgram, options: CompileOptions = {}): Program {
    const { name, file, root, source } = program
    return compile(file, { ...options, name, root, ...(source === undefined ? {} : { source }) })
}

/** The simulated surroundings: recordings for an app that has some, else its parts in a steady place. */
export async function surroundingsOf(program: NamedProgram): Promise<KitApp | undefined> {
    const { node, file, root, source } = program
    const name = path.basename(file, ".ts")
    if (node?.program.kind === "station") {
        const { stationApp } = await import("../kit/surroundings.js")
        return stationApp(node, node.program)
    }
    const isToolkits = root === PROJECT_ROOT && file === path.join("devs", `${name}.ts`)
    const app = isToolkits && source === undefined ? simulatedApp(name) : undefined
    const place = isToolkits ? placeOfApp(name) : undefined
    return app ?? (await appFromImports(path.resolve(root, file), place, source))
}

function programAt(written: string): { name: string; file: string; root: string } {
    const full = path.resolve(projectRoot(), path.isAbsolute(written) ? written : fromHere(written))
    if (!existsSync(full) || !statSync(full).isFile())
        throw new UsageError(
            `${written}: no such file; a program is a .ts file, or the name of one in devs/`
        )
    const root = projectOf(full)
    return { name: path.basename(full, ".ts"), file: path.relative(root, full), root }
}

/** Paths count from where they are typed, or from the project. */
function fromHere(written: string): string {
    const here = path.resolve(written)
    return existsSync(here) ? here : written
}

/** The project that a program belongs to; its own folder when it is in none. */
function projectOf(full: string): string {
    const isIn = (root: string) => !path.relative(root, full).startsWith("..")
    if (isIn(projectRoot())) return projectRoot()
    const found = findProject(path.dirname(full))
    return isIn(found) ? found : path.dirname(full)
}

/** A city's folder without devs/ has the toolkit's apps. */
function rootWith(file: string): string {
    return existsSync(path.join(projectRoot(), file)) ? projectRoot() : PROJECT_ROOT
}
