/**
 * Register model of Sensirion SCD40 and SCD41.
 * Datasheet "SCD4x", version 1.7 (April 2025): times table 7, commands 3.5 to 3.11, CRC 3.12;
 * that the first single shot after waking up is not to be used: version 1.3 (September 2022),
 * 3.10.4. Not modelled: the effect of self-calibration.
 */
import {
    type ModelChannel,
    type TransferStatus,
    TRANSFER_NACK_ADDRESS,
} from "../shared/register-model.js"
import { CommandModel, type Command } from "../shared/sensirion/command-model.js"
import { toTicks } from "../shared/sensirion/word-model.js"

const POWER_UP_MS = 30 // table 7
const STOP_MS = 500 // 3.6.3
const EXECUTION_MS = 1 // table 9, all others
const INTERVAL_MS = 5000 // 3.6.1
const LOW_POWER_INTERVAL_MS = 30_000 // 3.9.1
const RECALIBRATION_MS = 400 // 3.8.1
const PERSIST_MS = 800 // 3.10.1
const SELF_TEST_MS = 10_000 // 3.10.3
const FACTORY_RESET_MS = 1200 // 3.10.4
const REINIT_MS = 30 // 3.10.5
const SINGLE_SHOT_MS = 5000 // 3.11.1
const SINGLE_SHOT_RHT_MS = 50 // 3.11.2
const WAKE_UP_MS = 30 // 3.11.4
const WAKE_UP = 0x36f6
/** Before a forced recalibration: time in its mode, or this many single shots (3.8.1: more than 3). */
const RECALIBRATION_AFTER_MS = 180_000
const RECALIBRATION_SHOTS = 4
const RECALIBRATION_FAILED = 0xffff
/** How much warmer the part is than the air; equals the default of its offset (section 3.7.1). */
const SELF_HEATING_CELSIUS = 4

/** A setting that a power cycle sets back to its default. */
interface Setting {
    readonly name: string
    readonly writeCode: number
    readonly readCode: number
    readonly range: readonly [number, number]
    readonly initial: number
    /** The argument is a multiple of this. */
    readonly step?: number
    readonly whileMeasuring?: boolean
    /** Of SCD41 and SCD43 alone. */
    readonly isOfSingleShots?: boolean
}

/** Sections 3.7, 3.8 and 3.11. The offset is in 175 °C / 65535, the pressure in hPa, the periods in h. */
const SETTINGS: readonly Setting[] = [
    {
        name: "temperature_offset",
        writeCode: 0x241d,
        readCode: 0x2318,
        range: [0, toTicks(20, 0, 175)],
        initial: toTicks(SELF_HEATING_CELSIUS, 0, 175),
    },
    {
        name: "sensor_altitude",
        writeCode: 0x2427,
        readCode: 0x2322,
        range: [0, 3000],
        initial: 0,
    },
    {
        name: "ambient_pressure",
        writeCode: 0xe000,
        readCode: 0xe000,
        range: [700, 1200],
        initial: 1013,
        whileMeasuring: true,
    },
    {
        name: "automatic_self_calibration_enabled",
        writeCode: 0x2416,
        readCode: 0x2313,
        range: [0, 1],
        initial: 1,
    },
    {
        name: "automatic_self_calibration_target",
        writeCode: 0x243a,
        readCode: 0x233f,
        range: [0, 0xffff],
        initial: 400,
    },
    {
        name: "automatic_self_calibration_initial_period",
        writeCode: 0x2445,
        readCode: 0x2340,
        range: [0, 0xffff],
        initial: 44,
        step: 4,
        isOfSingleShots: true,
    },
    {
        name: "automatic_self_calibration_standard_period",
        writeCode: 0x244e,
        readCode: 0x234b,
        range: [0, 0xffff],
        initial: 156,
        step: 4,
        isOfSingleShots: true,
    },
]

interface Measurement {
    readonly words: readonly number[]
    /** Physical inputs in the order of the channels. */
    readonly truth: readonly number[]
}

export class SCD4xModel extends CommandModel {
    readonly part = "Sensirion SCD4x"
    protected override readonly ownersSettings = [0x241d, 0x362f]
    readonly channels: readonly ModelChannel[] = [
        { name: "co2", unit: "ppm", min: 0, max: 40_000, epsilon: 0.5 },
        { name: "temperature", unit: "Cel", min: -45, max: 126, epsilon: 0.003 },
        { name: "humidity", unit: "%RH", min: 0, max: 100, epsilon: 0.001 },
    ]
    /** The settings in force, by their name in the datasheet: "sensor_altitude" … */
    readonly settings = new Map<string, number>()
    /** What a power cycle brings back. */
    readonly eeprom = new Map(SETTINGS.map(({ name, initial }) => [name, initial]))
    /** Writes of it; the part stands 2000. */
    eepromWrites = 0
    /** What forced recalibrations have added to the CO2 readings, ppm. */
    correction = 0
    /** Result of the self test; 0 is good. */
    malfunction = 0
    isAsleep = false

