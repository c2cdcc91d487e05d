import { resolveTraceLine, type Program } from "../program/program.js"

/** A line of the device log. */
export interface LogLine {
    /** µs since the start of the world. */
    readonly at: number
    readonly text: string
}

/** Days of chatter must not fill the host's memory. */
const MAX_LINES = 20_000
/** The runtime says so when the program's heap was just made, and none of the program ran yet. */
const PROGRAM_STARTS = "* start: "

/** What a node prints, with the runtime's traces as source places. */
export class NodeLog {
    /** All of the device log, the runtime's own lines included, newest last. */
    readonly lines: LogLine[] = []
    /** Lines the program printed with console.log (and debug, warn, error), newest last. */
    readonly console: LogLine[] = []
    private trace: string[] = []

    constructor(
        private readonly program: Program,
        private readonly onConsole: (line: string) => void,
        private readonly onProgramStart: () => void
    ) {}

    add(raw: string, at: number): void {
        for (const part of raw.split("\n")) {
            const text = part.trimEnd()
            if (text === "") continue
            if (text.startsWith(PROGRAM_STARTS)) this.onProgramStart()
            for (const resolved of resolveTraceLine(this.program.debug, text))
                this.addLine(at, resolved)
        }
        for (const lines of [this.lines, this.console])
            if (lines.length > MAX_LINES) lines.splice(0, MAX_LINES / 2)
    }

    /** The trace of an exception, which is printed before a panic. Forgets it. */
    takeTrace(): string[] {
        const { trace } = this
        this.trace = []
        return trace
    }

    private addLine(at: number, text: string): void {
        this.lines.push({ at, text })
        if (/^[*!] +(at |message: )|^[*!] Exception: /.test(text))
            this.trace.push(text.replace(/^[*!] +/, "    "))
        if (!/^[>?*!] /.test(text)) return
        const line = text.slice(2)
        this.console.push({ at, text: line })
        this.onConsole(line)
    }
}
