/** Questions of the guided calibration, and keys while readings are shown. */
import { setMaxListeners } from "node:events"
import { confirm, isCancel, select, text } from "@clack/prompts"
import { createLogUpdate } from "log-update"
import { Interrupted } from "../interrupt.js"
import { line, type Keys, type Terminal } from "../terminal.js"
import { textsOf, type Texts } from "./texts.js"

export interface Choice<T> {
    readonly value: T
    readonly label: string
    readonly hint?: string
}

export interface TextQuestion {
    readonly message: string
    /** Stands there to be taken with Enter, or changed. */
    readonly initial?: string
    readonly placeholder?: string
    /** @returns what is wrong with an answer */
    readonly problem: (answer: string) => string | undefined
}

/** Whoever answers: each question throws Interrupted on Ctrl-C. */
export interface Ask {
    text(question: TextQuestion): Promise<string>
    choose<T>(message: string, choices: readonly Choice<T>[]): Promise<T>
    yes(message: string): Promise<boolean>
    /** Lines that stay. */
    say(text: string): void
    /** From here on to {@link Live.end} a picture is redrawn. */
    live(): Live
}

export interface Live {
    show(picture: string): void
    /** The key that was pressed since it was last asked. @throws Interrupted */
    key(): string | undefined
    /** Resolves when a key is pressed, or after what is given. */
    until(time: Promise<void>): Promise<void>
    end(): void
}

export const CTRL_C = "\u0003"

/** At a terminal. @param signal ends a question as Ctrl-C does */
export class TerminalAsk implements Ask {
    private readonly streams

    constructor(
        private readonly terminal: Terminal,
        private readonly keys: Keys,
        signal: AbortSignal,
        private readonly texts: Texts = textsOf(undefined)
    ) {
        // The library listens once for each question, and never stops.
        setMaxListeners(0, signal)
        this.streams = {
            input: keys as NodeJS.ReadStream,
            output: terminal.out,
            signal,
        }
    }

    async text({ message, initial, placeholder, problem }: TextQuestion): Promise<string> {
        const answer = await text({
            ...this.streams,
            message,
            validate: value => problem((value ?? "").trim()),
            ...(initial === undefined ? {} : { initialValue: initial }),
            ...(placeholder === undefined ? {} : { placeholder }),
        })
        // An empty answer may come as undefined.
        return answered<string | undefined>(answer)?.trim() ?? ""
    }

    async choose<T>(message: string, choices: readonly Choice<T>[]): Promise<T> {
        // The library tells choices of primitives from those of objects by their types.
        const options = choices.map(({ label, hint }, value) => ({
            value,
            label,
            ...(hint === undefined ? {} : { hint }),
        }))
        const chosen = answered<number>(await select<number>({ ...this.streams, message, options }))
        return choices[chosen].value
    }

    async yes(message: string): Promise<boolean> {
        return answered<boolean>(
            await confirm({
                ...this.streams,
                message,
                active: this.texts.yes,
                inactive: this.texts.no,
            })
        )
    }

    say(text: string): void {
        line(this.terminal.out, text)
    }

    live(): Live {
        return new TerminalLive(this.terminal, this.keys, this.streams.signal)
    }
}

class TerminalLive implements Live {
    private readonly redraw
    private pressed: string[] = []
    private wake = (): void => undefined
    private readonly take = (data: string | Buffer): void => {
        this.pressed.push(...Array.from(data.toString()))
        this.wake()
    }

    constructor(
        terminal: Terminal,
        private readonly keys: Keys,
        private readonly signal: AbortSignal
    ) {
        this.redraw = createLogUpdate(terminal.out)
        keys.setRawMode(true)
        keys.on("data", this.take)
        keys.resume()
    }

    show(picture: string): void {
        this.redraw(picture)
    }

    key(): string | undefined {
        const pressed = this.pressed
        this.pressed = []
        if (this.signal.aborted || pressed.includes(CTRL_C)) throw new Interrupted()
        return pressed.at(-1)
    }

    async until(time: Promise<void>): Promise<void> {
        if (this.pressed.length > 0) return
        await Promise.race([time, new Promise<void>(resolve => (this.wake = resolve))])
    }

    end(): void {
        this.keys.off("data", this.take)
        this.keys.setRawMode(false)
        this.keys.pause()
        this.redraw.done()
    }
}

function answered<T>(answer: T | symbol): T {
    if (isCancel(answer)) throw new Interrupted()
    return answer as T
}