    protected readonly commands: ReadonlyMap<number, Command>
    /** 0 = idle. */
    private intervalMs = 0
    private startedAt = 0
    private measured = 0
    private unread: Measurement | undefined
    /** How long it measured before it was stopped, ms, and CO2 at that time; none yet: undefined. */
    private measuredMs = 0
    /** Single shots since power-up, waking up or periodic measuring. */
    private shots = 0
    private latestCo2: number | undefined

    constructor(
        address = 0x62,
        /** 48 bits as 12 hex digits. */
        readonly serial = "f8969f073bbe",
        readonly variant: "SCD40" | "SCD41" = "SCD40"
    ) {
        super(address)
        this.commands = this.commandSet()
    }

    protected powerUp(): void {
        this.restart(POWER_UP_MS)
        this.run(0)
        this.isAsleep = false
        this.shots = 0
        this.latestCo2 = undefined
        this.loadSettings()
    }

    private loadSettings(): undefined {
        for (const [name, value] of this.eeprom) this.settings.set(name, value)
    }

    protected override acknowledgesAddress(): boolean {
        return !this.isAsleep && super.acknowledgesAddress()
    }

    /** Asleep it takes nothing but its waking up, and does not acknowledge that (section 3.11.4). */
    protected override onWrite(bytes: Uint8Array): TransferStatus {
        if (!this.isAsleep) return super.onWrite(bytes)
        if (((bytes[0] << 8) | bytes[1]) === WAKE_UP) {
            this.isAsleep = false
            this.shots = 0
            this.restart(WAKE_UP_MS)
        } else this.illegal("command while it is asleep")
        return TRANSFER_NACK_ADDRESS
    }

    protected override isMeasuring(): boolean {
        return this.intervalMs !== 0
    }

    /** Puts the newest measurement that is due into the buffer. */
    protected override advance(): void {
        if (this.intervalMs === 0 || this.faults.stuckBusy) return
        const due = Math.floor((this.nowMs - this.startedAt) / this.intervalMs)
        if (due <= this.measured) return
        this.measured = due
        this.measureAt(this.startedAt + due * this.intervalMs)
    }

    private measureAt(at: number): void {
        const truth = this.channels.map(channel => this.inputAt(channel.name, at))
        const [co2, celsius, humidity] = truth as [number, number, number]
        const offset = (this.setting("temperature_offset") * 175) / 65535
        this.latestCo2 = co2 + this.correction
        this.unread = {
            truth,
            words: [
                Math.round(this.latestCo2),
                toTicks(celsius + SELF_HEATING_CELSIUS - offset, -45, 175),
                toTicks(humidity, 0, 100),
            ],
        }
    }

    /** Starts to measure at this interval; 0 stops. */
    private run(intervalMs: number): undefined {
        if (this.intervalMs !== 0) {
            this.measuredMs = this.nowMs - this.startedAt
            this.shots = 0
        }
        this.intervalMs = intervalMs
        this.startedAt = this.nowMs
        this.measured = 0
        this.unread = undefined
    }

    /** The buffer is emptied upon read-out (section 3.6.2). */
    private handOutMeasurement(): void {
        this.unread?.truth.forEach((value, i) => this.handOut(this.channels[i].name, value))
        this.unread = undefined
    }

    private persist(values: ReadonlyMap<string, number>): undefined {
        // The pressure is none of the settings that are kept (section 3.10.1).
        for (const { name } of SETTINGS)
            if (name !== "ambient_pressure") this.eeprom.set(name, values.get(name) as number)
        this.eepromWrites++
    }

    private recalibrate(target: number): readonly number[] {
        if (this.latestCo2 === undefined) return [RECALIBRATION_FAILED]
        if (this.measuredMs < RECALIBRATION_AFTER_MS && this.shots < RECALIBRATION_SHOTS)
            this.illegal(
                `forced recalibration after ${Math.round(this.measuredMs)} ms and ${this.shots} single shots`
            )
        const change = Math.round(target - this.latestCo2)
        this.correction += change
        this.latestCo2 = target
        return [0x8000 + change]
    }

