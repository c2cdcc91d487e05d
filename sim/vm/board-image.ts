/**
 * The VM's image with what a board's runtime has and the published VM lacks: a bus
 * that does not suspend, SPI, a board configuration, and a counter of opcodes. The
 * published image only says "not supported" in those places. A few of its functions
 * call the host here instead; the interpreter itself stays as it is.
 */
import { CliPackageError, VM_MEMORY_BYTES, vmBytes } from "./cli-package.js"
import { OP, WasmModule, i32Const, unsigned } from "./wasm-module.js"

/** What the VM calls the host for, by the number that it passes. */
export const HOOK = {
    /** A fiber begins and ends to run; the number of opcodes left of the limit is at {@link STEPS_LEFT}. */
    runBegins: 0,
    runEnds: 1,
    i2cTransaction: 2,
    spiConfigure: 3,
    spiTransfer: 4,
    collect: 5,
    print: 6,
    parse: 7,
    log: 8,
    pow: 9,
    round: 10,
    sha256: 11,
    /** An event was handled; told is how long the runtime may sleep now, µs. */
    handled: 12,
} as const
export type Hook = (typeof HOOK)[keyof typeof HOOK]

/** Functions that tell the host before they do their work, and which of their parameters it gets. */
const WATCHED: readonly (readonly [name: string, hook: Hook, parameters: number, told: number])[] =
    [
        ["devs_gc", HOOK.collect, 1, 0],
        ["fun2_DeviceScript_print", HOOK.print, 1, 0],
        ["fun2_JSON_parse", HOOK.parse, 1, 0],
        ["fun1_Math_log", HOOK.log, 1, 0],
        ["fun2_Math_pow", HOOK.pow, 1, 0],
        ["fun1_Math_round", HOOK.round, 1, 0],
        ["jd_sha256_update", HOOK.sha256, 2, 1],
    ]

/** Functions that the host does instead. */
const REPLACED: readonly (readonly [name: string, hook: Hook])[] = [
    ["fun3_DeviceScript__i2cTransaction", HOOK.i2cTransaction],
    ["fun5_DeviceScript_spiConfigure", HOOK.spiConfigure],
    ["fun2_DeviceScript_spiXfer", HOOK.spiTransfer],
]

/** Functions that the host needs for its part. */
const EXPORTED = [
    "dcfg_get_i32",
    "dcfg_get_pin",
    "devs_arg_int",
    "devs_bufferish_data",
    "devs_buffer_is_writable",
    "devs_ret_int",
    "devs_throw_range_error",
    "devs_throw_type_error",
] as const

/**
 * The VM calls the host through its import for large Jacdac frames, whose sizes are
 * far below this: adding an import would change the number of every function.
 */
const HOST_CALL = "em_send_large_frame"
export const HOOK_BASE = 0x7f00_0000

/** Addresses below 1,024 are never used by the VM. */
export const STEPS_LEFT = 64
/** Room for a board configuration, at the end of a memory of which the VM uses a fifth. */
export const BOARD_CONFIG = VM_MEMORY_BYTES - 8192
/** Where the published VM has its own, and the one function that knows. */
const OWN_CONFIG = 14192

/** "if (--maxsteps …)" in devs_vm_exec_opcodes(): get, minus 1, and keep in another variable. */
const COUNT_DOWN = [OP.localGet, 3, OP.i32Const, 0x7f, 0x6a, 0x22, 4] as const
/** The same, and a copy in memory. */
const COUNT_DOWN_AND_TELL = [
    ...i32Const(STEPS_LEFT),
    ...COUNT_DOWN,
    OP.i32Store,
    2,
    0,
    OP.localGet,
    4,
]

let image: WebAssembly.Module | undefined

/** The VM with a board's natives, compiled once per process. @throws CliPackageError */
export function boardVmImage(): WebAssembly.Module {
    try {
        return (image ??= new WebAssembly.Module(patched(vmBytes())))
    } catch (e) {
        if (!(e instanceof RangeError)) throw e
        throw new CliPackageError(
            `the VM in @devicescript/cli is not the one we know: ${e.message}`
        )
    }
}

function patched(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    const module = new WasmModule(bytes)
    const host = [OP.call, ...unsigned(module.indexOf(HOST_CALL))]
    const tell = (parameter: number, hook: Hook) => [
        OP.localGet,
        parameter,
        ...i32Const(HOOK_BASE + hook),
        ...host,
    ]
    for (const name of EXPORTED) module.export(name)
    module.substitute(module.indexOf("dcfg_init"), i32Const(OWN_CONFIG), i32Const(BOARD_CONFIG), 5)
    for (const [name, hook] of REPLACED) module.replace(name, tell(0, hook))
    for (const [name, hook, parameters, told] of WATCHED) {
        const original = module.moveAway(name)
        const all = Array.from({ length: parameters }, (_, i) => [OP.localGet, i]).flat()
        module.replace(name, [...tell(told, hook), ...all, OP.call, ...unsigned(original)])
    }
    const sleep = "devs_fiber_get_max_sleep"
    const answer = module.moveAway(sleep)
    module.replace(sleep, [
        ...[OP.localGet, 0, OP.call, ...unsigned(answer), OP.localSet, 0],
        ...tell(0, HOOK.handled),
        ...[OP.localGet, 0],
    ])
    const run = "devs_vm_exec_opcodes"
    const original = module.moveAway(run)
    module.substitute(original, COUNT_DOWN, COUNT_DOWN_AND_TELL, 1)
    module.replace(run, [
        ...tell(0, HOOK.runBegins),
        OP.localGet,
        0,
        OP.call,
        ...unsigned(original),
        ...tell(0, HOOK.runEnds),
    ])
    return module.toBytes()
}
