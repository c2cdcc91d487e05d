/** Makes what the flash page knows: of the kit file's nodes, or of the programs in devs/ for every board of the kit. */
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import path from "node:path"
import { boardProfile, type BoardProfile } from "../../sim/board/profile.js"
import { appNames } from "../../sim/apps/registry.js"
import { kitBoards } from "../boards/kit-boards.js"
import { appFile, programCalled, programOfNode, type NamedProgram } from "../cli/apps.js"
import { compileFor, sizeProblems } from "../cli/build/check.js"
import { UsageError } from "../cli/errors.js"
import { layoutOf } from "../flash/chips.js"
import { ImageError } from "../flash/image-error.js"
import { runtimeSegments } from "../flash/runtime-image.js"
import { type Kit, type KitNode } from "../kit/kit.js"
import { labelLink } from "../kit/label-sheet.js"
import { openSettings } from "../kit/node-settings.js"
import { intervalSeconds } from "../kit/program.js"
import { knownBoards } from "../../sim/program/boards.js"
import { ownOrToolkit } from "../../sim/program/project.js"
import {
    EXPORT_FORMAT,
    placeOfNumber,
    withInterval,
    type BothLanguages,
    type ExportedBoard,
    type ExportedFile,
    type ExportedNode,
    type ExportedProgram,
    type ExportedSensor,
    type KitExport,
} from "./kit-export.js"

/** An interval that no program has, which is looked for in the linked program, s. */
const MARKED_INTERVAL_SECONDS = 77_777
/** How a program of devs/ says its interval. */
const INTERVAL = /\bintervalSeconds: (\d+),/

/** Of a board whose file does not say it. */
const USUAL_BOOT_MODE: Readonly<Record<BoardProfile["family"], BothLanguages>> = {
    esp32: {
        en: "hold BOOT, press and release RESET, let BOOT go",
        da: "hold BOOT nede, tryk kort på RESET, slip BOOT",
    },
    rp2040: {
        en: "hold BOOTSEL while plugging it in: it appears as a drive",
        da: "hold BOOTSEL nede, mens det sættes i: det viser sig som et drev",
    },
}

export interface PageFiles {
    readonly kit: KitExport
    /** By the names in {@link ExportedFile}. */
    readonly files: ReadonlyMap<string, Uint8Array>
}

export interface ExportFlags {
    /** Files of DeviceScript runtimes; each is taken for the boards whose chip it is for. */
    readonly runtimes: readonly string[]
    /** Without a kit file: the programs; default all of devs/. */
    readonly apps?: readonly string[]
    /** Without a kit file: ids of boards; default all of the kit. */
    readonly boards?: readonly string[]
    /** Told before each program. */
    readonly onProgram?: (text: string) => void
}

/** @throws UsageError, KitError, CompileError, ImageError */
export async function makeExport(kit: Kit | undefined, flags: ExportFlags): Promise<PageFiles> {
    const maker = new Maker(flags)
    return kit === undefined ? await maker.ofApps() : await maker.ofKit(kit)
}

class Maker {
    private readonly files = new Map<string, Uint8Array>()
    private readonly programs = new Map<string, ExportedProgram>()
    private readonly boards = new Map<string, ExportedBoard>()
    private readonly usedRuntimes = new Set<string>()

    constructor(private readonly flags: ExportFlags) {}

    async ofKit(kit: Kit): Promise<PageFiles> {
        const nodes: ExportedNode[] = []
        for (const node of kit.nodes) {
            this.flags.onProgram?.(node.name)
            this.addBoard(node.board.id)
            const program = this.add(await programOfNode(node), [node.board.id], {
                ...intervalOf(intervalSeconds(node)),
                ...(node.program.kind === "station"
                    ? { sensors: sensorsOf(node.program.sensors) }
                    : {}),
            })
            nodes.push(exportedNode(kit, node, program.file.name))
        }
        return this.result(kit.language, nodes)
    }

    async ofApps(): Promise<PageFiles> {
        const ids = this.flags.boards ?? kitBoards().map(({ id }) => id)
        for (const id of ids) this.addBoard(id)
        for (const app of this.flags.apps ?? appNames()) {
            const named = await programCalled(app)
            for (const alike of boardsAlike(ids)) {
                this.flags.onProgram?.(`${app} (${alike.join(", ")})`)
                this.addApp(named, alike)
            }
        }
        return this.result("en", [])
    }

    private addApp(named: NamedProgram, boards: readonly string[]): void {
        const text = readFileSync(ownOrToolkit(appFile(named.name)), "utf8")
        const seconds = Number(INTERVAL.exec(text)?.[1] ?? NaN)
        const marked = Number.isNaN(seconds)
            ? named
            : {
                  ...named,
                  source: text.replace(INTERVAL, `intervalSeconds: ${MARKED_INTERVAL_SECONDS},`),
              }
        const program = compileFor(boards[0], marked)
        const fits = knownBoards().filter(
            board => boards.includes(board.id) && sizeProblems("", program, [board]).length === 0
        )
        if (fits.length === 0) return
        const at = placeOfNumber(program.bytecode, MARKED_INTERVAL_SECONDS)
        const ids = fits.map(({ id }) => id)
        if (at === undefined) this.add(named, ids, intervalOf(seconds))
        else
            this.put(named.name, ids, withInterval(program.bytecode, at, seconds), {
                ...intervalOf(seconds),
                intervalAt: at,
            })
    }

