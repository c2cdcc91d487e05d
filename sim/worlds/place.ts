/**
 * Places for simulated nodes: what is true there at any moment, as functions of time. A place is made from
 * a seed; the same seed gives the same place, and values do not depend on the order in which they are asked for.
 * What the sensors hang in is a place; what the nodes and their network run in is `sim/world/`.
 */
import { type Signal } from "../../src/drivers/shared/part-model.js"

/** A true value of a place. */
export interface Quantity {
    /** As SenML writes it: "Cel", "%RH", "m". */
    readonly unit: string
    /** Range in which it always lies. */
    readonly min: number
    readonly max: number
    /** The true value at a Unix time in ms; NaN while there is none: a forecast too early. */
    readonly at: (unixMs: number) => number
    /**
     * A number that only grows, of what happened since the place began: a node counts from its own
     * start, so only differences can be compared.
     */
    readonly isTotal?: boolean
    /** The true value over a span of time, for channels that stand for one; default the value at its end. */
    readonly over?: (fromMs: number, toMs: number) => number
}

/** Something that happened: the bin was emptied, a tram passed. */
export interface Happening {
    /** "emptied" */
    readonly what: string
    readonly fromMs: number
    readonly toMs: number
}

export interface Place {
    /** By the name of the channel that shows it. */
    readonly quantities: Readonly<Record<string, Quantity>>
    /**
     * What parts see where that is not the quantity of the same name: by input ("distance"), or by part and
     * input ("ds2482.temperature").
     */
    readonly inputs: Readonly<Record<string, Signal>>
    /** Temperature of each pixel of a thermal array, °C; 0 is the upper left one. */
    readonly scene?: (pixel: number, unixMs: number) => number
    /** Kinds of happenings that {@link happenings} tells. */
    readonly happens: readonly string[]
    /** What began in a span of time, in the order of its beginning. */
    readonly happenings: (fromMs: number, toMs: number) => readonly Happening[]
}

export interface PlaceOptions {
    /** Same seed, same place. */
    readonly seed: number | string
    /** When it begins, Unix ms: totals count from here, and states have settled. */
    readonly startMs: number
    /**
     * What happens beside all that is drawn from the seed: ms after the start, by kind, as
     * {@link PlaceKind.incidents} lists them.
     */
    readonly incidents?: Readonly<Record<string, readonly number[]>>
}

/** A kind of place. */
export interface PlaceKind {
    /** "room" */
    readonly name: string
    /** In a few words, for people. */
    readonly title: string
    /** What can be asked to happen there at a given time. */
    readonly incidents: readonly string[]
    readonly create: (options: PlaceOptions) => Place
}

/** @throws RangeError for an incident that the kind of place does not know */
export function checkIncidents(kind: PlaceKind, { incidents = {} }: PlaceOptions): void {
    for (const name of Object.keys(incidents))
        if (!kind.incidents.includes(name))
            throw new RangeError(
                `nothing called "${name}" can happen in a ${kind.name}; there is ${kind.incidents.join(", ") || "nothing"}`
            )
}
