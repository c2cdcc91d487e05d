/** The table of `suitcase listen`: redrawn in place on a terminal, one line per reading elsewhere. */
import { type Reading } from "../../decoder/index.js"
import { line, type Terminal } from "../terminal.js"
import { quantity } from "../view/format.js"
import { LiveTable } from "./live-table.js"
import { type ReadingWriter } from "./reading-writer.js"

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
