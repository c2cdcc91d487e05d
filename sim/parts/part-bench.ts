/** One part with its driver in the VM, and a judge over every sample. */
import { FIRST_GAP, QUALITY_OK, isGap } from "../../src/core/quality.js"
import { qualityName } from "../../src/core/quality-names.js"
import { type Inputs, type PartChannel } from "../../src/drivers/shared/part.js"
import { type ModelChannel, type PartModel } from "../../src/drivers/shared/part-model.js"
import { type RegisterModel } from "../../src/drivers/shared/register-model.js"
import { type DriverRig, type RigChannel, type RigSample } from "./driver-rig.js"
import { type CataloguedPart } from "./catalogue.js"
import { figure } from "./figure.js"
import { ReadingJudge, inputChannel, inputOf } from "./reading-judge.js"
import {
    DEFAULT_DRIVER,
    NEIGHBOUR_DRIVER,
    SECOND_DRIVER,
    type BenchPart,
    type PartProgram,
} from "./part-program.js"

export interface PartBenchOptions {
    /** Default: the default driver alone. */
    readonly running?: readonly number[]
    /** Default: the part at its default address. The first one is the part under test. */
    readonly models?: readonly PartModel[]
    /** Default: the part's own. */
    readonly everyMs?: number
    readonly i2cKHz?: number
    readonly clockPpm?: number
    /** See {@link RigOptions.hasExactWaits}. */
    readonly hasExactWaits?: boolean
}

/** A sample and what is wrong with it. */
export interface JudgedSample extends RigSample {
    /** Readings that are not what the part handed out, in words. */
    readonly wrong: readonly string[]
    /** What the part handed out since the sample before, by input. */
    readonly handedOut: Inputs
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
    private readonly judges: readonly ReadingJudge[]
    private readonly judged: JudgedSample[] = []
    private next = 0
    private transfersBefore = 0

    readonly part: BenchPart<M>
    /** What its inputs are fed, by their name. */
    readonly inputs: Record<string, number>

    constructor(program: PartProgram<M>, options: PartBenchOptions = {}) {
        const { part } = program
        this.part = part
        this.inputs = normalInputs(part)
        const models = options.models ?? [newModel(part)]
        this.model = models[0] as M
        this.judges = models.map(model => new ReadingJudge(part, model))
        const { i2cKHz, clockPpm, hasExactWaits } = options
        const running = options.running ?? [DEFAULT_DRIVER]
        this.driver = running[0]
        this.rig = program.rig(running, models, {
            everyMs: options.everyMs ?? part.everyMs ?? 1000,
            ...(i2cKHz === undefined ? {} : { i2cKHz }),
            ...(clockPpm === undefined ? {} : { clockPpm }),
            ...(hasExactWaits === undefined ? {} : { hasExactWaits }),
        })
        this.rig.onSample = sample => this.judged.push(this.judge(sample))
    }

    /** A bench that has given its first complete samples. @throws Error when it does not */
    static async warm<M extends PartModel>(
        program: PartProgram<M>,
        options: PartBenchOptions = {}
    ): Promise<PartBench<M>> {
        const bench = new PartBench<M>(program, options)
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
        this.inputs[input] = value
    }

    /** The next sample of a driver, judged against what its part handed out. */
    async sample(driver = this.driver): Promise<JudgedSample> {
        for (;;) {
            while (this.next >= this.judged.length) await this.rig.take(1)
            const sample = this.judged[this.next++]
            if (sample.driver === driver) return sample
        }
    }

    /** Runs for N ms. @returns what was sampled meanwhile and not looked at before */
    async run(ms: number): Promise<readonly JudgedSample[]> {
        await this.rig.world.run(ms)
        const samples = this.judged.slice(this.next)
        this.next = this.judged.length
        return samples
    }

    /** The next N samples of the driver that is looked at. */
    async take(count: number): Promise<readonly JudgedSample[]> {
        const samples: JudgedSample[] = []
        while (samples.length < count) samples.push(await this.sample())
        return samples
    }