    private add(
        named: NamedProgram,
        boards: readonly string[],
        more: Partial<ExportedProgram>
    ): ExportedProgram {
        return this.put(named.name, boards, compileFor(boards[0], named).bytecode, more)
    }

    /** Equal programs are one file. */
    private put(
        app: string,
        boards: readonly string[],
        bytes: Uint8Array,
        more: Partial<ExportedProgram>
    ): ExportedProgram {
        const file = this.file(app, bytes)
        const before = this.programs.get(file.name)
        const all = [...new Set([...(before?.boards ?? []), ...boards])]
        const program = { app, file, ...more, boards: all }
        this.programs.set(file.name, program)
        return program
    }

    private addBoard(id: string): void {
        if (!this.boards.has(id)) this.boards.set(id, this.board(id))
    }

    private board(id: string): ExportedBoard {
        const profile = boardProfile(id)
        if (profile === undefined) throw new UsageError(`there is no board "${id}" to flash`)
        const card = kitBoards().find(board => board.id === id)?.card
        const { architecture, family, hasWifi, hasTls, name, config } = profile
        return {
            id,
            name: card === undefined ? name : `${card.maker} ${card.model}`,
            chip: layoutOf(architecture).chip,
            architecture,
            hasWifi,
            hasTls,
            readsOverUsb: card?.readsOverUsb ?? false,
            bootMode: card?.bootMode ?? USUAL_BOOT_MODE[family],
            config: Buffer.from(config).toString("base64"),
            ...this.runtimeFor(architecture),
        }
    }

    private runtimeFor(architecture: string): { runtime?: ExportedFile } {
        for (const file of this.flags.runtimes) {
            const bytes = new Uint8Array(readFileSync(file))
            if (!isRuntimeFor(architecture, file, bytes)) continue
            this.usedRuntimes.add(file)
            return { runtime: this.file(`runtime-${architecture}`, bytes) }
        }
        return {}
    }

    private file(name: string, bytes: Uint8Array): ExportedFile {
        const sha256 = createHash("sha256").update(bytes).digest("hex")
        const named = `${name.replace(/[^a-z0-9-]/gi, "-")}-${sha256.slice(0, 8)}`
        this.files.set(named, bytes)
        return { name: named, sha256, bytes: bytes.length }
    }

    private result(language: "da" | "en", nodes: readonly ExportedNode[]): PageFiles {
        const unused = this.flags.runtimes.find(file => !this.usedRuntimes.has(file))
        if (unused !== undefined)
            throw new UsageError(
                `${path.basename(unused)} is no DeviceScript runtime for any of these boards`
            )
        return {
            kit: {
                format: EXPORT_FORMAT,
                language,
                boards: [...this.boards.values()],
                programs: [...this.programs.values()],
                nodes,
            },
            files: this.files,
        }
    }
}

/** Runtimes for a Pico and for a Pico W are told from each other by their files' names alone. */
function isRuntimeFor(architecture: string, file: string, bytes: Uint8Array): boolean {
    const isForW = /rp2040w|pico_?w/i.test(path.basename(file))
    if (architecture.startsWith("rp2040") && isForW !== (architecture === "rp2040w")) return false
    try {
        runtimeSegments(layoutOf(architecture), bytes)
        return true
    } catch (e) {
        if (e instanceof ImageError) return false
        throw e
    }
}

function intervalOf(seconds: number | undefined): { intervalSeconds?: number } {
    return seconds === undefined || Number.isNaN(seconds) ? {} : { intervalSeconds: seconds }
}

/** Boards for which a program is the same: heap and the pin of the beat are part of it. */
function boardsAlike(ids: readonly string[]): string[][] {
    const groups = new Map<string, string[]>()
    for (const id of ids) {
        const profile = boardProfile(id)
        const key = `${profile?.heapBytes} ${profile?.beatPin}`
        groups.set(key, [...(groups.get(key) ?? []), id])
    }
    return [...groups.values()]
}

function sensorsOf(sensors: (KitNode["program"] & { kind: "station" })["sensors"]) {
    return sensors.map(({ partName, address, pin, channels }): ExportedSensor => ({
        part: partName,
        address,
        ...(pin === undefined ? {} : { pin }),
        channels: channels.map(({ name }) => name),
    }))
}

function exportedNode(kit: Kit, node: KitNode, program: string): ExportedNode {
    const { wifi, broker, seal } = node.settings
    const { place } = node
    return {
        name: node.name,
        title: node.title,
        site: node.site,
        siteTitle: kit.sites.find(({ name }) => name === node.site)?.title ?? node.site,
        ...(place === undefined
            ? {}
            : {
                  place: {
                      lat: place.lat,
                      lon: place.lon,
                      ...(place.height === undefined ? {} : { height: place.height }),
                  },
              }),
        link: labelLink(node, kit),
        board: node.board.id,
        program,
        settings: openSettings(node),
        needs: {
            ...(wifi?.password === undefined ? {} : { wifi: wifi.password.replace(/^\$/, "") }),
            broker: broker?.host !== undefined,
            seal: seal === true,
        },
    }
}
