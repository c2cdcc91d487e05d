/** What `suitcase settings` does once it has a way to the node. */
import Table from "cli-table3"
import { type FrameLink } from "../../../sim/jacdac/frame-link.js"
import { EXIT_FAILED, EXIT_OK, UsageError } from "../errors.js"
import { line, type Terminal } from "../terminal.js"
import { firmwareProblem } from "./board-limits.js"
import { type Journal, type NodeRecord } from "./journal.js"
import {
    ALL_KEYS,
    WIFI_KEYS,
    changed,
    settingValuesSchema,
    parsePairs,
    shown,
    type SettingValues,
    type SettingKey,
} from "./keys.js"
import { ConnectedNode, healthOf, isUnmarked, type ProgramOnNode } from "./connected-node.js"
import { storedForm, type Stored } from "./stored-form.js"
import { appProgram, provision, type AppProgram } from "./provision.js"
import { appNames } from "../../../sim/apps/registry.js"

const PICO_W = "rp2040w"

export interface SettingsFlags {
    /** Show secrets instead of dots. */
    readonly show?: true
    /** Take what a node without a valid mark holds for what it shall hold. */
    readonly adopt?: true
    /** Program to put on the node. */
    readonly app?: string
    /** Restart the node afterwards; default true. */
    readonly restart: boolean
}

export class SettingsActions {
    constructor(
        private readonly node: ConnectedNode,
        private readonly journal: Journal,
        private readonly flags: SettingsFlags,
        private readonly terminal: Terminal
    ) {}

    /** @param device 16 hex digits @throws DevtoolsError when the node is not there */
    static async open(
        link: FrameLink,
        device: string,
        journal: Journal,
        flags: SettingsFlags,
        terminal: Terminal,
        signal?: AbortSignal
    ): Promise<SettingsActions> {
        const node = await ConnectedNode.open(link, device, signal)
        return new SettingsActions(node, journal, flags, terminal)
    }

    /** Shows what the node holds. */
    async get(): Promise<number> {
        const stored = await this.node.read()
        const table = new Table({
            head: ["setting", "value"].map(title => this.terminal.colors.bold(title)),
            style: { head: [], border: [], compact: true },
        })
        for (const key of ALL_KEYS) {
            const json = stored.get(key)
            if (json !== undefined) table.push([key, this.shownText(key, json)])
        }
        line(this.terminal.out, table.toString())
        const health = healthOf(stored)
        line(this.terminal.out, `settings: ${health}`)
        line(this.terminal.out, `program: ${programText(await this.node.program())}`)
        return health === "ok" ? EXIT_OK : EXIT_FAILED
    }

    /** @param pairs "key=value" */
    async set(pairs: readonly string[]): Promise<number> {
        const changes = parsePairs(pairs)
        const { device, settings } = await this.base()
        const code = await this.bring({
            v: 1,
            device,
            settings: changed(settings, changes),
            program: this.knownProgram(await this.node.program()),
        })
        line(this.terminal.out, `node ${device}: ${Object.keys(changes).join(", ")} written`)
        return code
    }

    /** Writes all of the journal to the node, and its program when that is gone. */
    async restore(): Promise<number> {
        const record = this.journal.read(this.node.deviceId)
        if (record === undefined) throw this.unknown()
        const code = await this.bring(record)
        line(this.terminal.out, `node ${record.device}: restored and verified`)
        return code
    }

    /** Compares the node with the journal. @returns EXIT_FAILED when they differ */
    async check(): Promise<number> {
        const { deviceId } = this.node
        const stored = await this.node.read()
        const program = await this.node.program()
        const record = this.journal.read(deviceId)
        const problems: string[] = []
        const health = healthOf(stored)
        if (health === "none") problems.push("it holds no settings")
        if (health === "damaged") problems.push(`what it holds ${damage(stored)}`)
        if (record !== undefined) problems.push(...this.differences(stored, record.settings))
        if (program === undefined) problems.push("it has no program")
        if (record === undefined) line(this.terminal.out, this.unknown().message)
        for (const problem of problems) line(this.terminal.out, `node ${deviceId}: ${problem}`)
        if (problems.length === 0) {
            line(this.terminal.out, `node ${deviceId}: ok, ${programText(program)}`)
            return EXIT_OK
        }
        const app = record?.program === null ? " --app <app>" : ""
        line(this.terminal.out, `put it back: npx suitcase settings restore ${deviceId}${app}`)
        return EXIT_FAILED
    }

