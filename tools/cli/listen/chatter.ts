/**
 * What there is to tell of nodes, without flooding people: some lines at once, and beyond
 * that one line a minute for all the others together.
 */
import { count } from "../view/format.js"

/** Lines that are told one by one, and how long until there is room for as many again, ms. */
const BURST = 20
const MINUTE_MS = 60_000

export class Chatter {
    private room: number
    private untold = 0
    private latest = ""
    private timer: NodeJS.Timeout | undefined

    constructor(
        private readonly note: (text: string) => void,
        private readonly burst = BURST,
        private readonly minuteMs = MINUTE_MS
    ) {
        this.room = burst
    }

    tell(text: string): void {
        if (this.timer === undefined) {
            this.timer = setInterval(() => this.summarise(), this.minuteMs)
            this.timer.unref()
        }
        if (this.room > 0) {
            this.room--
            this.note(text)
        } else {
            this.untold++
            this.latest = text
        }
    }

    close(): void {
        clearInterval(this.timer)
        this.tellRest()
    }

    private summarise(): void {
        // As long as more comes than people read, it stays at one line.
        if (this.untold === 0) this.room = this.burst
        this.tellRest()
    }

    private tellRest(): void {
        if (this.untold > 0)
            this.note(`and ${count(this.untold)} notes more, the latest: ${this.latest}`)
        this.untold = 0
    }
}
