/**
 * The natives of a board's runtime, as the VM calls for them: takes arguments out of the
 * VM's memory, checks them as the C code does, and puts results back. What they do is
 * done by a {@link NativeHost}. Sources: devicescript/impl_dsi2c.c, impl_dsspi.c, vm_main.c.
 */
import { BOARD_CONFIG, HOOK, STEPS_LEFT, boardVmImage } from "./board-image.js"
import { overdue, type CodePlace } from "./fibers.js"
import { CONTEXT, FIBER, FIBER_AWAITS, FIBER_KIND_MASK, VAR } from "./layout.js"
import { type Vm, type VmNatives } from "./vm.js"

/** Natives that take far longer than an opcode. */
export type SlowNative = "collect" | "print" | "log" | "pow" | "round" | "sha256"

const SLOW: ReadonlyMap<number, SlowNative> = new Map([
    [HOOK.collect, "collect"],
    [HOOK.print, "print"],
    [HOOK.log, "log"],
    [HOOK.pow, "pow"],
    [HOOK.round, "round"],
    [HOOK.sha256, "sha256"],
])

export interface SpiSetup {
    /** GPIO numbers; -1 = none. */
    readonly miso: number
    readonly mosi: number
    readonly sck: number
    readonly hz: number
}

/** What the hardware of a board does. Everything it throws ends the VM. */
export interface NativeHost {
    /** A fiber of this function begins to run, and does not run any more after N opcodes. */
    runBegins(fn: number): void
    runEnds(opcodes: number): void
    /** How long the runtime takes from looking for fibers that are due to planning its sleep, µs. */
    readonly lookUs: number
    /** An event was handled, and the runtime may sleep so long, µs. */
    handled(sleepUs: number): void
    /** So it goes to sleep, although fibers wait at these places whose time has come. */
    fibersOverdue(places: readonly CodePlace[]): void
    /** @param amount bytes, where they count */
    slow(native: SlowNative, amount: number): void
    /** A text is about to be parsed as JSON. */
    parse(text: Uint8Array): void
    /** A transfer on the bus. @returns bytes read, or -1 for a failed write, -2 for a failed read */
    i2c(address: number, write: Uint8Array, readLength: number): Uint8Array | -1 | -2
    /** @returns 0 or an error number */
    spiConfigure(setup: SpiSetup): number
    /** Starts a transfer; the host calls {@link BoardNatives.spiDone} at its end. @returns 0 or an error number */
    spiTransfer(bytes: Uint8Array): number
    readonly isSpiReady: boolean
}

interface Exports {
    dcfg_get_i32(key: number, otherwise: number): number
    dcfg_get_pin(key: number): number
    devs_arg_int(context: number, index: number): number
    devs_bufferish_data(context: number, value: number, size: number): number
    devs_buffer_is_writable(context: number, value: number): number
    devs_ret_int(context: number, value: number): void
    devs_throw_range_error(result: number, context: number, text: number, args: number): void
    devs_throw_type_error(result: number, context: number, text: number, args: number): void
}

/** DEVS_MAX_STEPS */
export const STEP_LIMIT = 131_072
const NO_PIN = 255
/** Room for a value, a size and a text that pass between host and VM. */
const SCRATCH_BYTES = 128
const SCRATCH_TEXT = 32

export class BoardNatives implements VmNatives {
    readonly image = boardVmImage()
    private vm: Vm | undefined
    private exports!: Exports
    private words!: Uint32Array
    private scratch = 0
    /** A byte that a fiber waits for: the end of a transfer on SPI. */
    private spiFlag = 0

    /**
     * @param host the hardware
     * @param config board configuration as in the board's flash
     */
    constructor(
        private readonly host: NativeHost,
        private readonly config: Uint8Array
    ) {}

    attach(vm: Vm, exports: unknown): void {
        this.vm = vm
        this.exports = exports as Exports
        this.words = new Uint32Array(vm.memory.buffer, 0, vm.memory.byteLength >> 2)
        vm.memory.set(this.config, BOARD_CONFIG)
        this.scratch = vm.reserve(SCRATCH_BYTES)
        this.spiFlag = vm.reserve(8)
    }

    /** Opcodes of the run in progress. */
    get opcodes(): number {
        return STEP_LIMIT - this.words[STEPS_LEFT >> 2]
    }

    /** A pin of the configuration of board and program; undefined = there is none. */
    pin(key: string): number | undefined {
        const pin = this.exports.dcfg_get_pin(this.text(key))
        return pin === NO_PIN ? undefined : pin
    }

    /** A number of the configuration of board and program. */
    setting(key: string, otherwise: number): number {
        return this.exports.dcfg_get_i32(this.text(key), otherwise)
    }

    /** The transfer on SPI is over: the fiber that waits for it is due. */
    spiDone(): void {
        if (this.vm !== undefined) this.vm.memory[this.spiFlag] = 1
    }

    call(hook: number, argument: number): void {
        const { host } = this
        switch (hook) {
            case HOOK.runBegins:
                this.words[STEPS_LEFT >> 2] = STEP_LIMIT
                host.runBegins(this.functionOf(argument))
                return
            case HOOK.runEnds:
                host.runEnds(this.opcodes)
                return
            case HOOK.handled:
                this.handled(argument)
                return
            case HOOK.i2cTransaction:
                this.i2c(argument)
                return
            case HOOK.spiConfigure:
                this.spiConfigure(argument)
                return
            case HOOK.spiTransfer:
                this.spiTransfer(argument)
                return
            case HOOK.parse:
                host.parse(this.bytesOf(argument, 0) ?? new Uint8Array(0))
                return
            default: {
                const native = SLOW.get(hook)
                if (native !== undefined) host.slow(native, argument)
            }
        }
    }

