/**
 * One part with its driver in the VM, and a judge over every sample: a reading is
 * right only when the model handed out just that value since the sample before.
 * So no old value, no invented one and no wrong one can pass.
 */
import { QUALITY_SATURATED, isGap } from "../../src/core/quality.js"
import { qualityName } from "../../src/core/quality-names.js"
import { type Inputs, type PartChannel } from "../../src/drivers/part.js"
import { BH1750Model } from "../../src/drivers/bh1750/model.js"
import { SHT4xModel } from "../../src/drivers/sht4x/model.js"
import { type ModelChannel, type PartModel } from "../../src/drivers/part-model.js"
import { RegisterModel } from "../../src/drivers/register-model.js"
import { ServiceModel } from "../../src/drivers/pins/service-model.js"
import { DriverRig, type RigChannel, type RigDriver, type RigSample } from "../rig/driver-rig.js"
import { isOnPin, type CataloguedPart } from "./catalogue.js"

/** The drivers of a bench's program, by index. */
export const DEFAULT_DRIVER = 0
/** The same part at its second address, if it has one. */
export const SECOND_DRIVER = 1
/** Takes the part for frozen after {@link FROZEN_AFTER} equal samples. */
export const FROZEN_DRIVER = 2
/** A part of another kind. */
export const NEIGHBOUR_DRIVER = 3
export const FROZEN_AFTER = 4

interface Neighbour {
    readonly driver: RigDriver
    readonly address: number
    readonly model: () => RegisterModel
}

const NEIGHBOURS: readonly Neighbour[] = [
    {
        driver: { folder: "bh1750", className: "BH1750", options: "{ address: 0x5c }" },
        address: 0x5c,
        model: () => new BH1750Model(0x5c).feed("illuminance", 345),
    },
    {
        driver: { folder: "sht4x", className: "SHT4x", options: "{ address: 0x46 }" },
        address: 0x46,
        model: () => new SHT4xModel(0x46).feed("temperature", -3).feed("humidity", 45),
    },
]

/** A part of another kind that can be on the bus beside this one. */
export function neighbourOf({ folder, addresses }: CataloguedPart): Neighbour {
    return NEIGHBOURS.find(
        ({ driver, address }) => driver.folder !== folder && !addresses.includes(address)
    ) as Neighbour
}

export interface PartBenchOptions {
    /** Default: the default driver alone. */
    readonly running?: readonly number[]
    /** Default: the part at its default address. The first one is the part under test. */
    readonly models?: readonly PartModel[]
    /** Default: the part's own. */
    readonly everyMs?: number
    readonly i2cKHz?: number
    readonly clockPpm?: number
}

/** A part whose models are of this kind. */
export type BenchPart<M extends PartModel> = CataloguedPart & {
    readonly model: (address: number) => M
}

/** A sample and what is wrong with it. */
export interface JudgedSample extends RigSample {
    /** Readings that are not what the part handed out, in words. */
    readonly wrong: readonly string[]
    /** Every channel has a reading. */
    readonly isComplete: boolean
    /** Every channel is a gap. */
    readonly isGap: boolean
    /** Transfers on the bus since the sample before, those to other parts included. */
    readonly transfers: number
}

export class PartBench<M extends PartModel = RegisterModel> {
    readonly rig: DriverRig
    /** The part that faults strike. */
    readonly model: M
    /** The driver that is looked at: the first one that runs. */
    readonly driver: number
    private readonly handedOut = new Map<number, Map<string, number>>()
    private readonly judged: JudgedSample[] = []
    private next = 0
    private transfersBefore = 0

    constructor(
        readonly part: BenchPart<M>,
        options: PartBenchOptions = {}
    ) {
        const models = options.models ?? [newModel(part)]
        this.model = models[0] as M
        models.forEach((model, i) => {
            const values = new Map<string, number>()
            this.handedOut.set(i, values)
            model.onHandedOut = ({ channel, value }) => values.set(channel, value)
        })
        const { i2cKHz, clockPpm } = options
        const running = options.running ?? [DEFAULT_DRIVER]
        this.driver = running[0]
        this.rig = new DriverRig({
            drivers: driversOf(part),
            running,
            models: models.filter(model => model instanceof RegisterModel),
            pins: models.filter(model => model instanceof ServiceModel),
            everyMs: options.everyMs ?? part.everyMs ?? 1000,
            ...(i2cKHz === undefined ? {} : { i2cKHz }),
            ...(clockPpm === undefined ? {} : { clockPpm }),
        })
        this.rig.onSample = sample =>
            this.judged.push(this.judge(sample, sample.driver === SECOND_DRIVER ? 1 : 0))
    }

    /** A bench that has given its first complete samples. @throws Error when it does not */
    static async warm<M extends PartModel>(
        part: BenchPart<M>,
        options: PartBenchOptions = {}
    ): Promise<PartBench<M>> {
        const bench = new PartBench<M>(part, options)
        await bench.start()
        return bench
    }

    /** Takes samples until the part must have given a complete one. @throws Error when it has not */
    async start(): Promise<void> {
        let sample = await this.sample()
        for (let i = 1; i < (this.part.startSamples ?? 1) + 1; i++) sample = await this.sample()
        if (!sample.isComplete || sample.wrong.length > 0)
            throw new Error(`${this.part.folder} does not start: ${describeSample(this, sample)}`)
    }

