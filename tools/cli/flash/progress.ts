/** What happens to a board, in lines for people. */
import { type FlashEvent } from "../../flash/flash-board.js"
import { type Piece } from "../../flash/board-image.js"
import { SCRIPT_PREFIX } from "../../flash/store/format.js"
import { line, type Terminal } from "../terminal.js"

export class FlashProgress {
    private isLineOpen = false
    private readonly startedMs = performance.now()

    constructor(private readonly terminal: Terminal) {}

    readonly on = (event: FlashEvent): void => {
        switch (event.kind) {
            case "board":
                this.say(`found an ${event.chip} (${event.serial})`)
                return
            case "kept":
                this.say(
                    `keeps from the ${event.from}: ${event.keys.map(shownKey).sort().join(", ")}`
                )
                return
            case "torn":
                this.say(
                    "the board's settings were damaged by a power cut and there is no copy of them here: " +
                        "calibrations that it had are gone"
                )
                return
            case "same":
                this.say(`${pieceText(event.piece)}: is there already`)
                return
            case "writing":
                this.show(`${pieceText(event.piece)}: ${Math.floor(100 * event.share)} %`)
                return
            case "verified":
                this.say(`${pieceText(event.piece)}: written and verified`)
                return
            case "again":
                this.say(`${pieceText(event.piece)}: differs from what was written; once more`)
                return
            case "restarted":
                this.say(`restarted, after ${this.seconds} s`)
        }
    }

    private get seconds(): string {
        return ((performance.now() - this.startedMs) / 1000).toFixed(1)
    }

    private say(text: string): void {
        if (this.isLineOpen) this.terminal.out.write("\r\u001b[2K")
        this.isLineOpen = false
        line(this.terminal.out, text)
    }

    /** On a terminal the line is written over and over. */
    private show(text: string): void {
        if (!this.terminal.isLive) return
        this.terminal.out.write(`\r\u001b[2K${text}`)
        this.isLineOpen = true
    }
}

function pieceText({ name, bytes }: Piece): string {
    return `${name} (${Math.ceil(bytes.length / 1024)} KB)`
}

function shownKey(key: string): string {
    return key.startsWith(SCRIPT_PREFIX) ? key.slice(SCRIPT_PREFIX.length) : key
}
