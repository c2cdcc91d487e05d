/** The table of `suitcase listen`: redrawn in place on a terminal, one line per reading elsewhere. */
import { type FrameOrigin, type NodeState, type Reading } from "../../decoder/index.js"
import { line, type Terminal } from "../terminal.js"
import { quantity } from "../view/format.js"
import { LiveTable } from "./live-table.js"

export interface ReadingWriter {
    /** Called once when the connection is up, with a line for people. */
    start(headline: string): void
    reading(reading: Reading): void
    /** A problem or an event, for people. */
    note(text: string): void
    /** A node came or went; without it these are notes. */
    state?(origin: FrameOrigin, state: NodeState): void
    /** The connection is lost, or there again; without it these are notes. */
    link?(isUp: boolean): void
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
