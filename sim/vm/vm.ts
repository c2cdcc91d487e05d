/**
 * One instance of the DeviceScript virtual machine.
 *
 * This is the host side of the VM's own interface (microsoft/devicescript
 * runtime/posix/jd_impl_em.c and flash.c): time, random numbers, flash, Jacdac
 * frames and one TCP socket come in through {@link VmHost}. Nothing here knows
 * about virtual time or networks; sim/time/ connects those.
 */
import { vmImage } from "./cli-package.js"
import { VmIdle } from "./idle.js"
import { HOOK_BASE } from "./board-image.js"

/** What the VM asks of the machine it runs on. */
export interface VmHost {
    /** Device clock in ms. Must never go backwards. */
    now(): number
    /** Fills the target with random bytes. */
    random(target: Uint8Array): void
    /** The flash image as the VM finds it. */
    readonly flash: Uint8Array
    /** Writes flash, from its beginning. What it throws ends the VM, as a loss of power does. */
    flashSave(image: Uint8Array): void
    /** A Jacdac frame (CRC included) leaves the device. */
    frame(frame: Uint8Array): void
    /** One line of device log. */
    log(line: string): void
    /** The program stopped with this panic code; 0 means it started. */
    panic(code: number): void
    /** Starts to connect; result 0 = in progress. A negative port asks for TLS. */
    socketOpen(host: string, port: number): number
    /** Queues bytes; 0 = queued, -1 = queue full, -10 = closed. */
    socketWrite(bytes: Uint8Array): number
    socketClose(): number
    socketAvailable(): boolean
}

/** The device reset itself (`ds.reboot()`); the instance is used up. */
export class VmReset extends Error {
    override name = "VmReset"
}

/** An assertion in the runtime's C code failed; the instance is used up. */
export class VmAbort extends Error {
    override name = "VmAbort"
}

/** Socket events, numbered as in jacdac-c's jd_network.h. */
export const SOCKET_OPEN = 1
export const SOCKET_CLOSE = 2
export const SOCKET_ERROR = 3
export const SOCKET_DATA = 4
export type SocketEvent =
    typeof SOCKET_OPEN | typeof SOCKET_CLOSE | typeof SOCKET_ERROR | typeof SOCKET_DATA

/** What a board's runtime has beyond the published VM. */
export interface VmNatives {
    /** The image that calls for them. */
    readonly image: WebAssembly.Module
    /** The VM exists and is about to start. */
    attach(vm: Vm, exports: unknown): void
    /** The VM calls the host. @param hook see board-image.ts */
    call(hook: number, argument: number): void
}

export interface VmOptions {
    /** How long its board has been on, ms; the host's clock shows 1 ms more. Default 0. */
    readonly uptimeMs?: number
    /** Default none: those of the published VM. */
    readonly natives?: VmNatives
}

interface VmExports {
    memory: WebAssembly.Memory
    emscripten_stack_init(): void
    __wasm_call_ctors(): void
    malloc(size: number): number
    free(ptr: number): void
    jd_em_set_device_id_2x_i32(high: number, low: number): void
    jd_em_init(): void
    jd_em_process(): number
    jd_em_frame_received(frame: number): number
    jd_em_devs_deploy(image: number, size: number): number
    jd_em_devs_verify(image: number, size: number): number
    jd_em_devs_enable_gc_stress(on: number): void
    jd_em_tcpsock_on_event(event: number, data: number, size: number): void
}

/** A running virtual machine. Every method may throw {@link VmReset} or {@link VmAbort}. */
export class Vm {
    private readonly exports: VmExports

    /**
     * @param host what the VM runs on
     * @param deviceId 16 hex digits
     */
    constructor(
        private readonly host: VmHost,
        deviceId: string,
        { uptimeMs = 0, natives }: VmOptions = {}
    ) {
        if (!/^[0-9a-f]{16}$/.test(deviceId))
            throw new RangeError(`device id must be 16 lower-case hex digits, got "${deviceId}"`)
        const id = Buffer.from(deviceId, "hex")
        if (id.readInt32LE(0) < 0)
            throw new RangeError(
                `the 4th byte of a device id must be below 0x80 here (the VM's call sign-extends it), got "${deviceId}"`
            )
        const instance = new WebAssembly.Instance(
            natives?.image ?? vmImage(),
            this.imports(natives)
        )
        this.exports = instance.exports as unknown as VmExports
        this.memory = new Uint8Array(this.exports.memory.buffer)
        this.idle = new VmIdle(this.memory)
        this.exports.emscripten_stack_init()
        this.exports.__wasm_call_ctors()
        natives?.attach(this, instance.exports)
        // The id travels little-endian: first hex byte is the lowest byte.
        this.exports.jd_em_set_device_id_2x_i32(id.readInt32LE(4), id.readInt32LE(0))
        if (uptimeMs > 0) this.idle.setStart()
        this.exports.jd_em_init()
        if (uptimeMs > 0) this.idle.setUptime(uptimeMs)
    }

