/**
 * Compiles DeviceScript with the compiler inside `@devicescript/cli`, in this
 * process, and links what it made (sim/linker/). The command line tool itself
 * always writes to one fixed folder and stamps the time of the build into the
 * program; this gives the same bytecode for the same sources, and several builds
 * can run side by side. Nothing else in the project compiles programs, so that
 * tests, simulator and boards run the same linked image.
 */
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs"
import path from "node:path"
import { codeOverflow } from "../linker/check.js"
import { LinkError } from "../linker/ir.js"
import { link, type LinkOptions, type LinkTarget } from "../linker/link.js"
import { USUAL_HEAP_BYTES } from "../../src/core/memory-plan.js"
import { CLI_VERSION, loadCompilerModule } from "../vm/cli-package.js"
import { verify } from "../vm/verify.js"
import { longCalls } from "./call-limits.js"
import { keep, readKept } from "./kept.js"
import { type DebugInfo, type LinkReport, type Program } from "./program.js"
import {
    PACKAGE_NAME,
    PROJECT_ROOT,
    cacheFolder,
    isCityFolder,
    ownOrToolkit,
    projectRoot,
} from "./project.js"

export { PROJECT_ROOT } from "./project.js"

/** GPIO that the scheduler's beat takes on an RP2040 whose board file says nothing: src/scheduler/scheduler.ts. */
export const USUAL_BEAT_PIN = 16

/** The compiler refused the program; the message holds its own diagnostics. */
export class CompileError extends Error {
    override name = "CompileError"
}

export interface CompileOptions {
    /** Shown in the device log; default: the file's name. */
    readonly name?: string
    /** Program text to use instead of the file's; the path only places its imports. */
    readonly source?: string
    /** Folder with package.json, devs/ and boards/; default {@link projectRoot}. */
    readonly root?: string
    /** `false` leaves the program as the compiler made it. Default {@link isLinkerOn}. */
    readonly linked?: boolean
    /** `board` leaves out what only the simulator needs; default `simulator`. */
    readonly target?: LinkTarget
    /** Heap of the board that it is for, B; default that of most, {@link USUAL_HEAP_BYTES}. */
    readonly heapBytes?: number
    /** GPIO of the scheduler's beat there; `null` leaves it out; default {@link USUAL_BEAT_PIN}. */
    readonly beatPin?: number | null
}

interface Diagnostic {
    readonly formatted: string
}

export interface Compiler {
    resolveBuildConfig(local: object): object
    preludeFiles(config: object): Record<string, string>
    formatDiagnostics(diagnostics: Diagnostic[], basic: boolean): string
    readonly BUILTIN_STRING__VAL: readonly string[]
    disassemble(image: Uint8Array): string
    compileWithHost(
        file: string,
        host: object
    ): { success: boolean; binary: Uint8Array; dbg: DebugInfo; usedFiles: string[] }
}

let compiler: Compiler | undefined

/** The compiler; loading it takes about one second, once per process. */
export function theCompiler(): Compiler {
    return (compiler ??= loadCompilerModule() as Compiler)
}

let libraries: Record<string, string> | undefined

/** Declarations and sources of @devicescript/core and its siblings, by their place in a project. */
function theLibraries(): Record<string, string> {
    if (libraries === undefined) {
        const config = { hwInfo: {}, addServices: [], addBoards: [] }
        libraries = theCompiler().preludeFiles(theCompiler().resolveBuildConfig(config))
    }
    return libraries
}

/** Whether programs are linked: always, unless SUITCASE_LINKER=off is in the environment. */
export function isLinkerOn(): boolean {
    return process.env["SUITCASE_LINKER"] !== "off"
}

/**
 * @param file the program's main file, relative to the root or absolute
 * @returns the program, linked; it may be too large for the VM: see {@link codeOverflow}
 * @throws CompileError with the compiler's diagnostics
 * @throws LinkError when the linker does not understand what the compiler made
 */
export function compile(file: string, options: CompileOptions = {}): Program {
    const program = compileOnly(file, options)
    const isLinked = options.linked ?? isLinkerOn()
    if (!isLinked) return program
    const { target = "simulator", heapBytes = USUAL_HEAP_BYTES } = options
    const { beatPin = USUAL_BEAT_PIN } = options
    return linkCached(program, { target, heapBytes, beatPin: beatPin ?? undefined })
}