    /** What the node shall hold before a change. */
    private async base(): Promise<Pick<NodeRecord, "device" | "settings">> {
        const device = this.node.deviceId
        const stored = await this.node.read()
        const record = this.journal.read(device)
        const health = healthOf(stored)
        // What a healthy node holds may be newer: written from another computer.
        if (health === "ok" || (health === "damaged" && this.flags.adopt === true))
            return { device, settings: { ...parsed(stored), ...wifiOf(record) } }
        if (record !== undefined) return record
        if (health === "none") return { device, settings: {} }
        throw new UsageError(
            `node ${device} holds something that ${damage(stored)}, ` +
                "and there is no journal of it here: look at it with " +
                `"suitcase settings get ${device}", then add --adopt to keep it`
        )
    }

    /** Journal first, then the node. @returns EXIT_FAILED when it has no program afterwards */
    private async bring(wanted: NodeRecord): Promise<number> {
        if (wanted.settings["wifi.ssid"] !== undefined && !this.node.hasWifi)
            throw new UsageError(`node ${wanted.device} has no Wi-Fi: leave out wifi.ssid`)
        await this.refuseForBoard(wanted.settings)
        const program = await this.wantedProgram(wanted)
        const record =
            program === undefined
                ? wanted
                : { ...wanted, program: { app: program.app, sha256: program.sha256 } }
        this.journal.write(record)
        await provision(this.node, record, {
            program,
            restart: this.flags.restart,
            note: text => line(this.terminal.err, `suitcase: ${text}`),
        })
        if ((await this.node.program()) !== undefined) return EXIT_OK
        line(
            this.terminal.err,
            `suitcase: node ${record.device} has no program; add --app <app> to put one on it`
        )
        return EXIT_FAILED
    }

    /** @throws UsageError for settings with which the node's board would never reach its broker */
    private async refuseForBoard(settings: SettingValues): Promise<void> {
        const problem = firmwareProblem(settings, false)
        if (problem === undefined) return
        const board = await this.node.board()
        if (board?.architecture !== PICO_W) return
        throw new UsageError(
            `node ${this.node.deviceId} is a ${board.name}, whose firmware ${problem}`
        )
    }

    /** @returns undefined when the program on the node can stay */
    private async wantedProgram(record: NodeRecord): Promise<AppProgram | undefined> {
        const { app } = this.flags
        const held = await this.node.program()
        if (app !== undefined) {
            const program = appProgram(app, await this.node.board())
            return held?.sha256 === program.sha256 ? undefined : program
        }
        if (held !== undefined || record.program === null) return undefined
        return appProgram(record.program.app, await this.node.board())
    }

    /** The app of this project that the node runs, as far as its name tells. */
    private knownProgram(held: ProgramOnNode | undefined): NodeRecord["program"] {
        if (held === undefined) return this.journal.read(this.node.deviceId)?.program ?? null
        return appNames().includes(held.name) ? { app: held.name, sha256: held.sha256 } : null
    }

    private differences(stored: Stored, settings: SettingValues): string[] {
        const wanted = storedForm(settings)
        const texts: string[] = []
        for (const key of ALL_KEYS) {
            const has = stored.get(key)
            const shall = wanted.get(key)
            if (has === shall) continue
            const text = (json: string | undefined) =>
                json === undefined ? "nothing" : this.shownText(key, json)
            texts.push(`${key} is ${text(has)}, the journal says ${text(shall)}`)
        }
        return texts
    }

    private shownText(key: SettingKey, json: string): string {
        let value: unknown = json
        try {
            value = JSON.parse(json)
        } catch {
            // Not what this command wrote: shown as it is.
        }
        return shown(key, value, this.flags.show === true)
    }

    private unknown(): UsageError {
        return new UsageError(
            `nothing was written to node ${this.node.deviceId} from here ` +
                `(no file in ${this.journal.folder})`
        )
    }
}

/** What is wrong with the settings that a node holds, for "what it holds …". */
function damage(stored: Stored): string {
    return isUnmarked(stored)
        ? "was written by another tool, or not to its end (it has no mark, which this command writes last)"
        : "was not written to its end"
}

function programText(program: ProgramOnNode | undefined): string {
    return program === undefined ? "none" : program.name
}

/** @throws UsageError when the node holds something that this command would never write */
function parsed(stored: Stored): SettingValues {
    const values: Record<string, unknown> = {}
    for (const key of ALL_KEYS) {
        const json = stored.get(key)
        if (json === undefined) continue
        try {
            values[key] = JSON.parse(json)
        } catch {
            values[key] = undefined
        }
    }
    const settings = settingValuesSchema.safeParse(values)
    if (settings.success) return settings.data
    const key = String(settings.error.issues[0]?.path[0])
    throw new UsageError(`the node's setting ${key} is not one that can be kept; give it anew`)
}

/** Wi-Fi cannot be read back from a board. */
function wifiOf(record: NodeRecord | undefined): SettingValues {
    const wifi: SettingValues = {}
    for (const key of WIFI_KEYS) {
        const value = record?.settings[key]
        if (value !== undefined) wifi[key] = value
    }
    return wifi
}