    /** The VM's memory; it does not grow. */
    readonly memory: Uint8Array
    /** What it waits for. */
    readonly idle: VmIdle

    /** Runs all that is due. @returns µs after which it wants to run again */
    process(): number {
        return this.exports.jd_em_process()
    }

    /** Hands over a Jacdac frame. @returns 0 when taken */
    receiveFrame(frame: Uint8Array): number {
        return this.withBytes(frame, ptr => this.exports.jd_em_frame_received(ptr))
    }

    /** Reports a socket event; data for SOCKET_DATA, a message for SOCKET_ERROR. */
    socketEvent(event: SocketEvent, data: Uint8Array = new Uint8Array(0)): void {
        this.withBytes(data, ptr => {
            this.exports.jd_em_tcpsock_on_event(event, data.length === 0 ? 0 : ptr, data.length)
            return 0
        })
    }

    /** Writes a program to flash and starts it. @returns 0 or the verifier's error code */
    deploy(bytecode: Uint8Array): number {
        return this.withBytes(bytecode, ptr => this.exports.jd_em_devs_deploy(ptr, bytecode.length))
    }

    /** @returns 0 when the image is valid bytecode for this VM */
    verify(bytecode: Uint8Array): number {
        return this.withBytes(bytecode, ptr => this.exports.jd_em_devs_verify(ptr, bytecode.length))
    }

    /** Collects garbage at every allocation while on: slow, finds lost references. */
    gcStress(on: boolean): void {
        this.exports.jd_em_devs_enable_gc_stress(on ? 1 : 0)
    }

    /** Allocates memory in the VM that is never freed. @returns its address */
    reserve(bytes: number): number {
        return this.exports.malloc(bytes)
    }

    private withBytes(bytes: Uint8Array, use: (ptr: number) => number): number {
        const ptr = this.exports.malloc(bytes.length + 1)
        this.memory.set(bytes, ptr)
        try {
            return use(ptr)
        } finally {
            this.exports.free(ptr)
        }
    }

    private text(ptr: number, max: number): string {
        const memory = this.memory
        let end = ptr
        while (end < ptr + max && memory[end] !== 0) end++
        return Buffer.from(memory.subarray(ptr, end)).toString("utf8")
    }

    private imports(natives: VmNatives | undefined): WebAssembly.Imports {
        const host = this.host
        const copy = (ptr: number, size: number) => this.memory.slice(ptr, ptr + size)
        const abort = (): never => {
            throw new VmAbort("the DeviceScript runtime aborted (failed assertion in its C code)")
        }
        return {
            env: {
                em_flash_size: () => host.flash.length,
                em_flash_load: (ptr: number, size: number) => {
                    this.memory.set(host.flash.subarray(0, size), ptr)
                },
                // The runtime passes the index of the last written byte as the
                // size, so one byte more than asked for is copied.
                em_flash_save: (ptr: number, size: number) => {
                    host.flashSave(copy(ptr, Math.min(size + 1, host.flash.length)))
                },
                em_send_frame: (ptr: number) => {
                    host.frame(copy(ptr, 12 + this.memory[ptr + 2]))
                },
                em_send_large_frame: (ptr: number, size: number) => {
                    if (size >= HOOK_BASE) natives?.call(size - HOOK_BASE, ptr)
                    else host.frame(copy(ptr, size))
                },
                _devs_panic_handler: (code: number) => host.panic(code),
                em_deploy_handler: () => undefined,
                em_jd_crypto_get_random: (ptr: number, size: number) =>
                    host.random(this.memory.subarray(ptr, ptr + size)),
                em_time_now: () => host.now(),
                em_print_dmesg: (ptr: number) => host.log(this.text(ptr, 1024)),
                _jd_tcpsock_new: (name: number, port: number) =>
                    host.socketOpen(this.text(name, 256), port),
                _jd_tcpsock_write: (ptr: number, size: number) => host.socketWrite(copy(ptr, size)),
                _jd_tcpsock_close: () => host.socketClose(),
                _jd_tcpsock_is_available: () => (host.socketAvailable() ? 1 : 0),
                abort,
                exit: () => {
                    throw new VmReset("the device reset itself")
                },
                emscripten_memcpy_big: (to: number, from: number, size: number) => {
                    this.memory.copyWithin(to, from, from + size)
                },
                emscripten_resize_heap: abort,
            },
            wasi_snapshot_preview1: {
                fd_close: abort,
                fd_seek: abort,
                fd_write: (_fd: number, vectors: number, count: number, written: number) => {
                    const view = new DataView(this.exports.memory.buffer)
                    let total = 0
                    for (let i = 0; i < count; i++) {
                        const ptr = view.getUint32(vectors + 8 * i, true)
                        const size = view.getUint32(vectors + 8 * i + 4, true)
                        host.log(Buffer.from(copy(ptr, size)).toString("utf8").trimEnd())
                        total += size
                    }
                    view.setUint32(written, total, true)
                    return 0
                },
            },
        }
    }
}
