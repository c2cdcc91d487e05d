/**
 * Where the command writes to: a terminal with colours and a live view, or a
 * file or pipe with plain lines. NO_COLOR and TERM=dumb are respected.
 */
import pc from "picocolors"

export type Colors = ReturnType<typeof pc.createColors>

/** What of a terminal's input is used. */
export type Keys = Pick<
    NodeJS.ReadStream,
    "setRawMode" | "on" | "off" | "resume" | "pause" | "setEncoding"
>

export interface Terminal {
    /** Stream for results. */
    readonly out: NodeJS.WriteStream
    /** Stream for problems and notes. */
    readonly err: NodeJS.WriteStream
    /** Where keys come from; undefined when nobody can press any. */
    readonly keys?: Keys
    /** Whether lines can be redrawn. */
    readonly isLive: boolean
    readonly colors: Colors
}

/** The terminal of this process. A reader that went away ends the process quietly. */
export function processTerminal(): Terminal {
    const { stdin, stdout, stderr, env } = process
    for (const stream of [stdout, stderr])
        stream.on("error", (error: NodeJS.ErrnoException) => {
            if (error.code === "EPIPE") process.exit(0)
            throw error
        })
    const isLive = stdout.isTTY && env["TERM"] !== "dumb" && env["CI"] === undefined
    return {
        out: stdout,
        err: stderr,
        ...(isLive && stdin.isTTY ? { keys: stdin } : {}),
        isLive,
        colors: pc.createColors(hasColors(isLive, env)),
    }
}

/** Colours only for people: a pipe gets none unless FORCE_COLOR asks for them. */
function hasColors(isLive: boolean, env: NodeJS.ProcessEnv): boolean {
    if ((env["NO_COLOR"] ?? "") !== "") return false
    return isLive || (env["FORCE_COLOR"] ?? "") !== ""
}

/** Writes one line. */
export function line(stream: NodeJS.WritableStream, text: string): void {
    stream.write(`${text}\n`)
}

/** On a terminal, says what takes a while, and wipes it out again. */
export async function showing<T>(
    text: string,
    { out, isLive }: Terminal,
    work: () => T | Promise<T>
): Promise<T> {
    if (!isLive) return await work()
    out.write(text)
    try {
        return await work()
    } finally {
        out.write("\r\u001b[2K")
    }
}
