/**
 * A kit application as the simulator runs it: which parts hang on the bus and
 * which recorded rooms they feel.
 */
import path from "node:path"
import { type ServiceModel } from "../../src/drivers/shared/pins/service-model.js"
import { type RegisterModel } from "../../src/drivers/shared/register-model.js"
import { PROJECT_ROOT } from "../program/compile.js"
import { columnFor, noColumnFits } from "../traces/columns.js"
import { replay, type Interpolation } from "../traces/replay.js"
import { TraceError, loadTrace, type Trace } from "../traces/trace.js"

/** A recording that feeds one kind of input. */
export interface Feed {
    /** Model channel: "temperature". */
    readonly channel: string
    /** File in sim/traces. */
    readonly trace: string
    /** Recorded day that falls on the first simulated day. */
    readonly firstDay: string
    readonly interpolation?: Interpolation
}

export interface KitApp {
    /** File in devs/ without ".ts". */
    readonly name: string
    /** In a few words, for people. */
    readonly title: string
    /** New parts on the bus, one set per node. */
    readonly sensors: () => RegisterModel[]
    /** New parts on pins, one set per node; default none. */
    readonly pins?: () => ServiceModel[]
    readonly feeds: readonly Feed[]
}

export interface FeedOptions {
    /** Start of the simulation, Unix ms. */
    readonly startMs: number
    /** A recording to use instead of the app's own, as far as its columns fit. */
    readonly trace?: Trace
    /** The simulated place is this much behind the recorded one, ms. */
    readonly lagMs?: number
}

/** Which column feeds which input, for messages. */
export interface Feeding {
    readonly channel: string
    readonly column: string
    readonly trace: string
}

/**
 * Builds a node's parts and connects their inputs to recordings.
 *
 * @throws TraceError when the given trace fits no input, or a recording is malformed
 */
export function buildSensors(
    app: KitApp,
    options: FeedOptions
): { sensors: RegisterModel[]; feedings: Feeding[] } {
    const sensors = app.sensors()
    const feedings = new Map<string, Feeding>()
    const { trace } = options
    let fits = 0
    for (const sensor of sensors)
        for (const channel of sensor.channels) {
            const column = trace === undefined ? undefined : columnFor(trace, channel)
            const feed = app.feeds.find(entry => entry.channel === channel.name)
            if (column !== undefined && trace !== undefined) {
                fits++
                const signal = replay(column, {
                    ...options,
                    trace: trace.name,
                    hasClock: trace.hasClock,
                })
                sensor.feed(channel.name, signal)
                feedings.set(channel.name, {
                    channel: channel.name,
                    column: column.name,
                    trace: trace.name,
                })
            } else if (feed !== undefined) {
                const recording = builtIn(feed.trace)
                const source = columnFor(recording, channel)
                if (source === undefined)
                    throw new TraceError(`${feed.trace}: no column fits ${channel.name}`)
                sensor.feed(
                    channel.name,
                    replay(source, { ...options, ...feed, hasClock: recording.hasClock })
                )
                feedings.set(channel.name, {
                    channel: channel.name,
                    column: source.name,
                    trace: feed.trace,
                })
            }
        }
    if (trace !== undefined && fits === 0)
        throw noColumnFits(
            trace,
            sensors.flatMap(sensor => sensor.channels)
        )
    return { sensors, feedings: [...feedings.values()] }
}

const loaded = new Map<string, Trace>()

/** A recording of sim/traces; read once per process. */
export function builtIn(file: string): Trace {
    let trace = loaded.get(file)
    if (trace === undefined) {
        trace = loadTrace(path.join(PROJECT_ROOT, "sim", "traces", file))
        loaded.set(file, trace)
    }
    return trace
}
