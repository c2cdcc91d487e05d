/** The language of `suitcase try --input`: NAME=VALUE or NAME=FROM..TO. */
import { InvalidArgumentError } from "commander"
import { figure } from "../../../sim/parts/figure.js"
import { UsageError } from "../errors.js"
import { type PartModel } from "../../../src/drivers/shared/part-model.js"

export interface InputSpec {
    readonly name: string
    readonly from: number
    /** Differs from `from` for a ramp over the run. */
    readonly to: number
}

const NUMBER = "[+-]?\\d+(?:\\.\\d+)?"
const FORM = new RegExp(`^([a-z0-9_]+)=(${NUMBER})(?:\\.\\.(${NUMBER}))?$`)

/** Reads one more `--input`. */
export function inputOption(text: string, before: readonly InputSpec[]): InputSpec[] {
    const match = FORM.exec(text)
    if (match === null)
        throw new InvalidArgumentError(
            "Write an input and its value, or the ends of a ramp: temperature=21.5 or temperature=-10..40."
        )
    const [, name, from, to] = match as unknown as [string, string, string, string?]
    return [...before, { name, from: Number(from), to: Number(to ?? from) }]
}

/** Feeds the model. @throws UsageError for an input that the part does not have */
export function feedInputs(
    model: PartModel,
    inputs: readonly InputSpec[],
    startMs: number,
    runMs: number
): void {
    for (const { name, from, to } of inputs) {
        const channel = model.channels.find(c => c.name === name)
        if (channel === undefined)
            throw new UsageError(
                `${model.part} has no input ${name}; it has ${model.channels
                    .map(c => `${c.name} (${c.unit}, ${figure(c.min)} to ${figure(c.max)})`)
                    .join(", ")}`
            )
        for (const value of [from, to])
            if (value < channel.min || value > channel.max)
                throw new UsageError(
                    `${name}=${value} is beyond what the part can express: ${figure(channel.min)} to ${figure(channel.max)} ${channel.unit}`
                )
        model.feed(name, unixMs => {
            const share = Math.min(1, Math.max(0, (unixMs - startMs) / runMs))
            return from + (to - from) * share
        })
    }
}
