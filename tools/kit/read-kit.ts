/** Reads a kit file: all its problems at once, each with its place and a remedy. */
import { existsSync, readFileSync, statSync } from "node:fs"
import path from "node:path"
import { declaredSettings } from "../../sim/apps/declared.js"
import { loadParts, type CataloguedPart } from "../../sim/parts/catalogue.js"
import { knownBoards, type Board } from "../../sim/program/boards.js"
import { KIT_FILE, ownOrToolkit, projectRoot } from "../../sim/program/project.js"
import { UsageError } from "../cli/errors.js"
import { fileProblem } from "../cli/file-problem.js"
import { addressText } from "../cli/parts.js"
import { loadDriverClasses, type DriverClass } from "./driver-classes.js"
import { driverOptions, type MadeClass, type OptionType } from "./driver-options.js"
import { inherit, type Inherited } from "./inherit.js"
import {
    type AppProgram,
    type FittedPart,
    type Kit,
    type KitNode,
    type KitSensor,
    type StationProgram,
} from "./kit.js"
import { didYouMean } from "./near.js"
import { CLOCKS, MEMORIES, type OtherPart } from "./other-parts.js"
import { pinCalled, unknownPin } from "./pins.js"
import { inOrder, KitError } from "./problem.js"
import { kitFileSchema, type KitFile, type NodeEntry } from "./schema.js"
import { readSensor, type Findings, type SensorEntry } from "./sensors.js"
import { KitSource, MOST_FILE_BYTES, type Step } from "./source.js"
import { checkStation } from "./station-check.js"
import { swapPart } from "./swap.js"
import { structureProblems } from "./words.js"

/** What DEFAULT_STORE names is on a node unless its entry says something else. */
const DEFAULT_STORE = "mb85rc256v"

/** What nodes can be made of. */
export interface Supplies {
    readonly boards: readonly Board[]
    readonly parts: ReadonlyMap<string, CataloguedPart>
    readonly classes: ReadonlyMap<string, DriverClass>
}

const supplies = new Map<string, Promise<Supplies>>()

/** Boards, parts and drivers of the project; looked up once. */
export function theSupplies(root = projectRoot()): Promise<Supplies> {
    const known = supplies.get(root) ?? loadSupplies()
    supplies.set(root, known)
    return known
}

async function loadSupplies(): Promise<Supplies> {
    const parts = await loadParts()
    const made = Object.values(driverOptions()).flatMap(options =>
        options.flatMap(({ type }) => classesIn(type))
    )
    const classes = await loadDriverClasses([
        ...parts.map(
            part => [part.className, sourceFile(`drivers/${part.folder}/driver`)] as const
        ),
        ...new Map(
            made.map(one => [one.className, [one.className, sourceFile(one.file)] as const])
        ).values(),
    ])
    return {
        boards: knownBoards(),
        parts: new Map(parts.map(part => [part.folder, part])),
        classes,
    }
}

/** The project's own source, or the toolkit's. */
function sourceFile(file: string): string {
    return ownOrToolkit(path.join("src", `${file}.ts`))
}

function classesIn(type: OptionType): readonly MadeClass[] {
    switch (type.kind) {
        case "made":
            return type.classes
        case "list":
            return classesIn(type.of)
        case "group":
            return type.options.flatMap(option => classesIn(option.type))
        default:
            return []
    }
}

/**
 * @param file a kit file, or a folder with one
 * @throws UsageError when there is none, KitError with all that is wrong in it
 */
export async function readKit(file: string): Promise<Kit> {
    const full = kitFileAt(file)
    let bytes: Uint8Array
    try {
        if (statSync(full).size > MOST_FILE_BYTES)
            throw new UsageError(
                `${shownPath(full)}: larger than ${MOST_FILE_BYTES} B: this is no kit file`
            )
        bytes = readFileSync(full)
    } catch (e) {
        if (e instanceof UsageError) throw e
        throw new UsageError(
            `${shownPath(full)}: ${fileProblem(e)}; suitcase init makes a kit file`
        )
    }
    return parseKit(bytes, full, await theSupplies())
}