    /** @param sleepUs how long the runtime may sleep: whole ms to the first fiber that is due */
    private handled(sleepUs: number): void {
        const { host, vm } = this
        const toNextMs = this.words[VAR.previousUs >> 2] + 1001 - this.words[VAR.now >> 2]
        const passed = sleepUs === 1000 && toNextMs <= host.lookUs ? 1 : 0
        const sleepMs = sleepUs / 1000 - passed
        host.handled(sleepMs * 1000)
        if (sleepMs === 0 && vm !== undefined) host.fibersOverdue(overdue(vm.memory, passed))
    }

    private functionOf(context: number): number {
        const fiber = this.words[(context + CONTEXT.currentFiber) >> 2]
        return this.words[(fiber + FIBER.function) >> 2] >>> 16
    }

    private i2c(context: number): void {
        const address = this.exports.devs_arg_int(context, 0)
        if (address <= 0 || address > 0x7f) {
            this.throwType(context, `invalid I2C address: ${address}`)
            return
        }
        const write = this.bytesOf(context, 1)
        if (write === undefined && !this.isNothing(context, 1)) {
            this.throwType(context, "expecting Buffer")
            return
        }
        const target = this.isNothing(context, 2) ? new Uint8Array(0) : this.writableOf(context, 2)
        if (target === undefined) {
            this.throwType(context, "expecting mutable Buffer")
            return
        }
        // Nothing to write and nothing to read: the bus stays as it is.
        const written = write?.slice() ?? new Uint8Array(0)
        const isEmpty = written.length === 0 && target.length === 0
        const result = isEmpty ? target : this.host.i2c(address, written, target.length)
        if (typeof result !== "number") target.set(result.subarray(0, target.length))
        this.exports.devs_ret_int(context, typeof result === "number" ? result : 0)
    }

    private spiConfigure(context: number): void {
        const at = (index: number) => this.exports.devs_arg_int(context, index)
        const error = this.host.spiConfigure({ miso: at(0), mosi: at(1), sck: at(2), hz: at(4) })
        if (error !== 0) this.throwRange(context, `SPI init failed: ${error}`)
    }

    private spiTransfer(context: number): void {
        const sent = this.bytesOf(context, 0)
        const received = this.isNothing(context, 1) ? undefined : this.writableOf(context, 1)
        const bytes = sent ?? received
        if (!this.host.isSpiReady) this.throwRange(context, "SPI busy")
        else if (bytes === undefined)
            this.throwType(context, "expecting at least one of TX/RX buffers")
        else if (sent !== undefined && received !== undefined && sent.length !== received.length)
            this.throwType(context, "expecting same size TX/RX buffers")
        else this.awaitSpi(context, bytes)
    }

    /** devs_fiber_await(): the fiber sleeps without a time until its byte is 1. */
    private awaitSpi(context: number, bytes: Uint8Array): void {
        const { words, vm } = this
        if (vm === undefined) return
        vm.memory[this.spiFlag] = 0
        const fiber = words[(context + CONTEXT.currentFiber) >> 2]
        const error = this.host.spiTransfer(bytes)
        if (error !== 0) {
            this.throwRange(context, `SPI error: ${error}`)
            return
        }
        const kind = fiber + FIBER.kind
        vm.memory[kind] = (vm.memory[kind] & ~FIBER_KIND_MASK) | FIBER_AWAITS
        words[(fiber + FIBER.awaited) >> 2] = this.spiFlag
        words[(fiber + FIBER.wakeTime) >> 2] = 0
        words[(context + CONTEXT.currentFunction) >> 2] = 0
        words[(context + CONTEXT.currentFiber) >> 2] = 0
    }

    /** devs_is_null_or_undefined(): a special value, number 0 or 3. */
    private isNothing(context: number, index: number): boolean {
        const at = this.argument(context, index) >> 2
        return this.words[at + 1] === 0 && (this.words[at] === 0 || this.words[at] === 3)
    }

    /** The bytes of a buffer or a string, where they lie in the VM; undefined when it is neither. */
    private bytesOf(context: number, index: number): Uint8Array | undefined {
        if (this.isNothing(context, index) || this.vm === undefined) return undefined
        const size = this.scratch + 8
        const data = this.exports.devs_bufferish_data(context, this.copyOf(context, index), size)
        return data === 0 ? undefined : this.vm.memory.subarray(data, data + this.words[size >> 2])
    }

    private writableOf(context: number, index: number): Uint8Array | undefined {
        const copy = this.copyOf(context, index)
        return this.exports.devs_buffer_is_writable(context, copy) === 0
            ? undefined
            : this.bytesOf(context, index)
    }

    private argument(context: number, index: number): number {
        return context + CONTEXT.stack + 8 * (index + 1)
    }

    /** C functions may change the value that they are given. */
    private copyOf(context: number, index: number): number {
        const from = this.argument(context, index)
        this.vm?.memory.copyWithin(this.scratch, from, from + 8)
        return this.scratch
    }

    private throwType(context: number, text: string): void {
        this.exports.devs_throw_type_error(this.scratch, context, this.text(text), 0)
    }

    private throwRange(context: number, text: string): void {
        this.exports.devs_throw_range_error(this.scratch, context, this.text(text), 0)
    }

    /** A C text of at most 95 characters. */
    private text(text: string): number {
        const bytes = Buffer.from(`${text}\0`, "latin1").subarray(0, SCRATCH_BYTES - SCRATCH_TEXT)
        this.vm?.memory.set(bytes, this.scratch + SCRATCH_TEXT)
        return this.scratch + SCRATCH_TEXT
    }
}
