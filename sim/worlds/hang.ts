/** Hangs parts in a place: connects their inputs to what is true there. */
import { AMG8833Model } from "../../src/drivers/amg8833/model.js"
import { RotaryEncoderModel } from "../../src/drivers/pulses/model.js"
import { type PartModel, type Signal } from "../../src/drivers/shared/part-model.js"
import { type CataloguedPart } from "../parts/catalogue.js"
import { type Place, type Quantity } from "./place.js"
import { sensorError } from "./sensor-error.js"

/** A part of a node. */
export interface FittedPart {
    /** Under src/drivers: "sht4x". */
    readonly folder: string
    readonly model: PartModel
    /** What is known of it; memories and clocks have nothing that a place could feed. */
    readonly part?: CataloguedPart
}

export interface HangOptions {
    /**
     * Which of all parts of their kind they are: gives each its constant error within its datasheet's
     * accuracy; default: ideal ones.
     */
    readonly errorSeed?: string
}

/**
 * Feeds every input that the place knows. An input is looked for as "folder#2.input" (the second of several parts
 * of one kind), "folder.input", "input", and among the quantities.
 *
 * @returns names of the inputs that are fed, as "folder.input"
 */
export function hang(
    place: Place,
    parts: readonly FittedPart[],
    { errorSeed }: HangOptions = {}
): string[] {
    const fed: string[] = []
    parts.forEach(({ folder, model, part }, index) => {
        const same = parts.filter(other => other.folder === folder)
        const number = same.findIndex(other => other.model === model) + 1
        const signalOf = (input: string): Signal | undefined =>
            (same.length > 1 ? place.inputs[`${folder}#${number}.${input}`] : undefined) ??
            place.inputs[`${folder}.${input}`] ??
            place.inputs[input] ??
            place.quantities[input]?.at
        for (const channel of model.channels) {
            const signal = signalOf(channel.name)
            if (signal === undefined) continue
            const seen =
                errorSeed === undefined || part === undefined
                    ? signal
                    : within(signal, sensorError(part, channel, `${errorSeed}/${index}`))
            model.feed(channel.name, seen)
            fed.push(`${folder}.${channel.name}`)
        }
        if (model instanceof RotaryEncoderModel) {
            const total = signalOf("total")
            if (typeof total === "function") {
                model.total = total
                fed.push(`${folder}.total`)
            }
        }
        if (model instanceof AMG8833Model && place.scene !== undefined) {
            model.scene = place.scene
            fed.push(`${folder}.scene`)
        }
    })
    return fed
}

function within(signal: Signal, error: (value: number) => number): Signal {
    return typeof signal === "number" ? error(signal) : unixMs => error(signal(unixMs))
}

/**
 * The true value that a channel shows: that of its name, or of the end of its name behind a prefix: "room_co2".
 */
export function quantityOf(
    quantities: Readonly<Record<string, Quantity>>,
    channel: string
): Quantity | undefined {
    for (let name = channel; ; name = name.slice(name.indexOf("_") + 1)) {
        if (Object.hasOwn(quantities, name)) return quantities[name]
        if (!name.includes("_")) return undefined
    }
}