    /** Gives one input a value. */
    feed(input: string, value: number): void {
        this.model.feed(input, value)
    }

    /** The next sample of a driver, judged against what its part handed out. */
    async sample(driver = this.driver): Promise<JudgedSample> {
        for (;;) {
            while (this.next >= this.judged.length) await this.rig.take(1)
            const sample = this.judged[this.next++]
            if (sample.driver === driver) return sample
        }
    }

    /** Runs for so many ms. @returns what was sampled meanwhile and not looked at before */
    async run(ms: number): Promise<readonly JudgedSample[]> {
        await this.rig.world.run(ms)
        const samples = this.judged.slice(this.next)
        this.next = this.judged.length
        return samples
    }

    /** The last of so many samples. */
    async samples(count: number): Promise<JudgedSample> {
        let last = await this.sample()
        for (let i = 1; i < count; i++) last = await this.sample()
        return last
    }

    /** Channels of a driver as it declares them. */
    channels(driver = this.driver): readonly RigChannel[] {
        return this.rig.channels[driver] ?? []
    }

    /** What is wrong with a reading when these are the inputs; undefined when nothing is. */
    mistake(index: number, value: number, quality: number, inputs: Inputs): string | undefined {
        const channel = this.channels()[index]
        const about = this.part.channels[index]
        const expected = expectedReading(about, channel, inputs)
        const got = isGap(quality) ? `a gap (${qualityName(quality)})` : `${value}`
        const what = `${channel.name}: ${got} instead of ${expected ?? "a gap"} × ${channel.scaleNumerator}/${channel.scaleDenominator} ${channel.unit}`
        if (isGap(quality)) {
            const isPossible =
                expected !== undefined && expected >= channel.min && expected <= channel.max
            return isPossible ? what : undefined
        }
        if (expected === undefined) return what
        const tolerance = toleranceOf(about, channel, this.modelChannel(about), inputs)
        if (quality === QUALITY_SATURATED && Math.abs(expected) >= Math.abs(value) - tolerance)
            return undefined
        return Math.abs(value - expected) <= tolerance ? undefined : `${what} (± ${tolerance})`
    }

    modelChannel(about: PartChannel): ModelChannel | undefined {
        return this.model.channels.find(({ name }) => name === inputOf(about))
    }

    private judge(sample: RigSample, modelIndex: number): JudgedSample {
        const { qualities, values } = sample
        const wrong: string[] = []
        if (sample.driver !== NEIGHBOUR_DRIVER) {
            const handed = this.handedOut.get(modelIndex) ?? new Map<string, number>()
            this.part.channels.forEach((about, i) => {
                if (isGap(qualities[i])) return
                if (about.expected === undefined && !handed.has(inputOf(about)))
                    wrong.push(`${about.name}: ${values[i]}, which the part did not hand out`)
                else {
                    const inputs = Object.fromEntries(handed)
                    const mistake = this.mistake(i, values[i], qualities[i], inputs)
                    if (mistake !== undefined) wrong.push(mistake)
                }
            })
            handed.clear()
        }
        const { transfers } = this.rig.node.bus
        const sinceBefore = transfers - this.transfersBefore
        this.transfersBefore = transfers
        return {
            ...sample,
            wrong,
            transfers: sinceBefore,
            isComplete: !qualities.some(isGap),
            isGap: qualities.every(isGap),
        }
    }
}

/** Feeds each input its normal value. */
export function fed<M extends PartModel>(part: CataloguedPart, model: M): M {
    for (const about of part.channels)
        if (model.channels.some(({ name }) => name === inputOf(about)))
            model.feed(inputOf(about), about.normal)
    return model
}

/** A new part at its default address with normal inputs. */
export function newModel<M extends PartModel>(part: BenchPart<M>): M {
    return fed(part, part.model(part.addresses[0] ?? 0) as M)
}

export function inputOf(about: PartChannel): string {
    return about.input ?? about.name
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

/** In words, for messages. */
export function describeSample(bench: PartBench<PartModel>, sample: JudgedSample): string {
    const readings = sample.values.map((value, i) => {
        const name = bench.part.channels[i]?.name ?? `channel ${i}`
        const quality = sample.qualities[i]
        return `${name} ${isGap(quality) ? "" : value} ${qualityName(quality)}`
    })
    return [...readings, ...sample.wrong, sample.lastError].filter(text => text !== "").join("; ")
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

function driversOf(part: CataloguedPart): RigDriver[] {
    const { folder, className } = part
    const more = part.options === undefined ? "" : `, ${part.options}`
    const at = (address: number | undefined, prefix = "") => ({
        folder,
        className,
        ...(isOnPin(part) ? { role: part.role } : {}),
        options:
            address === undefined
                ? `{ ${`${prefix}${more}`.replace(/^, /, "")} }`
                : `{ address: ${address}${prefix}${more} }`,
    })
    return [
        at(part.addresses[0]),
        at(part.addresses[1] ?? part.addresses[0], ', prefix: "second_"'),
        { ...at(part.addresses[0]), frozenAfter: FROZEN_AFTER },
        neighbourOf(part).driver,
    ]
}