    /** The last of N samples. */
    async samples(count: number): Promise<JudgedSample> {
        return (await this.take(count)).at(-1) as JudgedSample
    }

    /** Channels of a driver as it declares them. */
    channels(driver = this.driver): readonly RigChannel[] {
        return this.rig.channels[driver] ?? []
    }

    /**
     * Readings that are not what the part's inputs are now, in words. Of a part that cannot tell
     * a bus at rest only those count that are "ok".
     */
    wrongNow({ values, qualities }: RigSample): string[] {
        const firstLeftOut = this.part.limits?.restingBus === undefined ? FIRST_GAP : QUALITY_OK + 1
        return this.part.channels.flatMap((about, i) => {
            if (qualities[i] >= firstLeftOut || about.isTotal === true) return []
            return this.mistake(i, values[i], qualities[i], this.inputs) ?? []
        })
    }

    /** What is wrong with a reading when these are the inputs; undefined when nothing is. */
    mistake(index: number, value: number, quality: number, inputs: Inputs): string | undefined {
        return this.judges[0].mistake(this.channels(), index, value, quality, inputs)
    }

    modelChannel(about: PartChannel): ModelChannel | undefined {
        return inputChannel(this.model, about)
    }

    private judge(sample: RigSample): JudgedSample {
        const { driver, qualities } = sample
        const judge = this.judges[driver === SECOND_DRIVER ? 1 : 0]
        const { transfers } = this.rig.node.bus
        const sinceBefore = transfers - this.transfersBefore
        this.transfersBefore = transfers
        return {
            ...sample,
            handedOut: judge.sinceLast,
            wrong: driver === NEIGHBOUR_DRIVER ? [] : judge.wrong(sample, this.channels()),
            transfers: sinceBefore,
            isComplete: !qualities.some(isGap),
            isGap: qualities.every(isGap),
        }
    }
}

/** The value of each input at which faults are tested, by its name. */
export function normalInputs(part: CataloguedPart): Record<string, number> {
    return Object.fromEntries(part.channels.map(about => [inputOf(about), about.normal]))
}

/** Feeds each input its normal value. */
export function fed<M extends PartModel>(part: CataloguedPart, model: M): M {
    for (const about of part.channels)
        if (inputChannel(model, about) !== undefined) model.feed(inputOf(about), about.normal)
    return model
}

/** A new part at its default address with normal inputs. */
export function newModel<M extends PartModel>(part: BenchPart<M>): M {
    return fed(part, part.model(part.addresses[0] ?? 0) as M)
}

/** In words, for messages: what the part handed out, and what the driver made of it. */
export function describeSample(bench: PartBench<PartModel>, sample: JudgedSample): string {
    const { values, qualities, handedOut, lastError } = sample
    const channels = bench.channels()
    const readings = values.map((value, i) => {
        const { name, scaleNumerator, scaleDenominator, unit } = channels[i]
        const reading = `${value} × ${scaleNumerator}/${scaleDenominator} ${unit} `
        return `${name} ${isGap(qualities[i]) ? "" : reading}${qualityName(qualities[i])}`
    })
    const truth = Object.entries(handedOut).map(([name, value]) => `${name} ${figure(value)}`)
    const gave = truth.length === 0 ? "nothing" : truth.join(", ")
    const said = lastError === "" ? "" : ` ("${lastError}")`
    return `${bench.part.name} handed out ${gave}; the driver said ${readings.join(", ")}${said}`
}

/** What a part logged against its datasheet, each rule once. */
export function forbiddenAccesses(part: CataloguedPart, model: PartModel): string[] {
    const byRule = new Map<string, number>()
    for (const { what } of model.illegalAccesses) byRule.set(what, (byRule.get(what) ?? 0) + 1)
    const { title, revision } = part.datasheet
    return [...byRule].map(
        ([what, times]) =>
            `${part.name}: ${what} (${times} ×), which "${title}", ${revision}, forbids`
    )
}
