/** The table of `suitcase listen`: redrawn in place on a terminal, one line per reading elsewhere. */
import { createLogUpdate } from "log-update"
import { type Reading } from "../../decoder/index.js"
import { line, type Terminal } from "../terminal.js"
import { ChannelTable } from "../view/channel-table.js"
import { quantity } from "../view/format.js"

export interface ReadingWriter {
    /** Called once when the connection is up, with a line for people. */
    start(headline: string): void
    reading(reading: Reading): void
    /** A problem or an event, for people. */
    note(text: string): void
    close(): void
}

export function openTable(terminal: Terminal): ReadingWriter {
    return terminal.isLive ? new LiveTable(terminal) : new LineWriter(terminal)
}

/** ISO 8601 in UTC. */
function isoTime(unixMs: number): string {
    return new Date(unixMs).toISOString()
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
