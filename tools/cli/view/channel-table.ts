/** The live table: the latest reading of every channel and its recent course. */
import Table from "cli-table3"
import { type Reading } from "../../decoder/index.js"
import { type Colors } from "../terminal.js"
import { age, quantity, span } from "./format.js"
import { Sparkline } from "./sparkline.js"

/** The table fits 80 columns, with one left free so that no terminal wraps. */
const WIDTH = 79
/** Columns with one blank on either side. */
const CHANNEL_WIDTH = 14
const VALUE_WIDTH = 12
const QUALITY_WIDTH = 13
const AGE_WIDTH = 8
/** Room for a node's name unless more is asked for; longer ones lose their beginning. */
const NODE_WIDTH = 11

const NOBODY: ReadonlySet<string> = new Set()

interface Entry {
    latest: Reading
    readonly course: Sparkline
}

export interface ChannelTableOptions {
    readonly colors: Colors
    /** Whether a column says which node a channel belongs to. */
    readonly showNode: boolean
    /** Span of the course, ms; undefined = one character per reading. */
    readonly spanMs: number | undefined
    /** Short name of a node; default its own. */
    readonly nodeName?: (node: string) => string
    /** Column for it; default {@link NODE_WIDTH}. */
    readonly nodeWidth?: number
}

/** What of the table is shown. */
export interface TablePage {
    /** Rows before it. */
    readonly first: number
    /** Nodes that are offline, as "site/node". */
    readonly offline: ReadonlySet<string>
}

export class ChannelTable {
    private readonly entries = new Map<string, Entry>()
    private readonly sparkWidth: number
    private readonly nodeWidth: number

    constructor(private readonly options: ChannelTableOptions) {
        const others = CHANNEL_WIDTH + VALUE_WIDTH + QUALITY_WIDTH + AGE_WIDTH
        this.nodeWidth = options.nodeWidth ?? NODE_WIDTH
        const node = options.showNode ? this.nodeWidth + 1 : 0
        this.sparkWidth = WIDTH - 6 - others - node - 2
    }

    add(reading: Reading): void {
        const { spanMs } = this.options
        const key = `${reading.site}/${reading.node}/${reading.channel}`
        let entry = this.entries.get(key)
        if (entry === undefined) {
            entry = {
                latest: reading,
                course: new Sparkline(this.sparkWidth, (spanMs ?? 0) / this.sparkWidth),
            }
            this.entries.set(key, entry)
        }
        // Late readings belong to the course, but do not replace newer ones.
        if (reading.time >= entry.latest.time) entry.latest = reading
        entry.course.add(reading.time, reading.value)
    }

    /** @returns the latest readings, in the order in which channels showed up first */
    get latest(): readonly Reading[] {
        return [...this.entries.values()].map(entry => entry.latest)
    }

    get rowCount(): number {
        return this.entries.size
    }

    /**
     * At most 80 columns wide.
     * @param nowMs Unix time from which ages count
     * @param maxRows further channels are only counted
     * @param page default the first one, of nodes of which nobody says that they are offline
     */
    render(nowMs: number, maxRows: number, page?: TablePage): string {
        const { colors, showNode } = this.options
        const entries = [...this.entries.values()]
        const table = new Table({
            head: [
                ...(showNode ? ["node"] : []),
                "channel",
                "value",
                "quality",
                "age",
                this.courseTitle(),
            ].map(title => colors.bold(title)),
            colAligns: [...(showNode ? (["left"] as const) : []), "left", "right", "left", "right"],
            colWidths: [
                ...(showNode ? [this.nodeWidth] : []),
                CHANNEL_WIDTH,
                VALUE_WIDTH,
                QUALITY_WIDTH,
                AGE_WIDTH,
                this.sparkWidth + 2,
            ],
            style: { head: [], border: [], compact: true },
        })
        const first = page?.first ?? 0
        const shown = entries.slice(first, first + maxRows)
        for (const entry of shown) table.push(this.row(entry, nowMs, page?.offline))
        if (entries.length === 0) return "  waiting for the first readings …"
        if (entries.length <= maxRows) return table.toString()
        const rest =
            page === undefined
                ? `… and ${entries.length - maxRows} more`
                : `rows ${first + 1}–${first + shown.length} of ${entries.length}`
        return `${table.toString()}\n  ${rest}`
    }

    private row(
        { latest, course }: Entry,
        nowMs: number,
        offline: ReadonlySet<string> = NOBODY
    ): string[] {
        const { colors, showNode, nodeName } = this.options
        return [
            ...(showNode
                ? [shortened(nodeName?.(latest.node) ?? latest.node, this.nodeWidth - 2)]
                : []),
            latest.channel,
            latest.value === undefined ? "–" : quantity(latest.value, latest.decimals, latest.unit),
            offline.has(`${latest.site}/${latest.node}`)
                ? colors.red("offline")
                : this.painted(latest),
            age(Math.max(0, nowMs - latest.time)),
            colors.cyan(course.toString()),
        ]
    }

    private painted({ quality, isGap }: Reading): string {
        const { colors } = this.options
        if (isGap) return colors.red(quality)
        return quality === "ok" ? colors.green(quality) : colors.yellow(quality)
    }

    private courseTitle(): string {
        const { spanMs } = this.options
        return spanMs === undefined ? `${this.sparkWidth} readings` : `last ${span(spanMs)}`
    }
}

/** The end of a name tells nodes apart: device ids of one batch begin alike. */
function shortened(name: string, room: number): string {
    return name.length <= room ? name : `…${name.slice(1 - room)}`
}
