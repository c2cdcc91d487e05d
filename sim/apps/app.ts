/**
 * A kit application as the simulator runs it: which parts its node has, and which recorded rooms or
 * which place they are in.
 */
import { type ModelChannel, type PartModel } from "../../src/drivers/shared/part-model.js"
import { ServiceModel } from "../../src/drivers/shared/pins/service-model.js"
import { RegisterModel } from "../../src/drivers/shared/register-model.js"
import { builtIn } from "../traces/built-in.js"
import { columnFor, noColumnFits } from "../traces/columns.js"
import { replay, type Interpolation } from "../traces/replay.js"
import { TraceError, type Trace, type TraceColumn } from "../traces/trace.js"
import { hang, type FittedPart } from "../worlds/hang.js"
import { type Place, type PlaceKind, type Quantity } from "../worlds/place.js"
import { useOf } from "./uses.js"

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
    /** New parts on the bus and on pins, one set per node. */
    readonly parts: () => FittedPart[]
    /** Recordings for their inputs, unless the node is in a place. */
    readonly feeds: readonly Feed[]
    /** Where its nodes are when nobody says; default: with the recordings, or in a steady place. */
    readonly place?: PlaceKind
}

export interface FeedOptions {
    /** Start of the simulation, Unix ms. */
    readonly startMs: number
    /** A recording to use instead of the app's own, as far as its columns fit. */
    readonly trace?: Trace
    /** The simulated place is this much behind the recorded one, ms. */
    readonly lagMs?: number
    /** The place to be in, in place of the app's own. */
    readonly place?: PlaceKind
    /** Gives the place, and the error of each part in it; default 1. */
    readonly seed?: number | string
}

/** Which column feeds which input, for messages. */
export interface Feeding {
    readonly channel: string
    readonly column: string
    readonly trace: string
}

/** What a node has around it. */
export interface Surroundings {
    readonly sensors: readonly RegisterModel[]
    readonly pins: readonly ServiceModel[]
    readonly feedings: readonly Feeding[]
    /** True values by the name of the channel, or of the input, that shows them. */
    readonly truths: Readonly<Record<string, Quantity>>
    /** Why nothing true is known of some channels, by their names. */
    readonly withoutTruth: Readonly<Record<string, string>>
    /** Where it is, if that is a place. */
    readonly place: Place | undefined
}

/**
 * Builds a node's parts and connects their inputs to a recording that was given, to a place, or to the app's
 * own recordings.
 *
 * @throws TraceError when the given trace fits no input, or a recording is malformed
 */
export function buildSurroundings(app: KitApp, options: FeedOptions): Surroundings {
    const parts = app.parts()
    const models = parts.map(({ model }) => model)
    const of = {
        withoutTruth: useOf(app.name)?.withoutTruth ?? {},
        sensors: models.filter(model => model instanceof RegisterModel),
        pins: models.filter(model => model instanceof ServiceModel),
    }
    const kind = options.trace === undefined ? (options.place ?? app.place) : undefined
    if (kind !== undefined) {
        const seed = options.seed ?? 1
        const place = kind.create({ seed, startMs: options.startMs })
        hang(place, parts, { errorSeed: `${seed}/parts` })
        return { ...of, feedings: [], truths: place.quantities, place }
    }
    return { ...of, ...recordedInputs(app, models, options), place: undefined }
}

function recordedInputs(
    app: KitApp,
    models: readonly PartModel[],
    options: FeedOptions
): Pick<Surroundings, "feedings" | "truths"> {
    const feedings = new Map<string, Feeding>()
    const truths: Record<string, Quantity> = {}
    const { trace } = options
    let fits = 0
    const connect = (
        model: PartModel,
        { name, unit, min, max }: ModelChannel,
        { hasClock }: Trace,
        trace: string,
        column: TraceColumn,
        feed: Partial<Feed>
    ) => {
        const at = replay(column, {
            ...options,
            ...feed,
            trace,
            hasClock,
        })
        model.feed(name, at)
        truths[name] = { unit, min, max, at }
        feedings.set(name, { channel: name, column: column.name, trace })
    }
    for (const model of models)
        for (const channel of model.channels) {
            const column = trace === undefined ? undefined : columnFor(trace, channel)
            const feed = app.feeds.find(entry => entry.channel === channel.name)
            if (column !== undefined && trace !== undefined) {
                fits++
                connect(model, channel, trace, trace.name, column, {})
            } else if (feed !== undefined) {
                const recording = builtIn(feed.trace)
                const source = columnFor(recording, channel)
                if (source === undefined)
                    throw new TraceError(`${feed.trace}: no column fits ${channel.name}`)
                connect(model, channel, recording, feed.trace, source, feed)
            }
        }
    if (trace !== undefined && fits === 0)
        throw noColumnFits(
            trace,
            models.flatMap(model => model.channels)
        )
    return { feedings: [...feedings.values()], truths }
}