function compileOnly(file: string, options: CompileOptions): Program {
    const root = options.root ?? projectRoot()
    const absolute = path.resolve(root, file)
    const name = options.name ?? path.basename(file).replace(/\.ts$/, "")
    const cached = readCache(absolute, name, options.source)
    if (cached !== undefined) return cached

    const entry = slashes(path.relative(root, absolute))
    const errors: Diagnostic[] = []
    const ownFiles = new Map<string, string>()
    const read = (wanted: string): string => {
        const full = path.resolve(root, wanted)
        const relative = slashes(path.relative(root, full))
        // A fresh clone has the libraries inside the compiler only.
        const library = theLibraries()[relative]
        if (library !== undefined) return library
        const isMain = options.source !== undefined && full === absolute
        const text = isMain ? options.source : sourceText(relative, full, root)
        if (relative.endsWith(".ts")) ownFiles.set(relative, text)
        return text
    }
    const version = versionIn(root) ?? versionIn(PROJECT_ROOT) ?? "0.0.0"
    const config = theCompiler().resolveBuildConfig({
        hwInfo: { "@name": name, "@version": version },
        addServices: [],
        addBoards: readBoards(root),
    })
    let result
    try {
        result = quietly(() =>
            theCompiler().compileWithHost(entry, {
                write: () => undefined,
                read,
                resolvePath: (p: string) => path.resolve(root, p),
                relativePath: (p: string) => slashes(path.relative(root, p)),
                log: () => undefined,
                isBasicOutput: () => true,
                error: (diagnostic: Diagnostic) => errors.push(diagnostic),
                getFlags: () => ({}),
                getConfig: () => config,
                verifyBytecode: () => undefined,
            })
        )
    } catch (e) {
        throw new CompileError(
            longCallsText(ownFiles) ??
                `${entry}: the DeviceScript compiler stopped: ${(e as Error).message}\n` +
                    diagnosticsText(errors, root)
        )
    }
    if (!result.success)
        throw new CompileError(
            longCallsText(ownFiles) ??
                `${entry} does not compile:\n${diagnosticsText(errors, root)}`
        )
    const program = { name, bytecode: result.binary, debug: trimmed(result.dbg) }
    writeCache(absolute, options.source, root, program)
    return program
}

/** The package's folder, as programs of a city's folder see it. */
const IN_PACKAGE = `node_modules/${PACKAGE_NAME}/`

/**
 * A file as the compiler sees it. In a city's folder the toolkit's sources lie where they lie in the toolkit, under
 * src/, with the city's own drivers beside them; what the package offers passes them on. So each is there once,
 * and under the same path everywhere.
 *
 * @throws Error when there is no such file
 */
function sourceText(relative: string, full: string, root: string): string {
    if (!isCityFolder(root)) return readFileSync(full, "utf8")
    if (!relative.startsWith(IN_PACKAGE)) return readFileSync(ownOrToolkit(relative, root), "utf8")
    const inside = relative.slice(IN_PACKAGE.length)
    const text = readFileSync(path.join(PROJECT_ROOT, inside), "utf8")
    if (!inside.startsWith("src/") || !inside.endsWith(".ts")) return text
    const up = "../".repeat(relative.split("/").length - 1)
    return `export * from "${up}${inside.replace(/\.ts$/, ".js")}"\n`
}

/**
 * Unpacks the type declarations and sources of @devicescript/core and its
 * siblings into node_modules, where editors, lint and the stock tools look.
 */
export function unpackDeviceScriptPackages(root = PROJECT_ROOT): void {
    const folder = path.join(root, "node_modules", "@devicescript")
    const marker = path.join(folder, ".unpacked")
    // npm removes packages that it did not install, but not the marker.
    const isThere = existsSync(path.join(folder, "core", "package.json")) && existsSync(marker)
    if (isThere && readFileSync(marker, "utf8") === CLI_VERSION) return
    for (const [file, text] of Object.entries(theLibraries())) {
        const target = path.join(root, file)
        mkdirSync(path.dirname(target), { recursive: true })
        writeFileSync(target, text)
    }
    writeFileSync(marker, CLI_VERSION)
}

/** The compiler prints its own code and stack when it stops. */
function quietly<T>(action: () => T): T {
    const { log, error } = console
    console.log = console.error = () => undefined
    try {
        return action()
    } finally {
        console.log = log
        console.error = error
    }
}

/** Names the calls with more arguments than the compiler takes; it says something else of them. */
function longCallsText(files: ReadonlyMap<string, string>): string | undefined {
    const found: string[] = []
    for (const [file, text] of files)
        for (const { line, arguments: count } of longCalls(text))
            found.push(
                `${file}:${line}: a call with ${count} arguments; DeviceScript takes 8 at most. ` +
                    "Pass an object, or set some of them another way."
            )
    return found.length === 0 ? undefined : found.join("\n")
}

/** The compiler's own words, with paths as seen from the root. */
function diagnosticsText(errors: Diagnostic[], root: string): string {
    const text = theCompiler().formatDiagnostics(errors, true).trimEnd()
    return text.replaceAll(`${slashes(root)}/`, "")
}

function versionIn(root: string): string | undefined {
    try {
        const text = readFileSync(path.join(root, "package.json"), "utf8")
        return (JSON.parse(text) as { version?: string }).version
    } catch {
        return undefined
    }
}

/** Board definitions of the project and of the toolkit, with the file name as id. */
export function readBoards(root: string): object[] {
    return boardFiles(root).map(file => ({
        ...(JSON.parse(readFileSync(file, "utf8")) as object),
        id: path.basename(file, BOARD_FILE),
    }))
}

const BOARD_FILE = ".board.json"

/** Of two with one name the project's own. */
function boardFiles(root: string): string[] {
    const files = new Map<string, string>()
    for (const folder of new Set([PROJECT_ROOT, root].map(from => path.join(from, "boards"))))
        for (const name of existsSync(folder) ? readdirSync(folder).sort() : [])
            if (name.endsWith(BOARD_FILE)) files.set(name, path.join(folder, name))
    return [...files.values()]
}

