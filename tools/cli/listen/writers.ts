/** The forms in which `suitcase listen` prints readings. */
import { createLogUpdate } from "log-update"
import { type Reading } from "../../decoder/index.js"
import { line, type Terminal } from "../terminal.js"
import { ChannelTable } from "../view/channel-table.js"
import { quantity } from "../view/format.js"

export const LISTEN_FORMATS = ["table", "ndjson", "csv"] as const
export type ListenFormat = (typeof LISTEN_FORMATS)[number]

export interface ReadingWriter {
    /** Called once when the connection is up, with a line for people. */
    start(headline: string): void
    reading(reading: Reading): void
    /** A problem or an event, for people. */
    note(text: string): void
    close(): void
}

export function openWriter(format: ListenFormat, terminal: Terminal): ReadingWriter {
    if (format === "table")
        return terminal.isLive ? new LiveTable(terminal) : new LineWriter(terminal)
    return new DataWriter(terminal, format === "csv" ? csvLine : jsonLine, format === "csv")
}

/** ISO 8601 in UTC. */
function isoTime(unixMs: number): string {
    return new Date(unixMs).toISOString()
}

function jsonLine(reading: Reading): string {
    const { site, node, time, timeUncertaintyMs, channel, unit, value, integer, quality } = reading
    return JSON.stringify({
        site,
        node,
        time,
        timeUncertaintyMs: timeUncertaintyMs ?? null,
        channel,
        unit,
        value: value ?? null,
        integer: integer ?? null,
        quality,
    })
}

const CSV_COLUMNS = "site,node,time,channel,unit,value,integer,quality"

/** Names come checked from the decoder and hold neither commas nor quotes, units might. */
function csvLine(reading: Reading): string {
    return [
        reading.site,
        reading.node,
        isoTime(reading.time),
        reading.channel,
        reading.unit,
        reading.value?.toFixed(reading.decimals) ?? "",
        reading.integer ?? "",
        reading.quality,
    ]
        .map(cell => csvCell(String(cell)))
        .join(",")
}

/** RFC 4180, section 2. */
function csvCell(text: string): string {
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Data on stdout and nothing else. */
class DataWriter implements ReadingWriter {
    constructor(
        private readonly terminal: Terminal,
        private readonly toLine: (reading: Reading) => string,
        private readonly hasHeader: boolean
    ) {}

    start(headline: string): void {
        line(this.terminal.err, headline)
        if (this.hasHeader) line(this.terminal.out, CSV_COLUMNS)
    }

    reading(reading: Reading): void {
        line(this.terminal.out, this.toLine(reading))
    }

    note(text: string): void {
        line(this.terminal.err, text)
    }

    close(): void {
        // Every line is out.
    }
}

/** One aligned line per reading. */
class LineWriter implements ReadingWriter {
    constructor(private readonly terminal: Terminal) {}

    start(headline: string): void {
        line(this.terminal.err, headline)
    }

    reading(reading: Reading): void {
        const { node, channel, value, decimals, unit, quality } = reading
        const shown = value === undefined ? "–" : quantity(value, decimals, unit)
        line(
            this.terminal.out,
            `${isoTime(reading.time)}  ${node}  ${channel.padEnd(14)} ${shown.padStart(14)}  ${quality}`
        )
    }

    note(text: string): void {
        line(this.terminal.err, text)
    }

    close(): void {
        // Every line is out.
    }
}

/** Redrawn once a second, so that ages go on. */
const REDRAW_MS = 1000
/** Lines of the picture that are not rows of the table. */
const FRAME_LINES = 6

class LiveTable implements ReadingWriter {
    private readonly table: ChannelTable
    private readonly redraw: ReturnType<typeof createLogUpdate>
    private timer: NodeJS.Timeout | undefined
    private headline = ""

    constructor(private readonly terminal: Terminal) {
        this.table = new ChannelTable({
            colors: terminal.colors,
            showNode: true,
            spanMs: undefined,
        })
        this.redraw = createLogUpdate(terminal.out)
    }

    start(headline: string): void {
        this.headline = headline
        this.timer = setInterval(() => this.draw(), REDRAW_MS)
        this.draw()
    }

    reading(reading: Reading): void {
        this.table.add(reading)
    }

    note(text: string): void {
        this.redraw.clear()
        line(this.terminal.err, text)
        this.draw()
    }

    close(): void {
        clearInterval(this.timer)
        this.draw()
        this.redraw.done()
    }

    private draw(): void {
        const rows = Math.max(1, (this.terminal.out.rows ?? 24) - FRAME_LINES)
        this.redraw(
            `${this.terminal.colors.bold(this.headline)}\n\n${this.table.render(Date.now(), rows)}`
        )
    }
}
