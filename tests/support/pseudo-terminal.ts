/** A terminal on a pseudo-terminal: somebody presses keys at its other end and sees what is drawn. */
import { constants, openSync } from "node:fs"
import { WriteStream, type ReadStream } from "node:tty"
import { stripVTControlCharacters } from "node:util"
import * as pty from "@lydell/node-pty"
import pc from "picocolors"
import { type Terminal } from "../../tools/cli/terminal.js"

interface OpenedPty {
    readonly master: ReadStream & NodeJS.WritableStream
    readonly slave: ReadStream
    readonly _pty: string
}

const COLUMNS = 80
const ROWS = 24
/** What moves the cursor elsewhere, or wipes what is there: what comes then is another line. */
const MOVES = /\u001b\[[\d;]*[A-HJK]/g

export class PseudoTerminal {
    readonly terminal: Terminal
    /** All that was drawn, without what moves the cursor. */
    seen = ""
    private readonly opened: OpenedPty
    private readonly held: number
    private readonly output: WriteStream
    private from = 0
    private look = (): void => undefined

    constructor() {
        const { open } = pty as unknown as { open: (options: object) => OpenedPty }
        this.opened = open({ cols: COLUMNS, rows: ROWS, encoding: null })
        this.held = openSync(this.opened._pty, constants.O_RDWR | constants.O_NOCTTY)
        this.output = new WriteStream(this.held)
        this.opened.master.on("error", () => undefined)
        this.opened.master.on("data", (data: Buffer) => {
            const apart = data.toString().replace(MOVES, "\n")
            this.seen += stripVTControlCharacters(apart).replaceAll("\r", "")
            this.look()
        })
        this.terminal = {
            out: this.output,
            err: this.output,
            keys: this.opened.slave,
            isLive: true,
            colors: pc.createColors(false),
        }
    }

    /** Presses keys. */
    type(keys: string): void {
        this.opened.master.write(keys)
    }

    /** Waits for what is drawn after what was waited for last. */
    async until(pattern: RegExp): Promise<void> {
        await new Promise<void>(resolve => {
            this.look = () => {
                const found = pattern.exec(this.seen.slice(this.from))
                if (found === null) return
                this.from += found.index + found[0].length
                this.look = () => undefined
                resolve()
            }
            this.look()
        })
    }

    /** Waits for a question, and answers it. */
    async answer(question: RegExp, keys: string): Promise<void> {
        await this.until(question)
        this.type(keys)
    }

    close(): void {
        this.opened.slave.destroy()
        this.output.destroy()
        this.opened.master.destroy()
    }
}