/** Keeps what the simulator uses of the debug information. */
function trimmed(debug: DebugInfo): DebugInfo {
    return {
        sizes: debug.sizes,
        functions: debug.functions.map(({ name, startpc, size }) => ({ name, startpc, size })),
        srcmap: debug.srcmap,
        sources: debug.sources.map(({ path: file, length, text }) => ({
            path: file,
            length,
            text,
        })),
    }
}

function slashes(file: string): string {
    return file.replaceAll("\\", "/")
}

/** Links a program, or takes the result of an earlier time. */
function linkCached(program: Program, options: LinkOptions): Program {
    const { target, heapBytes, beatPin } = options
    const key = [
        linkerVersion(),
        target,
        heapBytes,
        beatPin,
        sha256(Buffer.from(program.bytecode).toString("base64")),
        // The same code may have come from other lines.
        sha256(JSON.stringify(program.debug.srcmap)),
    ]
    const file = path.join(cacheFolder(), `${sha256(key.join("\n")).slice(0, 24)}.linked.json`)
    const cached = readKept(file) as LinkedEntry | undefined
    if (cached !== undefined)
        return {
            name: program.name,
            bytecode: new Uint8Array(Buffer.from(cached.bytecode, "base64")),
            debug: { ...cached.debug, sources: program.debug.sources },
            linked: cached.linked,
        }
    const result = link(program, theCompiler().BUILTIN_STRING__VAL, options)
    if (codeOverflow(result.bytecode) === undefined) refuseUnverified(result)
    const entry: LinkedEntry = {
        bytecode: Buffer.from(result.bytecode).toString("base64"),
        debug: { ...result.debug, sources: [] },
        linked: result.linked as LinkReport,
    }
    keep(file, entry)
    return result
}

/** What the VM on the board checks when it is given a program. */
function refuseUnverified(program: Program): void {
    const code = verify(program.bytecode)
    if (code !== 0)
        throw new LinkError(`${program.name}: the VM refuses the linked image (${code})`)
}

interface LinkedEntry {
    readonly bytecode: string
    readonly debug: DebugInfo
    readonly linked: LinkReport
}

const hashes = new Map<string, string>()

/** Changes with the linker's own code: what it made before is then made again. */
function linkerVersion(): string {
    return versionOf("sim/linker")
}

/** Changes with what is changed in the compiler, and with how it is called. */
function compilerVersion(): string {
    return versionOf("sim/vm") + versionOf("sim/program")
}

/** Hash of all code in a folder. */
function versionOf(name: string): string {
    const known = hashes.get(name)
    if (known !== undefined) return known
    const folder = path.join(PROJECT_ROOT, name)
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter(file => file.endsWith(".ts") && !file.endsWith(".test.ts"))
        .sort()
    const hash = sha256(files.map(file => readFileSync(path.join(folder, file))).join("\n"))
    hashes.set(name, hash)
    return hash
}

interface CacheEntry {
    /** Project file → SHA-256 of the text it was compiled from. */
    readonly inputs: Readonly<Record<string, string>>
    readonly bytecode: string
    readonly debug: DebugInfo
}

function cacheFile(absolute: string, name: string, source: string | undefined): string {
    const key = [CLI_VERSION, compilerVersion(), absolute, name, source ?? ""].join("\n")
    return path.join(cacheFolder(), `${sha256(key).slice(0, 24)}.json`)
}

function readCache(
    absolute: string,
    name: string,
    source: string | undefined
): Program | undefined {
    const entry = readKept(cacheFile(absolute, name, source)) as CacheEntry | undefined
    if (entry === undefined) return undefined
    try {
        for (const [input, hash] of Object.entries(entry.inputs))
            if (sha256(readFileSync(input, "utf8")) !== hash) return undefined
    } catch {
        // An input is gone: compile.
        return undefined
    }
    return {
        name,
        bytecode: new Uint8Array(Buffer.from(entry.bytecode, "base64")),
        debug: entry.debug,
    }
}

function writeCache(
    absolute: string,
    source: string | undefined,
    root: string,
    program: Program
): void {
    const inputs: Record<string, string> = {}
    const watched = [path.join(root, "package.json")].filter(file => existsSync(file))
    for (const { path: file } of program.debug.sources) {
        const full = ownOrToolkit(file, root)
        if (!file.startsWith("node_modules/") && existsSync(full)) watched.push(full)
    }
    for (const file of watched)
        if (file !== absolute || source === undefined)
            inputs[file] = sha256(readFileSync(file, "utf8"))
    for (const file of boardFiles(root)) inputs[file] = sha256(readFileSync(file, "utf8"))
    const entry: CacheEntry = {
        inputs,
        bytecode: Buffer.from(program.bytecode).toString("base64"),
        debug: program.debug,
    }
    keep(cacheFile(absolute, program.name, source), entry)
}

function sha256(text: string): string {
    return createHash("sha256").update(text).digest("hex")
}
