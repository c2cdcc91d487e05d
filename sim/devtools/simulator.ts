/**
 * The stock simulator inside a devtools server: the virtual machine that VS Code
 * starts, with a program of ours. A server has one; starting another replaces it.
 */
import { randomBytes } from "node:crypto"
import { resolveTraceLine, type Program } from "../program/program.js"
import { DeviceClient } from "./device-client.js"
import { deployProgram, writeSettings, type Settings } from "./deploy.js"
import { type SideChannel } from "./side-channel.js"
import { DevtoolsError } from "./within.js"

/** Longest time for the simulator to get on the bus, ms. */
const BOOT_MS = 30_000
const START_REQUEST = "startVM"
const STOP_REQUEST = "stopVM"

export interface SimulatorOptions {
    readonly program: Program
    /** What the program's `readSetting` gives. */
    readonly settings?: Settings
    /** Called for each line that the program prints. */
    readonly onConsole?: (line: string) => void
    /** Called for each line of the device log, the runtime's own included. */
    readonly onLog?: (line: string) => void
    /** Jacdac id, 16 hex digits; default random. */
    readonly deviceId?: string
    /** Ends a start in progress. */
    readonly signal?: AbortSignal
}

/** A program that runs in the stock simulator. */
export interface StockSimulator {
    readonly deviceId: string
    /** Resolves after `close`; rejects when the simulator or its server ended by itself. */
    readonly closed: Promise<void>
    close(): Promise<void>
}

/**
 * Starts the simulator of a devtools server, with empty flash, and runs a program in it.
 *
 * @throws DevtoolsError when the simulator does not start or refuses the program; RangeError for
 * a setting that cannot be stored
 */
export async function startSimulator(
    side: SideChannel,
    options: SimulatorOptions
): Promise<StockSimulator> {
    const simulator = new HostedSimulator(side, options)
    try {
        await simulator.start()
    } catch (e) {
        await simulator.close()
        throw e
    }
    return simulator
}

class HostedSimulator implements StockSimulator {
    readonly deviceId: string
    readonly closed: Promise<void>

    private state: "idle" | "starting" | "running" | "ended" = "idle"
    private settle: (error?: Error) => void = () => undefined

    constructor(
        private readonly side: SideChannel,
        private readonly options: SimulatorOptions
    ) {
        this.deviceId = options.deviceId ?? randomBytes(8).toString("hex")
        this.closed = new Promise((resolve, reject) => {
            this.settle = error => (error === undefined ? resolve() : reject(error))
        })
        this.closed.catch(() => undefined)
    }

    async start(): Promise<void> {
        const { program, settings, signal } = this.options
        this.side.onOutput = (from, lines) => {
            if (from === "vm" || from === "vm-err")
                for (const line of lines) this.receive(line, from === "vm")
        }
        void this.side.closed.then(() => this.ended("devtools ended"))
        this.state = "starting"
        await this.side.request(START_REQUEST, { deviceId: this.deviceId, stateless: true }, signal)
        this.state = "running"
        const device = new DeviceClient(this.side, this.deviceId, signal)
        await Promise.race([this.closed, device.waitForDevice(BOOT_MS)])
        await writeSettings(device, settings ?? {})
        await deployProgram(device, program.bytecode)
    }

    async close(): Promise<void> {
        // Once it has ended, what the server hosts is another client's.
        const mayRun = this.state === "starting" || this.state === "running"
        this.state = "ended"
        if (mayRun) await this.side.request(STOP_REQUEST, {}).catch(() => undefined)
        this.settle()
    }

    private ended(why: string): void {
        if (this.state !== "running") return
        this.state = "ended"
        this.settle(new DevtoolsError(`the simulator stopped: ${why}`))
    }

    /**
     * Lines of the device log are indented by 4; others are the simulator process's own.
     * Its end is reported as an ordinary line when a client asked for it.
     */
    private receive(raw: string, isOrdinary: boolean): void {
        const exit = /^Exit code: (.*)$/.exec(raw)
        if (exit !== null)
            this.ended(
                isOrdinary
                    ? "another client of devtools stopped it or started its own"
                    : `its process ended with code ${exit[1].trim()}`
            )
        if (!raw.startsWith("    ")) return
        for (const text of resolveTraceLine(this.options.program.debug, raw.slice(4))) {
            this.options.onLog?.(text)
            if (/^[>?*!] /.test(text)) this.options.onConsole?.(text.slice(2))
        }
    }
}
