/** A terminal for tests: keeps what is written and tells when something comes. */
import { Writable } from "node:stream"
import pc from "picocolors"
import { type Terminal } from "../../tools/cli/terminal.js"

class Captured extends Writable {
    text = ""
    readonly columns = 80
    readonly rows = 30
    private waiting: { pattern: RegExp; resolve: () => void }[] = []

    override _write(chunk: Buffer, _encoding: string, done: () => void): void {
        this.text += chunk.toString()
        const met = this.waiting.filter(({ pattern }) => pattern.test(this.text))
        this.waiting = this.waiting.filter(entry => !met.includes(entry))
        met.forEach(({ resolve }) => resolve())
        done()
    }

    /** Resolves once the text so far matches. */
    async until(pattern: RegExp): Promise<void> {
        if (!pattern.test(this.text))
            await new Promise<void>(resolve => this.waiting.push({ pattern, resolve }))
    }

    get lines(): string[] {
        return this.text.split("\n").filter(line => line !== "")
    }
}

export interface FakeTerminal extends Terminal {
    readonly out: NodeJS.WriteStream & Captured
    readonly err: NodeJS.WriteStream & Captured
}

/** @param isLive whether it can redraw lines; 80 columns by 30 rows */
export function fakeTerminal(isLive = false, hasColors = false): FakeTerminal {
    const stream = () => new Captured() as unknown as NodeJS.WriteStream & Captured
    return { out: stream(), err: stream(), isLive, colors: pc.createColors(hasColors) }
}