/** "." → the kit file in it. */
export function kitFileAt(file: string): string {
    const full = path.resolve(file)
    const isFolder = existsSync(full) && statSync(full).isDirectory()
    return isFolder ? path.join(full, KIT_FILE) : full
}

/** As people know it. */
export function shownPath(file: string): string {
    const relative = path.relative(process.cwd(), file)
    return relative === "" || relative.startsWith("..") ? file : relative
}

/**
 * @param file absolute path, which programs are looked for beside
 * @throws KitError
 */
export function parseKit(bytes: Uint8Array, file: string, from: Supplies): Kit {
    const source = KitSource.read(bytes)
    if (source.problems.length > 0) throw new KitError(shownPath(file), source.problems)
    const values = source.values
    const parsed = kitFileSchema.safeParse(values)
    const findings: Findings = { source, problems: [] }
    if (!parsed.success)
        findings.problems.push(...structureProblems(source, values, kitFileSchema, parsed.error))
    // What is whole enough is looked at all the same, so that one run tells everything.
    const reader = new KitReader(path.dirname(file), from, findings)
    const kit = reader.read(values as KitFile, file)
    if (findings.problems.length > 0)
        throw new KitError(shownPath(file), inOrder(findings.problems))
    return kit
}

class KitReader {
    private readonly names = new Map<
        string,
        { readonly name: string; readonly path: readonly Step[] }
    >()

    constructor(
        private readonly folder: string,
        private readonly from: Supplies,
        private readonly findings: Findings
    ) {}

    read(values: Partial<KitFile> | null, file: string): Kit {
        const sites: Kit["sites"][number][] = []
        const kits: Kit["kits"][number][] = []
        const nodes: KitNode[] = []
        const root = asEntry(values)
        const siteNames = new Set<string>()
        listOf(root["sites"]).forEach((siteValue, s) => {
            const site = asEntry(siteValue)
            const sitePath: Step[] = ["sites", s]
            const siteName = textOf(site["name"])
            this.refuseTwice(siteNames, siteName, [...sitePath, "name"], "site")
            sites.push(groupOf(site))
            const kitNames = new Set<string>()
            listOf(site["kits"]).forEach((kitValue, k) => {
                const kit = asEntry(kitValue)
                const kitPath: Step[] = [...sitePath, "kits", k]
                const kitName = textOf(kit["name"])
                this.refuseTwice(kitNames, kitName, [...kitPath, "name"], "kit of this site")
                kits.push({ ...groupOf(kit), site: siteName })
                listOf(kit["nodes"]).forEach((nodeValue, n) => {
                    const node = asEntry(nodeValue)
                    const nodePath: Step[] = [...kitPath, "nodes", n]
                    const levels = [root, site, kit, node].map(handedDown)
                    const read = this.readNode(node, nodePath, { siteName, kitName, levels })
                    if (read !== undefined) nodes.push(read)
                })
            })
        })
        return {
            file,
            folder: this.folder,
            language: root["language"] === "da" ? "da" : "en",
            catalog: root["catalog"] as Kit["catalog"],
            labels: (root["labels"] as Kit["labels"] | null | undefined) ?? {},
            sites,
            kits,
            nodes,
        }
    }

    private readNode(
        entry: Record<string, unknown>,
        at: readonly Step[],
        where: { siteName: string; kitName: string; levels: readonly Inherited[] }
    ): KitNode | undefined {
        const name = textOf(entry["name"])
        this.refuseSameNode(name, at)
        const board = this.boardOf(entry["board"], at)
        const program = this.programOf(entry as NodeEntry, at, board)
        const { siteName: site, kitName: kit, levels } = where
        const { place, settings, notification } = inherit(levels)
        if (board === undefined || program === undefined) return undefined
        this.checkSettings({ settings, board, program }, at, levels.at(-1))
        return {
            name,
            title: textOf(entry["title"]) || name,
            site,
            kit,
            place,
            board,
            device: entry["device"] as string | undefined,
            settings: settings ?? {},
            notification: notification ?? {},
            program,
            path: at,
        }
    }

