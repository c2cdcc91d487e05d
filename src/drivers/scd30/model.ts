/**
 * Register model of Sensirion SCD30 on I2C. "Interface Description Sensirion SCD30",
 * version 1.0 (May 2020): commands 1.4. Not modelled: clock stretching, for which a
 * transfer of the simulator has no time.
 */
import { type ModelChannel } from "../shared/register-model.js"
import { CommandModel, type Command, always } from "../shared/sensirion/command-model.js"
import { floatWords, textWords } from "../shared/sensirion/word-model.js"

const POWER_UP_MS = 2000 // 1.1
const READ_MS = 3 // 1.4.4
const WRITE_MS = 10 // Sensirion's own driver, embedded-i2c-scd30
const DEFAULT_REFERENCE_PPM = 400 // 1.4.6

/** A setting with one code to write and to read it; kept without power. */
interface Setting {
    readonly name: string
    readonly range: readonly [number, number]
    readonly initial: number
}

const SETTINGS: ReadonlyMap<number, Setting> = new Map([
    [0x4600, { name: "interval", range: [2, 1800], initial: 2 }],
    [0x5306, { name: "self_calibration", range: [0, 1], initial: 0 }],
    [0x5403, { name: "temperature_offset", range: [0, 65_535], initial: 0 }],
    [0x5102, { name: "altitude", range: [0, 65_535], initial: 0 }],
])

export class SCD30Model extends CommandModel {
    readonly part = "Sensirion SCD30"
    protected override readonly ownersSettings = [0x5403, 0x5204]
    readonly channels: readonly ModelChannel[] = [
        { name: "co2", unit: "ppm", min: 0, max: 40_000, epsilon: 0.002 },
        { name: "temperature", unit: "Cel", min: -40, max: 70, epsilon: 0.000004 },
        { name: "humidity", unit: "%RH", min: 0, max: 100, epsilon: 0.000004 },
    ]
    /** By name, as they are kept without power. */
    readonly settings = new Map<string, number>()
    /** Settings that were written, in order: each one wears the memory. */
    readonly writes: string[] = []
    /** hPa; 0 = none. Whether the real part keeps it without power is not stated; this one does not. */
    pressure = 0
    /** References of forced recalibrations, ppm. */
    readonly recalibrations: number[] = []
    /** What they have added to the CO2 readings, ppm; kept without power. */
    correction = 0

    protected readonly commands: ReadonlyMap<number, Command>
    private isRunning = false
    private reference = DEFAULT_REFERENCE_PPM
    private startedAt = 0
    private measured = 0
    /** Physical inputs of the newest measurement, in the order of the channels. */
    private truth: readonly number[] = []
    private isUnread = false

    constructor(
        address = 0x61,
        readonly serial = "1C2D3E4F50"
    ) {
        super(address)
        for (const { name, initial } of SETTINGS.values()) this.settings.set(name, initial)
        this.commands = this.commandSet()
    }

    /** It goes on measuring when it did so before (1.4.1). */
    protected powerUp(): void {
        this.restart(POWER_UP_MS)
        this.pressure = 0
        this.reference = DEFAULT_REFERENCE_PPM
        this.restartClock(this.nowMs + POWER_UP_MS)
    }

    /** Takes the newest measurement that is due. */
    protected override advance(): void {
        if (!this.isRunning || this.faults.stuckBusy) return
        const intervalMs = 1000 * (this.settings.get("interval") as number)
        const due = Math.floor((this.nowMs - this.startedAt) / intervalMs)
        if (due <= this.measured) return
        this.measured = due
        const at = this.startedAt + due * intervalMs
        this.truth = this.channels.map(({ name }) => this.inputAt(name, at))
        this.isUnread = true
    }

    private restartClock(unixMs: number): void {
        this.startedAt = unixMs
        this.measured = 0
        this.truth = []
        this.isUnread = false
    }

    private start(hectopascals: number): undefined {
        if (hectopascals !== 0 && hectopascals < 700)
            this.illegal(`start with ${hectopascals} hPa; it takes 0 and 700 to 1400`)
        this.pressure = hectopascals
        this.writes.push("start")
        if (!this.isRunning) this.restartClock(this.nowMs)
        this.isRunning = true
    }

    /** Without a new measurement it gives the one before. */
    private words(): readonly number[] | undefined {
        if (this.truth.length === 0) return undefined
        const offset = (this.settings.get("temperature_offset") as number) / 100
        const [co2, celsius, percent] = this.truth
        return [co2 + this.correction, celsius - offset, percent].flatMap(floatWords)
    }

    private handOutNew(): void {
        if (this.isUnread) this.truth.forEach((v, i) => this.handOut(this.channels[i].name, v))
        this.isUnread = false
    }

    private commandSet(): ReadonlyMap<number, Command> {
        const start = always("start continuous measurement", WRITE_MS, hPa => this.start(hPa))
        const stop = always("stop", WRITE_MS, () => {
            this.isRunning = false
            this.isUnread = false
            return undefined
        })
        const recalibrate = always("forced recalibration", READ_MS, ppm => {
            this.reference = ppm
            this.recalibrations.push(ppm)
            if (this.truth.length > 0) this.correction = ppm - this.truth[0]
            return undefined
        })
        const commands = new Map<number, Command>([
            // Without its argument it reads the pressure, as Adafruit_SCD30's getAmbientPressureOffset() does.
            [
                0x0010,
                {
                    ...start,
                    argument: [0, 1400],
                    readBack: () => [this.pressure],
                    readBackMs: READ_MS,
                },
            ],
            [0x0104, stop],
            [0x0202, always("get data ready", READ_MS, () => [this.isUnread ? 1 : 0])],
            [
                0x0300,
                {
                    ...always("read measurement", READ_MS, () => this.words()),
                    answered: () => this.handOutNew(),
                },
            ],
            [0x5204, { ...recalibrate, argument: [400, 2000], readBack: () => [this.reference] }],
            [0xd100, always("read firmware version", READ_MS, () => [0x0342])],
            [0xd033, always("read serial number", READ_MS, () => textWords(this.serial, 16))],
            [0xd304, always("soft reset", POWER_UP_MS, () => this.reset())],
        ])
        for (const [code, { name, range }] of SETTINGS) {
            const store = always(name, READ_MS, word => {
                this.settings.set(name, word)
                this.writes.push(name)
                return undefined
            })
            const readBack = () => [this.settings.get(name) as number]
            commands.set(code, { ...store, argument: range, readBack })
        }
        return commands
    }

    private reset(): undefined {
        this.powerUp()
    }
}
