/**
 * A simulated node with a program that says what its settings are, its USB side
 * as the host sees it, and a journal in a folder of its own.
 */
import { mkdtempSync, rmSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { theBoard } from "../../sim/board/profile.js"
import { NodeLink } from "../../sim/jacdac/node-link.js"
import { compile } from "../../sim/program/compile.js"
import { seconds } from "../../sim/time/duration.js"
import { type SimNode } from "../../sim/world/node.js"
import { World } from "../../sim/world/world.js"
import { SettingsActions, type SettingsFlags } from "../../tools/cli/settings/actions.js"
import { Journal } from "../../tools/cli/settings/journal.js"
import { ConnectedNode } from "../../tools/cli/settings/connected-node.js"
import { BOARDS, type BoardName } from "./board-bench.js"
import { fakeTerminal } from "./fake-terminal.js"

const SOURCE = `
import { readNodeSettings } from "../src/station/settings.js"
const s = await readNodeSettings()
function say(value: any): void {
    console.log("=" + JSON.stringify(value))
}
say(s.health)
say(s.isKeyInDoubt())
say(s.node)
say(s.site)
say(s.host)
say(s.port)
say(s.user)
say(s.password)
say(s.form)
say(s.tls)
say(s.sealKey)
say(s.app)
`

/** Lines that it prints. */
const SAID = 12

/** What the node's program said at its start. */
export interface Said {
    readonly health: string
    /** Values in the order of the mark; as the program sees them, defaults included. */
    readonly values: readonly unknown[]
    readonly isKeyInDoubt: boolean
}

export interface Boot {
    /** Undefined when no program ran. */
    readonly said: Said | undefined
    /** Whether the platform found its store unreadable and erased it. */
    readonly isFormatted: boolean
}

export class SettingsBench {
    readonly world = new World()
    readonly node: SimNode
    readonly link: NodeLink
    readonly folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-settings-"))
    readonly journal = new Journal(path.join(this.folder, "nodes"))
    terminal = fakeTerminal()
    private lines: string[] = []

    /** @param board default: a node that is no board which anybody knows */
    constructor(board?: BoardName) {
        this.node = this.world.addNode({
            program: compile("devs/settings-test.ts", { source: SOURCE }),
            ...(board && { board: { profile: theBoard(BOARDS[board]) } }),
        })
        this.link = new NodeLink(this.world, this.node)
        this.node.onConsole = line => this.lines.push(line)
    }

    /** Lines of the console since the last boot. */
    get console(): readonly string[] {
        return this.lines
    }

    /** Starts the node with this flash image, or with the one it has. */
    async boot(image?: Uint8Array): Promise<Boot> {
        this.node.powerOff()
        if (image !== undefined) this.node.flash.bytes.set(image)
        this.lines = []
        const logged = this.node.log.length
        this.node.powerOn()
        await this.world.runUntil(() => this.said !== undefined, seconds(1.5))
        const log = this.node.log.slice(logged)
        return {
            said: this.said,
            isFormatted: log.some(({ text }) => text.includes("formatting now")),
        }
    }

    get said(): Said | undefined {
        const said = this.lines.filter(line => line.startsWith("="))
        if (said.length < SAID) return undefined
        const [health, isKeyInDoubt, ...values] = said.map(
            line => JSON.parse(line.slice(1)) as unknown
        )
        return { health: health as string, values, isKeyInDoubt: isKeyInDoubt as boolean }
    }

    /** Runs a host command against the node while virtual time passes. */
    async host(
        action: (actions: SettingsActions) => Promise<number>,
        flags: Partial<SettingsFlags> = {}
    ): Promise<number> {
        this.terminal = fakeTerminal()
        const { node, link, journal, terminal } = this
        const all = { restart: true, ...flags }
        return link.during(
            SettingsActions.open(link, node.deviceId, journal, all, terminal).then(action)
        )
    }

    async store(): Promise<ConnectedNode> {
        return this.link.during(ConnectedNode.open(this.link, this.node.deviceId))
    }

    /** Does something and gives the flash image before and after each write to flash. */
    async recorded(action: () => Promise<unknown>): Promise<Uint8Array[]> {
        const images = [this.node.flash.bytes.slice()]
        this.node.flash.onWrite = () => images.push(this.node.flash.bytes.slice())
        try {
            await action()
        } finally {
            this.node.flash.onWrite = undefined
        }
        return images
    }

    close(): void {
        this.world.close()
        rmSync(this.folder, { recursive: true, force: true })
    }
}
