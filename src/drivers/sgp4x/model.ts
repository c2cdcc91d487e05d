/**
 * Register models of Sensirion SGP40 and SGP41. Datasheets "SGP40", version 1.2 (February
 * 2022), and "SGP41", version 1.0 (December 2021): commands and longest times table 8,
 * self test and conditioning section 3. The time a plate takes to get hot is that of the low
 * power example of Sensirion's gas-index-algorithm 3.2; a colder plate gives half the ticks
 * here, so that nobody can miss it. The formula of the compensation is not published: the
 * model only keeps what it was given.
 */
import { type ModelChannel } from "../shared/register-model.js"
import { CommandModel, type Command } from "../shared/sensirion/command-model.js"

const POWER_UP_MS = 0.6 // table 3
const COMMAND_MS = 1
const FEATURES_MS = 10
const SELF_TEST_MS = 320
const HEATING_MS = 170
/**
 * "To avoid damage to the sensing material the conditioning must not exceed 10 s": from the first
 * to the last of its commands, which come each second, and the pause after it, as in the example
 * of Sensirion's embedded-i2c-sgp41.
 */
const LONGEST_CONDITIONING_MS = 10_000
const PAUSE_MS = 1100
const ANY_WORD = [0, 0xffff] as const
const TICKS = { unit: "1", min: 0, max: 65535, epsilon: 0.5 }

interface Variant {
    readonly part: string
    readonly featureSet: number
    readonly inputs: readonly string[]
    readonly measureCode: number
    readonly measureMs: number
    /** Code of the conditioning command, where there is one. */
    readonly conditionCode?: number
    /** Result of a self test in which the pixels of this mask failed. */
    readonly testResult: (failedPixels: number) => number
}

const SGP40: Variant = {
    part: "Sensirion SGP40",
    featureSet: 0x3220,
    inputs: ["sraw_voc"],
    measureCode: 0x260f,
    measureMs: 30,
    testResult: failed => (failed === 0 ? 0xd400 : 0x4b00),
}

const SGP41: Variant = {
    part: "Sensirion SGP41",
    featureSet: 0x0040,
    inputs: ["sraw_voc", "sraw_nox"],
    measureCode: 0x2619,
    measureMs: 50,
    conditionCode: 0x2612,
    testResult: failed => 0xd400 | failed,
}

class SGP4xModel extends CommandModel {
    readonly part: string
    readonly channels: readonly ModelChannel[]
    /** Words of the latest compensation: [humidity, temperature]. */
    compensation: readonly number[] = []
    /** Pixels that fail a self test: bit 0 VOC, bit 1 NOx. */
    failedPixels = 0
    /** How often it was conditioned since power-up. */
    conditionings = 0

    protected readonly commands: ReadonlyMap<number, Command>
    private hotAt: number | undefined
    private conditionedSince: number | undefined
    private unread: (() => void) | undefined

    constructor(
        private readonly variant: Variant,
        address: number,
        /** 48 bits as 12 hex digits. */
        public serial: string
    ) {
        super(address)
        this.part = variant.part
        this.channels = variant.inputs.map(name => ({ name, ...TICKS }))
        this.commands = this.commandSet()
    }

    get isHeated(): boolean {
        return this.hotAt !== undefined
    }

    protected powerUp(): void {
        this.restart(POWER_UP_MS)
        this.heaterOff()
        this.conditionings = 0
    }

    protected override isBusy(): boolean {
        return this.faults.stuckBusy || super.isBusy()
    }

    protected override advance(): void {
        this.unread = undefined
    }

    /** @param mayLast ms since the conditioning began */
    private checkConditioning(mayLast: number): void {
        const since = this.conditionedSince
        if (since !== undefined && this.nowMs - since > mayLast)
            this.illegal(`conditioning for ${Math.round(this.nowMs - since)} ms`)
    }

    private heaterOff(): undefined {
        this.hotAt = undefined
        this.conditionedSince = undefined
        this.unread = undefined
    }

    private heat(words: readonly number[]): void {
        this.hotAt ??= this.nowMs + HEATING_MS
        this.compensation = words.slice(0, 2)
    }

    private measure(names: readonly string[]): readonly number[] {
        const isHot = this.nowMs >= (this.hotAt as number)
        const truth = names.map(name => this.input(name))
        this.unread = () => {
            if (isHot) names.forEach((name, i) => this.handOut(name, truth[i]))
        }
        return truth.map(ticks => Math.round(isHot ? ticks : ticks / 2))
    }

    private commandSet(): ReadonlyMap<number, Command> {
        const { inputs, measureCode, measureMs, conditionCode, testResult } = this.variant
        const send = (name: string, executionMs: number, run: Command["run"]): Command => ({
            name,
            executionMs,
            run,
        })
        const withClimate = (command: Command): Command => ({
            ...command,
            argument: ANY_WORD,
            secondArgument: ANY_WORD,
            answered: () => this.unread?.(),
        })
        const measure = send("measure_raw_signals", measureMs, (...words) => {
            this.checkConditioning(LONGEST_CONDITIONING_MS + PAUSE_MS)
            this.heat(words)
            this.conditionedSince = undefined
            return this.measure(inputs)
        })
        const condition = send("execute_conditioning", measureMs, (...words) => {
            this.checkConditioning(LONGEST_CONDITIONING_MS)
            this.heat(words)
            if (this.conditionedSince === undefined) this.conditionings++
            this.conditionedSince ??= this.nowMs
            return this.measure(inputs.slice(0, 1))
        })
        const commands = new Map([
            [measureCode, withClimate(measure)],
            [
                0x280e,
                send("execute_self_test", SELF_TEST_MS, () => [testResult(this.failedPixels)]),
            ],
            [
                0x3615,
                send("turn_heater_off", COMMAND_MS, () => {
                    this.checkConditioning(LONGEST_CONDITIONING_MS + PAUSE_MS)
                    this.heaterOff()
                    return undefined
                }),
            ],
            [0x3682, send("get_serial_number", COMMAND_MS, () => wordsOf(this.serial))],
            [0x202f, send("get_feature_set", FEATURES_MS, () => [this.variant.featureSet])],
        ])
        if (conditionCode !== undefined) commands.set(conditionCode, withClimate(condition))
        return commands
    }
}

export class SGP40Model extends SGP4xModel {
    constructor(address = 0x59, serial = "000001a2b3c4") {
        super(SGP40, address, serial)
    }
}

export class SGP41Model extends SGP4xModel {
    constructor(address = 0x59, serial = "000002d5e6f7") {
        super(SGP41, address, serial)
    }
}

function wordsOf(hex: string): number[] {
    return [0, 4, 8].map(at => parseInt(hex.slice(at, at + 4), 16))
}
