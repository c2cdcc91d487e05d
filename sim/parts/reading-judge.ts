/**
 * A judge over the samples of one part: a reading is right only when the model
 * handed out just that value since the sample before. So no old value, no invented
 * one and no wrong one can pass.
 */
import { QUALITY_SATURATED, isGap } from "../../src/core/quality.js"
import { qualityName } from "../../src/core/quality-names.js"
import { type ModelChannel, type PartModel } from "../../src/drivers/shared/part-model.js"
import { type Inputs, type PartChannel } from "../../src/drivers/shared/part.js"
import { type RigChannel, type RigSample } from "./driver-rig.js"
import { type CataloguedPart } from "./catalogue.js"
import { figure } from "./figure.js"

export class ReadingJudge {
    private readonly handedOut = new Map<string, number>()

    constructor(
        private readonly part: CataloguedPart,
        private readonly model: PartModel
    ) {
        model.onHandedOut = ({ channel, value }) => this.handedOut.set(channel, value)
    }

    /** What the part handed out since the last {@link wrong}, in the unit of each input. */
    get sinceLast(): Inputs {
        return Object.fromEntries(this.handedOut)
    }

    /**
     * @param channels as the driver declares them
     * @returns readings that are not what the part handed out since the sample before, in words
     */
    wrong({ qualities, values }: RigSample, channels: readonly RigChannel[]): string[] {
        const found: string[] = []
        this.part.channels.forEach((about, i) => {
            if (isGap(qualities[i])) return
            if (about.expected === undefined && !this.handedOut.has(inputOf(about)))
                found.push(`${about.name}: ${values[i]}, which the part did not hand out`)
            else {
                const inputs = Object.fromEntries(this.handedOut)
                const mistake = this.mistake(channels, i, values[i], qualities[i], inputs)
                if (mistake !== undefined) found.push(mistake)
            }
        })
        this.handedOut.clear()
        return found
    }

    /** What is wrong with a reading when these are the inputs; undefined when nothing is. */
    mistake(
        channels: readonly RigChannel[],
        index: number,
        value: number,
        quality: number,
        inputs: Inputs
    ): string | undefined {
        const channel = channels[index]
        const about = this.part.channels[index]
        const expected = expectedReading(about, channel, inputs)
        const got = isGap(quality) ? `a gap (${qualityName(quality)})` : `${value}`
        const what = `${channel.name}: ${got} instead of ${expected === undefined ? "a gap" : figure(expected)} × ${channel.scaleNumerator}/${channel.scaleDenominator} ${channel.unit}`
        if (isGap(quality)) {
            const isPossible =
                expected !== undefined && expected >= channel.min && expected <= channel.max
            return isPossible ? what : undefined
        }
        if (expected === undefined) return what
        const input = inputChannel(this.model, about)
        const tolerance = toleranceOf(about, channel, input, inputs)
        if (quality === QUALITY_SATURATED && Math.abs(expected) >= Math.abs(value) - tolerance)
            return undefined
        return Math.abs(value - expected) <= tolerance
            ? undefined
            : `${what} (± ${figure(tolerance)})`
    }
}

export function inputOf(about: PartChannel): string {
    return about.input ?? about.name
}

/** The input of the model that a channel shows; undefined when it has none of that name. */
export function inputChannel(model: PartModel, about: PartChannel): ModelChannel | undefined {
    return model.channels.find(({ name }) => name === inputOf(about))
}

/** The reading that is right for these inputs, in steps of the channel. */
export function expectedReading(
    about: PartChannel,
    channel: RigChannel,
    inputs: Inputs
): number | undefined {
    if (about.expected !== undefined) return about.expected(inputs)
    return (inputs[inputOf(about)] * channel.scaleDenominator) / channel.scaleNumerator
}

function toleranceOf(
    about: PartChannel,
    channel: RigChannel,
    input: ModelChannel | undefined,
    inputs: Inputs
): number {
    if (typeof about.tolerance === "function") return about.tolerance(inputs)
    if (about.tolerance !== undefined) return about.tolerance
    const epsilon = ((input?.epsilon ?? 0) * channel.scaleDenominator) / channel.scaleNumerator
    return 0.5 + epsilon + 1e-6
}
