/** How far a long job is, on a terminal; elsewhere nothing. */
import progress from "cli-progress"
import { createLogUpdate } from "log-update"
import type { Terminal } from "../terminal.js"

/** Jobs that are shorter need no bar, ms. */
const FIRST_MS = 500
const REDRAW_MS = 125
const BAR_WIDTH = 30

/** Draws at the bottom of a terminal until it is closed. */
export class ProgressBar {
    private readonly redraw: ReturnType<typeof createLogUpdate>
    private next = performance.now() + FIRST_MS

    constructor(
        terminal: Terminal,
        private readonly label: string
    ) {
        this.redraw = createLogUpdate(terminal.out)
    }

    /** @param share 0 … 1 */
    show(share: number): void {
        const now = performance.now()
        if (now < this.next) return
        this.next = now + REDRAW_MS
        const done = Math.min(1, share)
        const bar = progress.Format.BarFormat(done, {
            barsize: BAR_WIDTH,
            barCompleteString: "█".repeat(BAR_WIDTH),
            barIncompleteString: "░".repeat(BAR_WIDTH),
            barGlue: "",
        })
        this.redraw(`${this.label}  ${bar} ${String(Math.floor(done * 100)).padStart(3)} %`)
    }

    close(): void {
        this.redraw.clear()
    }
}
