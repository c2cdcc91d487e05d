/** What differs between boards as far as a program notices. */
import { createHash } from "node:crypto"
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import path from "node:path"
import { USUAL_BEAT_PIN, readBoards, theCompiler } from "../program/compile.js"
import { cacheFolder, projectRoot } from "../program/project.js"
import { CLI_VERSION } from "../vm/cli-package.js"

/** The board that commands take when none is named. */
export const DEFAULT_BOARD = "suitcase_xiao_c3"

/** Whose runtime a board has: devicescript-esp32 on FreeRTOS, or devicescript-pico without a system. */
export type RuntimeFamily = "esp32" | "rp2040"

export interface BoardProfile {
    /** As given to `--board`. */
    readonly id: string
    /** Maker and model. */
    readonly name: string
    /** "esp32", "esp32c3", "esp32s2", "esp32s3", "rp2040", "rp2040w" */
    readonly architecture: string
    readonly family: RuntimeFamily
    readonly hasWifi: boolean
    readonly hasTls: boolean
    /** Heap of programs, B. */
    readonly heapBytes: number
    /** GPIO that the scheduler's beat takes; null on a board that needs none. */
    readonly beatPin: number | null
    /** Flash for program and settings, B. */
    readonly flashBytes: number
    /** Board configuration as in its flash. */
    readonly config: Uint8Array
}

/** JD_GC_KB of the runtimes: 40 on ESP32-S2, 64 elsewhere. */
const HEAP_KB: Readonly<Record<string, number>> = { esp32s2: 40 }
const DEFAULT_HEAP_KB = 64

/** The compiler's functions for board configurations, as far as they are used here. */
interface ConfigCompiler {
    readonly normalizeDeviceConfig: (board: object, options: object) => object
    readonly jsonToDcfg: (config: object) => object
    readonly serializeDcfg: (entries: object) => Uint8Array
}

interface BuildConfig {
    readonly boards: Readonly<Record<string, { devName: string; archId: string }>>
    readonly archs: Readonly<Record<string, { flashPageSize: number; fstorPages: number }>>
}

/** What is kept of a board, because loading the compiler takes a second. */
interface Kept {
    readonly name: string
    readonly architecture: string
    readonly flashBytes: number
    /** base64 */
    readonly config: string
}

const profiles = new Map<string, BoardProfile>()

/** @returns undefined when DeviceScript knows no such board, or it is none that this simulates */
export function boardProfile(id: string, root = projectRoot()): BoardProfile | undefined {
    const key = `${root} ${id}`
    const known = profiles.get(key) ?? load(id, root)
    if (known !== undefined) profiles.set(key, known)
    return known
}

/** The profile of {@link DEFAULT_BOARD} or another that surely exists. */
export function theBoard(id = DEFAULT_BOARD): BoardProfile {
    const profile = boardProfile(id)
    if (profile === undefined) throw new RangeError(`there is no board ${id}`)
    return profile
}

function load(id: string, root: string): BoardProfile | undefined {
    const own = readBoards(root)
    const file = cacheFile(id, own)
    const kept = read(file) ?? make(id, own)
    if (kept === undefined) return undefined
    write(file, kept)
    const { name, architecture, flashBytes, config } = kept
    const family = architecture.startsWith("rp2040") ? "rp2040" : "esp32"
    return {
        id,
        name,
        architecture,
        family,
        hasWifi: architecture !== "rp2040",
        hasTls: family === "esp32",
        beatPin: family === "rp2040" ? beatPin(id, own) : null,
        heapBytes: 1024 * (HEAP_KB[architecture] ?? DEFAULT_HEAP_KB),
        flashBytes,
        config: new Uint8Array(Buffer.from(config, "base64")),
    }
}

/** What a board file of ours may say beside what DeviceScript knows. */
interface OwnBoard {
    readonly id: string
    readonly pins?: Readonly<Record<string, number>>
    /** Name of the pin for the scheduler's beat. */
    readonly $beatPin?: string
}

/** @throws RangeError when the board has no such pin */
function beatPin(id: string, own: object[]): number {
    const board = (own as OwnBoard[]).find(other => other.id === id)
    if (board?.$beatPin === undefined) return USUAL_BEAT_PIN
    const pin = board.pins?.[board.$beatPin]
    if (pin === undefined)
        throw new RangeError(`boards/${id}.board.json: no pin "${board.$beatPin}" for the beat`)
    return pin
}

function make(id: string, own: object[]): Kept | undefined {
    const compiler = theCompiler()
    const { boards, archs } = compiler.resolveBuildConfig({
        hwInfo: {},
        addServices: [],
        addBoards: own,
    }) as BuildConfig
    const board = boards[id]
    const architecture = board === undefined ? undefined : archs[board.archId]
    if (board === undefined || architecture === undefined) return undefined
    const { normalizeDeviceConfig, jsonToDcfg, serializeDcfg } =
        compiler as unknown as ConfigCompiler
    const config = serializeDcfg(jsonToDcfg(normalizeDeviceConfig(board, {})))
    return {
        name: board.devName,
        architecture: board.archId,
        flashBytes: architecture.fstorPages * architecture.flashPageSize,
        config: Buffer.from(config).toString("base64"),
    }
}

function cacheFile(id: string, own: object[]): string {
    const key = createHash("sha256")
        .update(JSON.stringify([CLI_VERSION, id, own]))
        .digest("hex")
    return path.join(cacheFolder(), `board-${key.slice(0, 24)}.json`)
}

function read(file: string): Kept | undefined {
    try {
        return JSON.parse(readFileSync(file, "utf8")) as Kept
    } catch {
        return undefined
    }
}

function write(file: string, kept: Kept): void {
    try {
        mkdirSync(path.dirname(file), { recursive: true })
        const temporary = `${file}.${process.pid}`
        writeFileSync(temporary, JSON.stringify(kept))
        renameSync(temporary, file)
    } catch {
        // A read-only project folder only costs time: the next run asks the compiler again.
    }
}
