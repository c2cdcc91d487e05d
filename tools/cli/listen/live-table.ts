/** The table on a terminal: the latest readings, what happened, and pages when there are more rows than room. */
import { createLogUpdate } from "log-update"
import { type FrameOrigin, type NodeState, type Reading } from "../../decoder/index.js"
import { type Terminal } from "../terminal.js"
import { ChannelTable } from "../view/channel-table.js"
import { age, counted } from "../view/format.js"
import { type ReadingWriter } from "./reading-writer.js"

/** Redrawn once a second, so that ages go on. */
const REDRAW_MS = 1000
/** Without keys, pages take turns, ms. */
const PAGE_MS = 5000
/** Lines of the picture that are not rows of the table, nor notes. */
const FRAME_LINES = 9
/** Notes and outages that stay in the picture, each the latest. */
const MAX_NOTES = 4
const MAX_OUTAGES = 2
const WIDTH = 79

const NEXT_KEYS = ["\u001b[B", "\u001b[6~", " ", "n", "j"]
const PREVIOUS_KEYS = ["\u001b[A", "\u001b[5~", "b", "p", "k"]
const CTRL_C = "\u0003"

interface Outage {
    readonly fromMs: number
    /** Undefined while it goes on. */
    toMs: number | undefined
}

export class LiveTable implements ReadingWriter {
    private readonly table: ChannelTable
    private readonly redraw: ReturnType<typeof createLogUpdate>
    private readonly notes: string[] = []
    private readonly outages: Outage[] = []
    private readonly offline = new Set<string>()
    private timer: NodeJS.Timeout | undefined
    private headline = ""
    private first = 0
    private turnedAtMs = 0

    constructor(
        private readonly terminal: Terminal,
        private readonly nowMs: () => number = Date.now
    ) {
        this.table = new ChannelTable({
            colors: terminal.colors,
            showNode: true,
            spanMs: undefined,
        })
        this.redraw = createLogUpdate(terminal.out)
    }

    start(headline: string): void {
        this.headline = headline
        this.turnedAtMs = this.nowMs()
        const { keys } = this.terminal
        // Ctrl-C is a key like others then.
        keys?.setRawMode(true)
        keys?.setEncoding("utf8")
        keys?.on("data", this.onKey)
        keys?.resume()
        this.timer = setInterval(() => this.draw(), REDRAW_MS)
        this.draw()
    }

    reading(reading: Reading): void {
        this.table.add(reading)
    }

    note(text: string): void {
        const time = new Date(this.nowMs()).toISOString().slice(11, 19)
        this.notes.push(cut(`  ${time} ${text.replace(/^suitcase: /, "")}`))
        this.notes.splice(0, this.notes.length - MAX_NOTES)
        this.draw()
    }

    state({ site, node }: FrameOrigin, { online }: NodeState): void {
        if (online) this.offline.delete(`${site}/${node}`)
        else this.offline.add(`${site}/${node}`)
    }

    link(isUp: boolean): void {
        const last = this.outages.at(-1)
        if (!isUp) this.outages.push({ fromMs: this.nowMs(), toMs: undefined })
        else if (last !== undefined) last.toMs = this.nowMs()
        this.outages.splice(0, this.outages.length - MAX_OUTAGES)
        this.draw()
    }

    close(): void {
        clearInterval(this.timer)
        const { keys } = this.terminal
        keys?.off("data", this.onKey)
        keys?.setRawMode(false)
        keys?.pause()
        this.draw()
        this.redraw.done()
    }

    private readonly onKey = (key: string): void => {
        if (key === CTRL_C) process.kill(process.pid, "SIGINT")
        else if (NEXT_KEYS.includes(key)) this.turn(1)
        else if (PREVIOUS_KEYS.includes(key)) this.turn(-1)
    }

    private turn(pages: 1 | -1): void {
        const room = this.room
        const count = Math.max(1, Math.ceil(this.table.rowCount / room))
        const page = (Math.floor(this.first / room) + pages + count) % count
        this.first = page * room
        this.turnedAtMs = this.nowMs()
        this.draw()
    }

    /** Rows of a page. */
    private get room(): number {
        const others = FRAME_LINES + this.notes.length + this.outages.length
        return Math.max(1, (this.terminal.out.rows ?? 24) - others)
    }

    private draw(): void {
        const { colors, keys } = this.terminal
        const now = this.nowMs()
        const { room } = this
        if (keys === undefined && this.table.rowCount > room && now - this.turnedAtMs >= PAGE_MS) {
            this.turn(1)
            return
        }
        if (this.first >= this.table.rowCount) this.first = 0
        const page = { first: this.first, offline: this.offline }
        const lines = [
            colors.bold(cut(this.headline)),
            ...this.outages.map(outage => colors.red(cut(outageInWords(outage, now)))),
            "",
            this.table.render(now, room, page),
            ...(this.offline.size === 0 ? [] : [colors.red(cut(this.offlineInWords()))]),
            ...this.notes,
        ]
        this.redraw(lines.join("\n"))
    }

    private offlineInWords(): string {
        return `  ${counted(this.offline.size, "node")} offline: ${[...this.offline].join(", ")}`
    }
}

function outageInWords({ fromMs, toMs }: Outage, nowMs: number): string {
    const from = new Date(fromMs).toISOString().slice(11, 19)
    return toMs === undefined
        ? `  no connection since ${from} UTC, ${age(nowMs - fromMs)}`
        : `  there was no connection from ${from} UTC on, for ${age(toMs - fromMs)}`
}

function cut(text: string): string {
    return text.length <= WIDTH ? text : `${text.slice(0, WIDTH - 1)}…`
}
