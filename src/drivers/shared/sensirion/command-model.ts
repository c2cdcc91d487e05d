/**
 * Models of parts that take 16-bit commands: a command may carry argument words with their CRCs, runs for a while, and may leave words to read. What the
 * part's table of commands does not allow is refused and logged.
 */
import { crc8 } from "../../../core/crc.js"
import {
    TRANSFER_NACK_ADDRESS,
    TRANSFER_NACK_DATA,
    TRANSFER_OK,
    type TransferStatus,
} from "../register-model.js"
import { SensirionModel } from "./word-model.js"

export interface Command {
    readonly name: string
    /** Longest time in which it runs, ms; nothing is acknowledged meanwhile. */
    readonly executionMs: number
    /** Allowed while the part measures by itself; default false. */
    readonly whileMeasuring?: boolean
    /** Lowest and highest argument, where it takes one. */
    readonly argument?: readonly [number, number]
    /** The same of a second argument. */
    readonly secondArgument?: readonly [number, number]
    /** The same of a third argument. */
    readonly thirdArgument?: readonly [number, number]
    /** The same of further arguments. */
    readonly moreArguments?: readonly (readonly [number, number])[]
    /** @returns the words to read afterwards, if any */
    run(
        argument: number,
        second: number,
        third: number,
        ...more: number[]
    ): readonly number[] | undefined
    /** Without its arguments, the same code reads a setting back. @returns the words to read */
    readBack?(): readonly number[]
    /** Longest time of that, ms; default {@link executionMs}. */
    readonly readBackMs?: number
    /** The words were read. */
    answered?(): void
}

/** A command that the part also takes while it measures by itself. */
export function always(name: string, executionMs: number, run: Command["run"]): Command {
    return { name, executionMs, run, whileMeasuring: true }
}

export abstract class CommandModel extends SensirionModel {
    /** Code → command. */
    protected abstract readonly commands: ReadonlyMap<number, Command>
    /**
     * Codes of settings that the part's owner makes, such as what it warms itself by, and of its
     * calibration: drivers leave them alone, so {@link othersWrites} does too.
     */
    protected readonly ownersSettings: readonly number[] = []
    /** Time between two commands, ms; reading is not bound to it. */
    protected readonly commandGapMs: number = 0

    private busyUntil = 0
    private quietUntil = 0
    private running: Command | undefined
    private answer: readonly number[] | undefined

    override describe(write: Uint8Array, read: Uint8Array): string {
        const command = this.commands.get((write[0] << 8) | write[1])
        const words: string[] = []
        if (write.length > 1) words.push(command?.name ?? "unknown command")
        if (write.length > 2) words.push(`argument ${(write[2] << 8) | write[3]}`)
        if (read.length > 0) words.push(`${Math.floor(read.length / 3)} words`)
        return words.join(", ")
    }

    /** Forgets what was in progress; nothing is acknowledged for N ms. */
    protected restart(ms: number): void {
        this.busyUntil = this.nowMs + ms
        this.quietUntil = this.busyUntil
        this.answer = undefined
    }

    /** Whether the part measures by itself now. */
    protected isMeasuring(): boolean {
        return false
    }

    /** Called before each command: brings the part's state up to now. */
    protected advance(): void {}

    protected isBusy(): boolean {
        return this.nowMs < this.busyUntil
    }

    protected override acknowledgesAddress(): boolean {
        return !this.isBusy()
    }

    /** Half as many commands as there are, in any order, with any arguments that they take. */
    override othersWrites(random: (below: number) => number): readonly Uint8Array[] {
        const commands = [...this.commands].filter(([code]) => !this.ownersSettings.includes(code))
        return Array.from({ length: Math.ceil(commands.length / 2) }, () => {
            const [code, command] = commands[random(commands.length)]
            const bytes = [code >> 8, code & 0xff]
            const ranges = [command.argument, command.secondArgument, command.thirdArgument]
            for (const [low, high] of ranges.filter(range => range !== undefined)) {
                const word = low + random(high - low + 1)
                const pair = Uint8Array.of(word >> 8, word & 0xff)
                bytes.push(...pair, crc8(pair, 0, 2))
            }
            return Uint8Array.from(bytes)
        })
    }

    protected onWrite(bytes: Uint8Array): TransferStatus {
        const code = (bytes[0] << 8) | (bytes[1] ?? 0)
        const name = `command 0x${code.toString(16).padStart(4, "0")}`
        if (this.isBusy())
            return this.refuse(`${name} while another one runs`, TRANSFER_NACK_ADDRESS)
        if (this.nowMs < this.quietUntil)
            return this.refuse(`${name} within ${this.commandGapMs} ms`, TRANSFER_NACK_ADDRESS)
        if (bytes.length === 1) {
            // The first byte of a command is acknowledged before the second is known.
            this.illegal("command of 1 B; commands have 2 B")
            return TRANSFER_OK
        }
        const command = this.commands.get(code)
        if (command === undefined)
            return this.refuse(`unknown command ${Buffer.from(bytes).toString("hex")}`)
        if (this.isMeasuring() && command.whileMeasuring !== true)
            return this.refuse(`${command.name} while it measures by itself`)
        const isReadBack = bytes.length === 2 && command.readBack !== undefined
        const {
            argument,
            secondArgument,
            thirdArgument,
            moreArguments = [],
        } = isReadBack ? {} : command
        const ranges = [argument, secondArgument, thirdArgument, ...moreArguments].filter(
            range => range !== undefined
        )
        if (bytes.length !== 2 + 3 * ranges.length)
            return this.refuse(`${command.name} with ${bytes.length} B`)
        const words = ranges.map((_, i) => (bytes[2 + 3 * i] << 8) | bytes[3 + 3 * i])
        if (words.some((_, i) => crc8(bytes, 2 + 3 * i, 4 + 3 * i) !== bytes[4 + 3 * i]))
            return this.refuse(`${command.name} with a wrong checksum`)
        ranges.forEach(([low, high], i) => {
            if (words[i] < low || words[i] > high)
                this.illegal(`${command.name} with ${words[i]}; it takes ${low} to ${high}`)
        })
        this.accept(command, words, isReadBack)
        return TRANSFER_OK
    }

    /** Not acknowledged while a command runs, nor without words to read. */
    protected onRead(length: number): Uint8Array | undefined {
        if (this.isBusy() || this.answer === undefined) {
            this.illegal("read while there is no answer")
            return undefined
        }
        const words = this.answer
        this.answer = undefined
        if (length > 3 * words.length)
            this.illegal(`read of ${length} B; there are ${3 * words.length} B`)
        this.running?.answered?.()
        return this.encodeWords(words)
    }

    private accept(command: Command, words: readonly number[], isReadBack: boolean): void {
        const [argument = 0, second = 0, third = 0, ...more] = words
        this.advance()
        this.running = command
        const readBackMs = command.readBackMs ?? command.executionMs
        this.busyUntil = this.nowMs + (isReadBack ? readBackMs : command.executionMs)
        this.quietUntil = this.nowMs + this.commandGapMs
        this.answer = isReadBack
            ? command.readBack?.()
            : command.run(argument, second, third, ...more)
    }

    private refuse(what: string, status: TransferStatus = TRANSFER_NACK_DATA): TransferStatus {
        this.illegal(what)
        return status
    }
}
