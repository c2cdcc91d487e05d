/**
 * The stock development server, `devs devtools`: joined when it runs already,
 * otherwise started as a child process in a temporary folder, since it writes
 * into the folder it is started in. The child ends with this process, however
 * this process ends (see child-guard.mjs).
 */
import { spawn, type ChildProcess } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { createInterface } from "node:readline"
import { type Readable } from "node:stream"
import { cliBundlePath } from "../vm/cli-package.js"
import { SideChannel } from "./side-channel.js"
import { DevtoolsError, within } from "./within.js"

const START_MS = 30_000
/** Longest time for the child to end by itself, ms. */
const STOP_MS = 2000
const KEPT_LINES = 10
/** The stock tool's exit code; the last line names the port then (child-guard.mjs). */
const EXIT_PORT_IN_USE = 100

/** TCP ports of a devtools server on this machine. */
export interface DevtoolsPorts {
    /** Dashboard and WebSocket. */
    readonly web: number
    /** Jacdac frames. */
    readonly tcp: number
    /** Debug adapter. */
    readonly debug: number
}

/** The ports that the stock tool uses and that VS Code expects. */
export const STOCK_PORTS: DevtoolsPorts = { web: 8081, tcp: 8082, debug: 8083 }
/** Any free ports: for tests, and to run beside another devtools. */
export const FREE_PORTS: DevtoolsPorts = { web: 0, tcp: 0, debug: 0 }

export interface DevtoolsOptions {
    /** Default {@link STOCK_PORTS}; 0 stands for any free port. */
    readonly ports?: DevtoolsPorts
    /** Called for each line that a server started here prints. */
    readonly onOutput?: (line: string) => void
    /** Ends a start in progress. */
    readonly signal?: AbortSignal
}

/** A devtools server that is ready for clients. */
export interface DevtoolsServer {
    readonly ports: DevtoolsPorts
    /** Connection to the server's side protocol. */
    readonly side: SideChannel
    /** Process id when the server was started here. */
    readonly pid: number | undefined
    /** Resolves when the server or the connection to it has ended. */
    readonly closed: Promise<void>
    /** Ends a server that was started here and removes its folder; leaves one that ran before. */
    close(): Promise<void>
}

/**
 * Joins the devtools server on the given ports, or starts one there.
 *
 * @throws DevtoolsError when a port is taken by another program or the server does not start
 */
export async function startDevtools(options: DevtoolsOptions = {}): Promise<DevtoolsServer> {
    const ports = options.ports ?? STOCK_PORTS
    options.signal?.throwIfAborted()
    if (ports.web !== 0) {
        const side = await joined(ports.web, options.signal)
        if (side !== undefined)
            return { ports, side, pid: undefined, closed: side.closed, close: () => side.close() }
    }
    const child = new DevtoolsProcess(ports, options.onOutput)
    try {
        const open = await within(
            child.ready,
            START_MS,
            `devtools did not open its ports within ${START_MS / 1000} s`,
            options.signal
        )
        const side = await SideChannel.connect(open.web, options.signal)
        const close = async () => {
            await side.close()
            await child.stop()
        }
        return { ports: open, side, pid: child.pid, closed: child.ended, close }
    } catch (e) {
        await child.stop()
        throw e
    }
}

/** @returns undefined when nothing listens there */
async function joined(port: number, signal?: AbortSignal): Promise<SideChannel | undefined> {
    try {
        return await SideChannel.connect(port, signal)
    } catch (e) {
        if ((e as NodeJS.ErrnoException).code === "ECONNREFUSED") return undefined
        throw e
    }
}

/** The child process. */
class DevtoolsProcess {
    /** The open ports; rejects when the process ends before. */
    readonly ready: Promise<DevtoolsPorts>
    /** Resolves when the process has ended. */
    readonly ended: Promise<void>

    private readonly child: ChildProcess
    private readonly folder = mkdtempSync(path.join(tmpdir(), "suitcase-devtools-"))
    private readonly lastLines: string[] = []

    constructor(ports: DevtoolsPorts, onOutput?: (line: string) => void) {
        const script = path.join(path.dirname(cliBundlePath()), "..", "devicescript")
        const guard = new URL("./child-guard.mjs", import.meta.url).href
        this.child = spawn(
            process.execPath,
            ["--import", guard, script, "--ci", "--no-colors", "devtools"],
            {
                cwd: this.folder,
                stdio: ["ignore", "pipe", "pipe", "ipc"],
                env: {
                    ...process.env,
                    NO_UPDATE_NOTIFIER: "1",
                    SUITCASE_DEVTOOLS_FOLDER: this.folder,
                    SUITCASE_DEVTOOLS_PORTS: JSON.stringify({
                        [STOCK_PORTS.web]: ports.web,
                        [STOCK_PORTS.tcp]: ports.tcp,
                        [STOCK_PORTS.debug]: ports.debug,
                    }),
                },
            }
        )
        for (const stream of [this.child.stdout, this.child.stderr])
            createInterface({ input: stream as Readable }).on("line", line => {
                this.lastLines.push(line)
                if (this.lastLines.length > KEPT_LINES) this.lastLines.shift()
                onOutput?.(line)
            })
        // Not "close": Node never emits it once a parent has disconnected the channel.
        this.ended = new Promise(resolve => {
            this.child.once("exit", () => resolve())
            this.child.once("error", () => resolve())
        })
        this.ready = this.whenReady()
        // Nobody waits for it when the start was given up.
        this.ready.catch(() => undefined)
    }

    get pid(): number | undefined {
        return this.child.pid
    }

    /** Ends the process; it ends by itself when the channel to its parent closes. */
    async stop(): Promise<void> {
        if (this.child.connected) this.child.disconnect()
        const kill = setTimeout(() => this.child.kill("SIGKILL"), STOP_MS)
        await this.ended
        clearTimeout(kill)
        rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
    }

    private failure(code: number | null): DevtoolsError {
        const last = this.lastLines.at(-1) ?? ""
        if (code === EXIT_PORT_IN_USE)
            return new DevtoolsError(`${last}: end that program or choose other ports for devtools`)
        return new DevtoolsError(
            `devtools ended at its start (exit code ${code}):\n${this.lastLines.join("\n")}`
        )
    }

    private whenReady(): Promise<DevtoolsPorts> {
        const open = new Map<number, number>()
        return new Promise((resolve, reject) => {
            this.child.on("message", message => {
                const { stockPort, port } = message as { stockPort: number; port: number }
                open.set(stockPort, port)
                if (open.size < 3) return
                resolve({
                    web: open.get(STOCK_PORTS.web) as number,
                    tcp: open.get(STOCK_PORTS.tcp) as number,
                    debug: open.get(STOCK_PORTS.debug) as number,
                })
            })
            this.child.once("error", reject)
            this.child.once("close", code => reject(this.failure(code)))
        })
    }
}
