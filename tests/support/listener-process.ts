/** `suitcase listen` as a process of its own, which a test can kill. */
import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import path from "node:path"
import { PROJECT_ROOT } from "../../sim/program/compile.js"

export class ListenerProcess {
    /** What it wrote. */
    err = ""
    out = ""
    private readonly child: ChildProcess
    private waiting: (() => void)[] = []

    /** @param fileBlocks longest file that it can write, in blocks of 512 B; default any */
    constructor(args: readonly string[], fileBlocks?: number) {
        const command = path.join(PROJECT_ROOT, "tools", "cli", "suitcase.mjs")
        const words = [process.execPath, command, "listen", "--no-time", ...args]
        const limited = ["/bin/sh", "-c", `ulimit -f ${fileBlocks}; exec "$0" "$@"`, ...words]
        const [program, ...rest] = fileBlocks === undefined ? words : limited
        this.child = spawn(program, rest, { stdio: ["ignore", "pipe", "pipe"] })
        this.child.stderr?.on("data", (data: Buffer) =>
            this.note(() => (this.err += data.toString()))
        )
        this.child.stdout?.on("data", (data: Buffer) =>
            this.note(() => (this.out += data.toString()))
        )
        this.child.on("exit", () => this.note(() => undefined))
    }

    get pid(): number {
        return this.child.pid as number
    }

    get hasEnded(): boolean {
        return this.child.exitCode !== null || this.child.signalCode !== null
    }

    /** Resolves when stderr matches. @throws Error when it ends before */
    async until(pattern: RegExp): Promise<void> {
        while (!pattern.test(this.err)) {
            if (this.hasEnded) throw new Error(`the listener ended: ${this.err}`)
            await new Promise<void>(resolve => this.waiting.push(resolve))
        }
    }

    /** @returns its exit code; null after SIGKILL */
    async end(signal: "SIGKILL" | "SIGTERM"): Promise<number | null> {
        if (!this.hasEnded) {
            this.child.kill(signal)
            await once(this.child, "exit")
        }
        return this.child.exitCode
    }

    /** Resolves when it ended by itself. @returns its exit code */
    async ended(): Promise<number | null> {
        while (!this.hasEnded) await new Promise<void>(resolve => this.waiting.push(resolve))
        return this.child.exitCode
    }

    private note(change: () => void): void {
        change()
        for (const resolve of this.waiting.splice(0)) resolve()
    }
}
