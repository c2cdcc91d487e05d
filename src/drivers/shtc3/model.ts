/**
 * Register model of Sensirion SHTC3. Datasheet "SHTC3", version 1 (July 2018): timing
 * tables 4 and 5, commands 5.1 to 5.9, conversion 5.11; the serial number's commands are those of
 * Sensirion's embedded-sht. With clock stretching a measurement answers at once: the bus would
 * stand still until then, and a transfer here takes no time.
 */
import {
    TRANSFER_NACK_ADDRESS,
    type ModelChannel,
    type TransferStatus,
} from "../shared/register-model.js"
import { CommandModel, type Command } from "../shared/sensirion/command-model.js"
import { toTicks } from "../shared/sensirion/word-model.js"

const POWER_UP_MS = 0.24 // table 4; soft reset and wake-up take as long
const NORMAL_MS = 12.1 // table 5
const LOW_POWER_MS = 0.8 // table 5
const WAKE_UP = 0x3517 // 5.1
const FULL_SCALE = 65536 // 5.11
/** Bits 11 and 5 to 0 are the product's code, the others can have any value (5.9). */
const ID = 0x0887

export class SHTC3Model extends CommandModel {
    readonly part = "Sensirion SHTC3"
    readonly channels: readonly ModelChannel[] = [
        { name: "temperature", unit: "Cel", min: -45, max: 129.99, epsilon: 0.0014 },
        { name: "humidity", unit: "%RH", min: 0, max: 99.99, epsilon: 0.0008 },
    ]

    protected readonly commands: ReadonlyMap<number, Command>
    private isAsleep = false
    /** Words of the serial number that were not read yet. */
    private unread: number[] = []

    constructor(
        address = 0x70,
        readonly id = ID,
        readonly serial = 0x1a2b3c4d
    ) {
        super(address)
        this.commands = this.commandSet()
    }

    /** It stays idle until it is sent to sleep (table 3). */
    protected powerUp(): void {
        this.restart(POWER_UP_MS)
        this.isAsleep = false
    }

    protected override isBusy(): boolean {
        return this.faults.stuckBusy || super.isBusy()
    }

    /** Asleep, it knows one command (table 3). */
    protected override onWrite(bytes: Uint8Array): TransferStatus {
        const isWakeUp = bytes.length === 2 && ((bytes[0] << 8) | bytes[1]) === WAKE_UP
        if (this.isAsleep && !isWakeUp) {
            this.illegal("command while it sleeps")
            return TRANSFER_NACK_ADDRESS
        }
        return super.onWrite(bytes)
    }

    private commandSet(): ReadonlyMap<number, Command> {
        const send = (name: string, executionMs: number, run: Command["run"]): Command => ({
            name,
            executionMs,
            run,
        })
        const sleeps = (isAsleep: boolean): undefined => {
            this.isAsleep = isAsleep
        }
        return new Map([
            [WAKE_UP, send("wake-up", POWER_UP_MS, () => sleeps(false))],
            [0xb098, send("sleep", 0, () => sleeps(true))],
            [0x805d, send("soft reset", POWER_UP_MS, () => undefined)],
            [0xefc8, send("read ID register", 0, () => [this.id])],
            [
                0xc595,
                {
                    ...send("serial number", 0, () => {
                        this.unread = [this.serial >>> 16, this.serial & 0xffff]
                        return undefined
                    }),
                    argument: [0x7b, 0x7b],
                },
            ],
            [0xc7f7, send("next word of it", 0, () => this.unread.splice(0, 1))],
            [0x7ca2, this.measurement("normal, T first, stretching", 0, true)],
            [0x5c24, this.measurement("normal, RH first, stretching", 0, false)],
            [0x6458, this.measurement("low power, T first, stretching", 0, true)],
            [0x44de, this.measurement("low power, RH first, stretching", 0, false)],
            [0x7866, this.measurement("normal, T first", NORMAL_MS, true)],
            [0x58e0, this.measurement("normal, RH first", NORMAL_MS, false)],
            [0x609c, this.measurement("low power, T first", LOW_POWER_MS, true)],
            [0x401a, this.measurement("low power, RH first", LOW_POWER_MS, false)],
        ])
    }

    private measurement(name: string, executionMs: number, isTemperatureFirst: boolean): Command {
        let truth: readonly number[] = []
        return {
            name: `measurement, ${name}`,
            executionMs,
            run: () => {
                truth = this.channels.map(channel => this.input(channel.name))
                const temperature = toTicks(truth[0], -45, 175, FULL_SCALE)
                const humidity = toTicks(truth[1], 0, 100, FULL_SCALE)
                return isTemperatureFirst ? [temperature, humidity] : [humidity, temperature]
            },
            answered: () => truth.forEach((value, i) => this.handOut(this.channels[i].name, value)),
        }
    }
}