    private report(at: readonly Step[], message: string): void {
        const { source, problems } = this.findings
        problems.push(source.problemAt(at, message))
    }

    private refuseTwice(names: Set<string>, name: string, at: readonly Step[], what: string): void {
        const key = name.toLowerCase()
        if (name !== "" && names.has(key))
            this.report(
                at,
                `another ${what} is called ${name}: put what belongs together under one name`
            )
        names.add(key)
    }

    /** Keys, accounts and files go by the node's name alone. */
    private refuseSameNode(name: string, at: readonly Step[]): void {
        if (name === "") return
        const key = name.toLowerCase()
        const first = this.names.get(key)
        if (first === undefined) {
            this.names.set(key, { name, path: at })
            return
        }
        const { line } = this.findings.source.problemAt([...first.path, "name"], "")
        const how = first.name === name ? "" : " (capital letters make no difference)"
        this.report(
            [...at, "name"],
            `a node is called ${first.name} already, in line ${line}${how}: names are one of a kind in a file`
        )
    }

    private boardOf(id: unknown, at: readonly Step[]): Board | undefined {
        if (typeof id !== "string") return undefined
        const board = this.from.boards.find(candidate => candidate.id === id)
        if (board !== undefined) return board
        const ids = this.from.boards.map(candidate => candidate.id)
        this.report(
            [...at, "board"],
            `there is no board "${id.slice(0, 60)}"${didYouMean(id, ids, `; there are ${ids.join(", ")}`)}`
        )
        return undefined
    }

    private programOf(
        entry: NodeEntry,
        at: readonly Step[],
        board: Board | undefined
    ): AppProgram | StationProgram | undefined {
        const { app, sensors } = entry
        if (app === undefined && sensors === undefined) {
            this.report(at, "a node needs sensors, a list of parts, or app, a program of devs/")
            return undefined
        }
        return app === undefined ? this.stationOf(entry, at, board) : this.appOf(entry, at, board)
    }

    private appOf(
        entry: NodeEntry,
        at: readonly Step[],
        board: Board | undefined
    ): AppProgram | undefined {
        const { app } = entry
        if (typeof app !== "string") return undefined
        for (const key of ["store", "clock", "rows", "i2c"] as const)
            if (entry[key] !== undefined)
                this.report(
                    [...at, key],
                    `${key} is a matter of the program ${app}: leave it out here`
                )
        for (const key of ["interval", "report"] as const)
            if (entry.settings?.[key] !== undefined)
                this.report(
                    [...at, "settings", key],
                    `${key} is a matter of the program ${app}: leave it out here`
                )
        const file = appPath(app, this.folder)
        if (file !== undefined) return this.withParts(entry, at, board, { app, file })
        this.report(
            [...at, "app"],
            `there is no program ${app}: no devs/${app}.ts, and no such path`
        )
        return undefined
    }

    /** The sensors beside an app take the place of parts of it that measure the same. */
    private withParts(
        entry: NodeEntry,
        at: readonly Step[],
        board: Board | undefined,
        { app, file }: { readonly app: string; readonly file: string }
    ): AppProgram | undefined {
        let source = readFileSync(file, "utf8")
        const swaps: string[] = []
        if (entry.sensors !== undefined) {
            const sensors = board === undefined ? undefined : this.sensorsOf(entry, at, board)
            if (sensors === undefined) return undefined
            for (const sensor of sensors) {
                const { text, problem } = swapPart(source, sensor, this.from.parts, board?.id ?? "")
                if (text === undefined) {
                    this.report(sensor.path, problem)
                    return undefined
                }
                source = text
                swaps.push(sensor.part.folder)
            }
        }
        return { kind: "app", name: app, file, source, swaps }
    }

    private sensorsOf(
        entry: NodeEntry,
        at: readonly Step[],
        board: Board
    ): KitSensor[] | undefined {
        const entries = this.entriesOf(entry, at)
        const around = { path: at, board, bus: busPins(board), others: [], rows: undefined }
        const sensors = checkStation(entries, around, this.from.classes, this.findings)
        return entries.length === listOf(entry.sensors).length ? sensors : undefined
    }

