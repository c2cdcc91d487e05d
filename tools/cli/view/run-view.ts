/**
 * What one sees while a simulation runs. On a terminal a table that is redrawn
 * in place, elsewhere one line for every part of the run.
 */
import progress from "cli-progress"
import { createLogUpdate } from "log-update"
import { type StatusLight } from "../../../sim/world/status-light.js"
import { type Reading } from "../../decoder/index.js"
import { line, type Terminal } from "../terminal.js"
import { ChannelTable } from "./channel-table.js"
import { count, counted, dayAndTime, quantity, times } from "./format.js"

/** 8 pictures per second. */
const REDRAW_MS = 125
const BAR_WIDTH = 30
/** Lines of the live view that are not rows of the table. */
const FRAME_LINES = 11
/** Lights in a line. */
const LIGHTS = 5
/** Channels in a plain line. */
const PLAIN_CHANNELS = 6

/** The state of a run as the view needs it. */
export interface RunState {
    /** First line: what runs. */
    readonly title: string
    /** Simulated Unix time, ms. */
    readonly nowMs: () => number
    /** 0 … 1; undefined for a run without end. */
    readonly share: () => number | undefined
    /** Simulated seconds per real second so far. */
    readonly speed: () => number
    readonly counts: () => { readonly readings: number; readonly frames: number }
    readonly nodes: readonly string[]
    /** What they are called, in their order; default #1, #2 … */
    readonly names?: readonly string[]
    /** The boards' lights, of the nodes in their order; of programs that never set theirs none is shown. */
    readonly lights?: readonly StatusLight[]
    /** Span of a channel's course, ms; undefined = one character per reading. */
    readonly courseMs: number | undefined
}

export interface RunView {
    reading(reading: Reading): void
    /** A line that stays, such as a node's own output. */
    note(text: string): void
    /** Called at every part of the run, in simulated time. */
    milestone(): void
    /** Ends the view; what was drawn last stays. */
    close(): void
}

/** @param isSilent whether nothing but problems is shown */
export function openView(terminal: Terminal, isSilent: boolean, state: RunState): RunView {
    if (isSilent) return new SilentView(terminal)
    return terminal.isLive ? new LiveView(terminal, state) : new PlainView(terminal, state)
}

/** Shows nothing: for --json. Notes go to stderr. */
class SilentView implements RunView {
    constructor(private readonly terminal: Terminal) {}

    reading(): void {
        // Only the figures at the end count.
    }

    note(text: string): void {
        line(this.terminal.err, text)
    }

    milestone(): void {
        // No progress is shown.
    }

    close(): void {
        // There is nothing to end.
    }
}

/** "light yellow", or of several nodes those of the first ones; nothing when no program sets its light. */
function lightText({ lights = [] }: RunState): string[] {
    if (lights.every(light => light.changes === 0)) return []
    const names = lights.slice(0, LIGHTS).map(light => light.name)
    const rest = lights.length > LIGHTS ? ` … and ${lights.length - LIGHTS} more` : ""
    return [`light ${names.join(", ")}${rest}`]
}

class PlainView implements RunView {
    private readonly latest = new Map<string, Reading>()

    constructor(
        private readonly terminal: Terminal,
        private readonly state: RunState
    ) {
        line(terminal.out, state.title)
    }

    reading(reading: Reading): void {
        if (reading.node === this.state.nodes[0]) this.latest.set(reading.channel, reading)
    }

    note(text: string): void {
        line(this.terminal.out, text)
    }

    milestone(): void {
        // Of nodes that are of different kinds, the first one says nothing about the others.
        const shown = (this.state.names === undefined ? [...this.latest.values()] : [])
            .slice(0, PLAIN_CHANNELS)
            .map(({ value, decimals, unit, channel, quality }) =>
                value === undefined ? `${channel}: ${quality}` : quantity(value, decimals, unit)
            )
        const total = counted(this.state.counts().readings, "reading")
        const parts = [dayAndTime(this.state.nowMs()), ...shown, ...lightText(this.state), total]
        line(this.terminal.out, parts.join("  "))
    }

    close(): void {
        // Every line stands already.
    }
}

class LiveView implements RunView {
    private readonly table: ChannelTable
    private readonly redraw: ReturnType<typeof createLogUpdate>
    private readonly timer: NodeJS.Timeout
    private isClosed = false

    constructor(
        private readonly terminal: Terminal,
        private readonly state: RunState
    ) {
        this.table = new ChannelTable({
            colors: terminal.colors,
            showNode: state.nodes.length > 1,
            spanMs: state.courseMs,
            nodeName: node =>
                state.names?.[state.nodes.indexOf(node)] ?? `#${state.nodes.indexOf(node) + 1}`,
            ...(state.names === undefined
                ? {}
                : { nodeWidth: Math.max(...state.names.map(name => name.length)) + 2 }),
        })
        this.redraw = createLogUpdate(terminal.out)
        this.timer = setInterval(() => this.draw(), REDRAW_MS)
        this.draw()
    }

    reading(reading: Reading): void {
        this.table.add(reading)
    }

    note(text: string): void {
        this.redraw.clear()
        line(this.terminal.out, text)
        this.draw()
    }

    milestone(): void {
        // The timer redraws often enough.
    }

    close(): void {
        if (this.isClosed) return
        this.isClosed = true
        clearInterval(this.timer)
        this.draw()
        this.redraw.done()
    }

    private draw(): void {
        const { colors } = this.terminal
        const now = this.state.nowMs()
        const rows = Math.max(1, (this.terminal.out.rows ?? 24) - FRAME_LINES)
        const { readings, frames } = this.state.counts()
        this.redraw(
            [
                colors.bold(this.state.title.slice(0, (this.terminal.out.columns ?? 80) - 1)),
                "",
                ` ${dayAndTime(now)}  ${this.progress()}${times(this.state.speed())} real time`,
                "",
                this.table.render(now, rows),
                ...lightText(this.state).map(text => ` ${text}`),
                colors.dim(
                    ` ${count(readings)} readings received in ${counted(frames, "frame")}` +
                        (this.isClosed ? "" : " · Ctrl-C ends")
                ),
            ].join("\n")
        )
    }

    private progress(): string {
        const share = this.state.share()
        if (share === undefined) return ""
        const bar = progress.Format.BarFormat(Math.min(1, share), {
            barsize: BAR_WIDTH,
            barCompleteString: "█".repeat(BAR_WIDTH),
            barIncompleteString: "░".repeat(BAR_WIDTH),
            barGlue: "",
        })
        return `${bar} ${String(Math.floor(share * 100)).padStart(3)} %  `
    }
}
