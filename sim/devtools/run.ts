/**
 * The one call behind `suitcase sim <app> --devtools`: a program of ours in the
 * stock simulator, our sensors on its bus, the stock dashboard beside it.
 */
import { attachToDevtools, type AttachOptions, type SensorAttachment } from "./attach.js"
import { startDevtools, type DevtoolsOptions, type DevtoolsPorts } from "./server.js"
import { startSimulator, type SimulatorOptions } from "./simulator.js"
import { DevtoolsError } from "./within.js"

export type DevtoolsRunOptions = Pick<
    SimulatorOptions,
    "program" | "settings" | "onConsole" | "onLog"
> &
    Pick<AttachOptions, "models" | "kHz" | "services" | "onTransfer"> &
    Pick<DevtoolsOptions, "ports" | "onOutput"> & {
        /** Stops everything: hand in the signal that Ctrl-C aborts. */
        readonly signal?: AbortSignal
    }

export interface DevtoolsRun {
    readonly ports: DevtoolsPorts
    /** Address of the dashboard; its page comes from the Internet. */
    readonly dashboard: string
    readonly sensors: SensorAttachment
    /** Process id of devtools when it was started here. */
    readonly pid: number | undefined
    /** Jacdac id of the simulated board. */
    readonly deviceId: string
    /** Resolves when all was stopped on request; rejects when a part of it ended by itself. */
    readonly closed: Promise<void>
    /** Stops the simulator, the sensors, and devtools when it was started here. */
    close(): Promise<void>
}

/**
 * Runs a program in the stock simulator, in real time, with sensors attached.
 * Joins a devtools that runs already (its own simulator is replaced), otherwise
 * starts one. Returns once the program was handed over:
 *
 *     const run = await runWithDevtools({ program, models, onConsole: console.log, signal })
 *     console.log(`dashboard: ${run.dashboard}`)
 *     await run.closed
 *
 * @throws DevtoolsError when a part does not start; the signal's reason when it is aborted
 * before; everything that was started is stopped then
 */
export async function runWithDevtools(options: DevtoolsRunOptions): Promise<DevtoolsRun> {
    const { signal } = options
    const started: { close(): Promise<void> }[] = []
    let stopping: Promise<void> | undefined
    const stop = () => (stopping ??= stopAll(started))
    try {
        const server = await startDevtools(options)
        started.push(server)
        const sensors = await attachToDevtools({
            ...options,
            port: server.ports.tcp,
        })
        started.push(sensors)
        const simulator = await startSimulator(server.side, options)
        started.push(simulator)

        const ended = server.closed.then(() => {
            if (stopping === undefined) throw new DevtoolsError("devtools ended")
        })
        const closed = Promise.race([simulator.closed, sensors.closed, ended]).finally(stop)
        closed.catch(() => undefined)
        const abort = () => void stop()
        signal?.addEventListener("abort", abort, { once: true })
        signal?.throwIfAborted()
        return {
            ports: server.ports,
            dashboard: `http://127.0.0.1:${server.ports.web}/`,
            sensors,
            pid: server.pid,
            deviceId: simulator.deviceId,
            closed,
            close: async () => {
                signal?.removeEventListener("abort", abort)
                await stop()
            },
        }
    } catch (e) {
        await stop()
        throw e
    }
}

/** In reverse order of starting. */
async function stopAll(started: readonly { close(): Promise<void> }[]): Promise<void> {
    for (const part of [...started].reverse()) await part.close()
}