    private entriesOf(entry: NodeEntry, at: readonly Step[]): SensorEntry[] {
        return listOf(entry.sensors).flatMap((value, i) => {
            const where = [...at, "sensors", i]
            return readSensor(value, where, this.from.parts, this.findings) ?? []
        })
    }

    private stationOf(
        entry: NodeEntry,
        at: readonly Step[],
        board: Board | undefined
    ): StationProgram | undefined {
        const entries = this.entriesOf(entry, at)
        const isWhole = entries.length === listOf(entry.sensors).length
        const store = this.fitted(entry.store ?? DEFAULT_STORE, MEMORIES, [...at, "store"])
        const clock = this.fitted(entry.clock ?? "none", CLOCKS, [...at, "clock"])
        if (board === undefined) return undefined
        const usesBus =
            store !== undefined ||
            clock !== undefined ||
            entries.some(({ part }) => part.bus !== "service")
        const i2c = this.busOf(entry.i2c, at, board, usesBus)
        const bus = i2c === undefined ? busPins(board) : [board.pins[i2c.sda], board.pins[i2c.scl]]
        const sensors = checkStation(
            entries,
            {
                path: at,
                board,
                bus,
                others: [store, clock].filter(part => part !== undefined),
                rows: entry.rows,
            },
            this.from.classes,
            this.findings
        )
        if (sensors === undefined || !isWhole) return undefined
        return { kind: "station", sensors, store, clock, rows: entry.rows, i2c }
    }

    private fitted(
        value: unknown,
        known: readonly OtherPart[],
        at: readonly Step[]
    ): FittedPart | undefined {
        const written = typeof value === "string" ? { part: value } : asEntry(value)
        const name = textOf(written["part"])
        if (name === "none") return undefined
        const part = known.find(candidate => candidate.name === name)
        if (part === undefined) {
            const names = known.map(candidate => candidate.name)
            // The structure has been told of already where it is a plain name.
            if (typeof value !== "string")
                this.report(at, `part takes ${names.join(" or ")}${didYouMean(name, names)}`)
            return undefined
        }
        const address = written["address"] ?? part.addresses[0]
        if (typeof address !== "number" || !part.addresses.includes(address)) {
            const all = part.addresses.map(addressText).join(", ")
            this.report([...at, "address"], `address is one of ${all}`)
            return undefined
        }
        return { part, address, variant: this.variantOf(written["variant"], part, at) }
    }

    private variantOf(value: unknown, part: OtherPart, at: readonly Step[]): string | undefined {
        const type = driverOptions()[part.className].find(option => option.name === "variant")?.type
        const able = type?.kind === "choice" ? type.values : []
        if (value === undefined || able.includes(value as string))
            return value as string | undefined
        const which =
            able.length === 0 ? `${part.name} has no variants` : `variant is ${able.join(" or ")}`
        this.report([...at, "variant"], which)
        return undefined
    }

    private busOf(
        written: NodeEntry["i2c"],
        at: readonly Step[],
        board: Board,
        usesBus: boolean
    ): { sda: string; scl: string } | undefined {
        if (written === undefined) {
            if (usesBus && board.i2c === undefined)
                this.report(
                    [...at, "board"],
                    `${board.id} has no pins of its own for I2C: write i2c: { sda: …, scl: … } with two of ` +
                        Object.keys(board.pins).join(" ")
                )
            return undefined
        }
        if (board.i2c !== undefined) {
            this.report(
                [...at, "i2c"],
                `${board.id} has its I2C bus on pins of its own: leave i2c out`
            )
            return undefined
        }
        const { sda, scl } = asEntry(written)
        const found = [sda, scl].map((pin, i) => {
            if (typeof pin !== "string") return undefined
            const name = pinCalled(pin, board)
            if (name === undefined)
                this.report([...at, "i2c", i === 0 ? "sda" : "scl"], unknownPin(pin, board))
            return name
        })
        if (found[0] === undefined || found[1] === undefined) return undefined
        if (found[0] === found[1]) {
            this.report([...at, "i2c", "scl"], "sda and scl are two pins")
            return undefined
        }
        return { sda: found[0], scl: found[1] }
    }

