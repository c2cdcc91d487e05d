/**
 * Register model of Sensirion SCD40 and SCD41 in their periodic modes.
 * Datasheet "SCD4x", version 1.3 (September 2022): commands 3.4 to 3.9, CRC 3.11.
 * Not modelled, and logged as unknown: recalibration, EEPROM, self-test, single shot.
 */
import { type ModelChannel } from "../register-model.js"
import { CommandModel, type Command } from "../sensirion/command-model.js"
import { toTicks } from "../sensirion/word-model.js"

const POWER_UP_MS = 1000 // 3.1
const STOP_MS = 500 // 3.5.3
const EXECUTION_MS = 1 // table 9, all others
const INTERVAL_MS = 5000 // 3.5.1
const LOW_POWER_INTERVAL_MS = 30_000 // 3.8.1
/** How much warmer the part is than the air; equals the default of its offset (section 3.6.1). */
const SELF_HEATING_CELSIUS = 4

/** A setting that a power cycle sets back to its default. */
interface Setting {
    readonly name: string
    readonly writeCode: number
    readonly readCode?: number
    readonly range: readonly [number, number]
    readonly initial: number
    readonly whileMeasuring?: boolean
}

/** Sections 3.6 and 3.7. The offset is in 175 °C / 65535, the pressure in hPa; 0 hPa = the altitude counts. */
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
        range: [700, 1200],
        initial: 0,
        whileMeasuring: true,
    },
    {
        name: "automatic_self_calibration_enabled",
        writeCode: 0x2416,
        readCode: 0x2313,
        range: [0, 1],
        initial: 1,
    },
]

interface Measurement {
    readonly words: readonly number[]
    /** Physical inputs in the order of the channels. */
    readonly truth: readonly number[]
}

export class SCD4xModel extends CommandModel {
    readonly part = "Sensirion SCD4x"
    readonly channels: readonly ModelChannel[] = [
        { name: "co2", unit: "ppm", min: 0, max: 40_000, epsilon: 0.5 },
        { name: "temperature", unit: "Cel", min: -45, max: 126, epsilon: 0.003 },
        { name: "humidity", unit: "%RH", min: 0, max: 100, epsilon: 0.001 },
    ]
    /** The settings in force, by their name in the datasheet: "sensor_altitude" … */
    readonly settings = new Map<string, number>()

    protected readonly commands: ReadonlyMap<number, Command>
    /** 0 = idle. */
    private intervalMs = 0
    private startedAt = 0
    private measured = 0
    private unread: Measurement | undefined

    constructor(
        address = 0x62,
        /** 48 bits as 12 hex digits. */
        readonly serial = "f8969f073bbe"
    ) {
        super(address)
        this.commands = this.commandSet()
    }

    protected powerUp(): void {
        this.restart(POWER_UP_MS)
        this.run(0)
        for (const { name, initial } of SETTINGS) this.settings.set(name, initial)
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
        const at = this.startedAt + due * this.intervalMs
        const truth = this.channels.map(channel => this.inputAt(channel.name, at))
        const [co2, celsius, humidity] = truth as [number, number, number]
        const offset = (this.setting("temperature_offset") * 175) / 65535
        this.unread = {
            truth,
            words: [
                Math.round(co2),
                toTicks(celsius + SELF_HEATING_CELSIUS - offset, -45, 175),
                toTicks(humidity, 0, 100),
            ],
        }
    }

    /** Starts to measure at this interval; 0 stops. */
    private run(intervalMs: number): undefined {
        this.intervalMs = intervalMs
        this.startedAt = this.nowMs
        this.measured = 0
        this.unread = undefined
    }

    /** The buffer is emptied upon read-out (section 3.5.2). */
    private handOutMeasurement(): void {
        this.channels.forEach(({ name }, i) => this.handOut(name, this.unread?.truth[i] as number))
        this.unread = undefined
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
        const commands = new Map([
            [0x21b1, send(start, () => this.run(INTERVAL_MS), 0)],
            [0x21ac, send(startLowPower, () => this.run(LOW_POWER_INTERVAL_MS), 0)],
            [0xec05, { ...always(read), answered: () => this.handOutMeasurement() }],
            [0x3f86, always(stop)],
            [0xe4b8, always(ready)],
            [0x3682, send("get_serial_number", () => wordsOf(this.serial))],
        ])
        for (const { name, writeCode, readCode, range, whileMeasuring } of SETTINGS) {
            const store = (word: number) => {
                this.settings.set(name, word)
                return undefined
            }
            const write = { ...send(`set_${name}`, store), argument: range }
            commands.set(writeCode, whileMeasuring === true ? always(write) : write)
            if (readCode !== undefined)
                commands.set(
                    readCode,
                    send(`get_${name}`, () => [this.setting(name)])
                )
        }
        return commands
    }
}

function wordsOf(hex: string): number[] {
    return [0, 4, 8].map(at => parseInt(hex.slice(at, at + 4), 16))
}