    private factoryReset(): undefined {
        this.correction = 0
        this.persist(new Map(SETTINGS.map(({ name, initial }) => [name, initial])))
        this.loadSettings()
    }

    private fallAsleep(): undefined {
        this.isAsleep = true
        this.unread = undefined
    }

    /**
     * The first one after power-up or waking up is not to be used: here CO2 reads half, so that
     * nobody can miss it.
     * @param withCo2 false: temperature and humidity alone, CO2 reads 0
     */
    private singleShot(withCo2: boolean): undefined {
        if (this.faults.stuckBusy) return
        this.measureAt(this.nowMs)
        if (this.unread === undefined) return
        const [co2, ...climate] = this.unread.words
        const isFirst = withCo2 && this.shots === 0
        if (withCo2) this.shots++
        if (isFirst) this.unread = { truth: [], words: [co2 >> 1, ...climate] }
        if (!withCo2) this.unread = { truth: this.unread.truth, words: [0, ...climate] }
    }

    private setting(name: string): number {
        return this.settings.get(name) as number
    }

    private commandSet(): ReadonlyMap<number, Command> {
        const send = (name: string, run: Command["run"], executionMs = EXECUTION_MS): Command => ({
            name,
            executionMs,
            run,
        })
        const always = (command: Command): Command => ({ ...command, whileMeasuring: true })
        const start = "start_periodic_measurement"
        const startLowPower = "start_low_power_periodic_measurement"
        const read = send("read_measurement", () => this.unread?.words)
        const stop = send("stop_periodic_measurement", () => this.run(0), STOP_MS)
        const ready = send("get_data_ready_status", () => [this.unread ? 0x8006 : 0x8000])
        const commands = new Map<number, Command>([
            [0x21b1, send(start, () => this.run(INTERVAL_MS), 0)],
            [0x21ac, send(startLowPower, () => this.run(LOW_POWER_INTERVAL_MS), 0)],
            [0xec05, { ...always(read), answered: () => this.handOutMeasurement() }],
            [0x3f86, always(stop)],
            [0xe4b8, always(ready)],
            [0x3682, send("get_serial_number", () => wordsOf(this.serial))],
            [
                0x202f,
                send("get_sensor_variant", () => [this.variant === "SCD41" ? 0x1440 : 0x0440]),
            ],
            [0x3615, send("persist_settings", () => this.persist(this.settings), PERSIST_MS)],
            [0x3639, send("perform_self_test", () => [this.malfunction], SELF_TEST_MS)],
            [0x3632, send("perform_factory_reset", () => this.factoryReset(), FACTORY_RESET_MS)],
            [0x3646, send("reinit", () => this.loadSettings(), REINIT_MS)],
            [
                0x362f,
                {
                    ...send(
                        "perform_forced_recalibration",
                        target => this.recalibrate(target),
                        RECALIBRATION_MS
                    ),
                    argument: [0, 0xffff],
                },
            ],
        ])
        if (this.variant === "SCD41") {
            const shot = "measure_single_shot"
            commands.set(
                0x219d,
                send(shot, () => this.singleShot(true), SINGLE_SHOT_MS)
            )
            commands.set(
                0x2196,
                send(`${shot}_rht_only`, () => this.singleShot(false), SINGLE_SHOT_RHT_MS)
            )
            commands.set(
                0x36e0,
                send("power_down", () => this.fallAsleep())
            )
            // Not acknowledged, awake or not.
            commands.set(
                WAKE_UP,
                send("wake_up", () => undefined)
            )
        }
        for (const setting of SETTINGS) {
            const { name, writeCode, readCode, range, step = 1, whileMeasuring } = setting
            if (setting.isOfSingleShots === true && this.variant !== "SCD41") continue
            const store = (word: number) => {
                if (word % step !== 0)
                    this.illegal(`set_${name} with ${word}, which is no multiple of ${step}`)
                this.settings.set(name, word)
                return undefined
            }
            const get = () => [this.setting(name)]
            const write = { ...send(`set_${name}`, store), argument: range }
            // One code for both: without an argument it reads.
            if (readCode === writeCode) Object.assign(write, { readBack: get })
            else commands.set(readCode, send(`get_${name}`, get))
            commands.set(writeCode, whileMeasuring === true ? always(write) : write)
        }
        return commands
    }
}

function wordsOf(hex: string): number[] {
    return [0, 4, 8].map(at => parseInt(hex.slice(at, at + 4), 16))
}