    /** What a board cannot do is known here. */
    /** Only what is of this very application, in the range that its program declares. */
    private checkAppSettings(
        node: Pick<KitNode, "program"> & { settings: KitNode["settings"] | undefined },
        at: readonly Step[],
        own: Inherited | undefined
    ): void {
        const { program } = node
        const declared = program.kind === "app" ? declaredSettings(program.source) : []
        const known = declared.map(({ key }) => key).join(", ")
        for (const [key, value] of Object.entries(asEntry(node.settings?.app))) {
            const setting = declared.find(candidate => candidate.key === key)
            if (setting === undefined)
                this.report(
                    appPlace(at, own, key),
                    `this program has no setting "${key}"${known === "" ? "" : `; it has ${known}`}`
                )
            else if (typeof value !== "number" || value < setting.min || value > setting.max)
                this.report(
                    appPlace(at, own, key),
                    `${key} takes ${setting.min} to ${setting.max} ${setting.unit}`.trimEnd()
                )
        }
    }

    private checkSettings(
        node: Pick<KitNode, "board" | "program"> & { settings: KitNode["settings"] | undefined },
        at: readonly Step[],
        own: Inherited | undefined
    ): void {
        const { board, settings } = node
        this.checkAppSettings(node, at, own)
        const isPico = board.architecture === "rp2040w"
        const place =
            own?.settings?.broker === undefined ? [...at, "board"] : [...at, "settings", "broker"]
        const { host = "", tls = false } = settings?.broker ?? {}
        if (typeof host !== "string") return
        if (isPico && tls)
            this.report(
                place,
                `${board.id} cannot connect with TLS: take an ESP32, or tls: false with seal: true`
            )
        if (isPico && /^[\d.]+$|:/.test(host))
            this.report(
                place,
                `${board.id} connects to names only, not to the address ${host}: give the broker a name`
            )
    }
}

/** Where a setting of the application stands: at the node, or at a level above it. */
function appPlace(at: readonly Step[], own: Inherited | undefined, key: string): readonly Step[] {
    return own?.settings?.app?.[key] === undefined ? at : [...at, "settings", "app", key]
}

function busPins(board: Board): number[] {
    return board.i2c === undefined ? [] : [board.i2c.sda, board.i2c.scl]
}

/** A program's absolute path: a name in devs/, or a path; forward and backward slashes. */
export function appPath(app: string, folder: string): string | undefined {
    const slashes = app.replaceAll("\\", "/")
    const candidates = slashes.endsWith(".ts") ? [slashes] : [`devs/${slashes}.ts`, `${slashes}.ts`]
    return candidates
        .map(candidate => path.resolve(folder, candidate))
        .find(candidate => !candidate.endsWith(".d.ts") && existsSync(candidate))
}

function groupOf(entry: Record<string, unknown>): Kit["sites"][number] {
    const name = textOf(entry["name"])
    return {
        name,
        title: textOf(entry["title"]) || name,
        place: entry["place"] as Kit["sites"][number]["place"],
    }
}

function handedDown(entry: Record<string, unknown>): Inherited {
    const settings = asEntry(entry["settings"])
    return {
        place: entry["place"] as Inherited["place"],
        settings: {
            ...settings,
            broker: settings["broker"] === undefined ? undefined : asEntry(settings["broker"]),
        },
        notification: asEntry(entry["notification"]),
    }
}

/** The structure is told of elsewhere: here what is not as it should be counts as not there. */
function asEntry(value: unknown): Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value)
        ? (value as Record<string, unknown>)
        : {}
}

function listOf(value: unknown): readonly unknown[] {
    return Array.isArray(value) ? (value as unknown[]) : []
}

function textOf(value: unknown): string {
    return typeof value === "string" ? value : ""
}
