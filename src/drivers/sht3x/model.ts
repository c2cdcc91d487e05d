/**
 * Register model of Sensirion SHT30/SHT31/SHT35 in single shot mode without clock
 * stretching, to check the simulator against drivers that others wrote for the
 * part. Datasheet "SHT3x-DIS", version 5 (May 2018): timing table 4, commands 4.3
 * to 4.11, conversion 4.13. The periodic modes are not modelled, and refused.
 */
import { type ModelChannel } from "../register-model.js"
import { CommandModel, type Command } from "../sensirion/command-model.js"
import { toTicks } from "../sensirion/word-model.js"

const POWER_UP_MS = 1 // table 4
const RESET_MS = 1 // table 4
const STATUS_ALERT = 0x8000 // table 18
const STATUS_HEATER = 0x2000
const STATUS_RESET = 0x0010
/** Flags that "clear status register" sets to 0 (4.11). */
const STATUS_CLEARED = 0x8c10

export class SHT3xModel extends CommandModel {
    readonly part = "Sensirion SHT3x"
    readonly channels: readonly ModelChannel[] = [
        { name: "temperature", unit: "Cel", min: -45, max: 130, epsilon: 0.0014 },
        { name: "humidity", unit: "%RH", min: 0, max: 100, epsilon: 0.0008 },
    ]

    /** Minimal waiting time before the part takes another command (4.3). */
    protected override readonly commandGapMs = 1
    protected readonly commands: ReadonlyMap<number, Command>
    private status = 0

    constructor(address = 0x44) {
        super(address)
        this.commands = this.commandSet()
    }

    protected powerUp(): void {
        this.reset(POWER_UP_MS)
    }

    protected override isBusy(): boolean {
        return this.faults.stuckBusy || super.isBusy()
    }

    private reset(ms: number): undefined {
        this.restart(ms)
        this.status = STATUS_ALERT | STATUS_RESET
    }

    private commandSet(): ReadonlyMap<number, Command> {
        const send = (name: string, executionMs: number, run: Command["run"]): Command => ({
            name,
            executionMs,
            run,
        })
        const setStatus = (kept: number, set: number): undefined => {
            this.status = (this.status & kept) | set
        }
        return new Map([
            [0x2400, this.measurement("high", 15.5)],
            [0x240b, this.measurement("medium", 6.5)],
            [0x2416, this.measurement("low", 4.5)],
            [0xf32d, send("read status", 0, () => [this.status])],
            [0x3041, send("clear status", 0, () => setStatus(~STATUS_CLEARED, 0))],
            [0x306d, send("heater on", 0, () => setStatus(0xffff, STATUS_HEATER))],
            [0x3066, send("heater off", 0, () => setStatus(~STATUS_HEATER, 0))],
            [0x30a2, send("soft reset", RESET_MS, () => this.reset(RESET_MS))],
        ])
    }

    private measurement(repeatability: string, executionMs: number): Command {
        const truth = new Map<string, number>()
        return {
            name: `single shot, ${repeatability} repeatability`,
            executionMs,
            run: () => {
                for (const { name } of this.channels) truth.set(name, this.input(name))
                return [
                    toTicks(truth.get("temperature") as number, -45, 175),
                    toTicks(truth.get("humidity") as number, 0, 100),
                ]
            },
            answered: () => truth.forEach((value, name) => this.handOut(name, value)),
        }
    }
}
