/**
 * Where the runtime in `@devicescript/cli` 2.16.4 keeps its state: addresses of C
 * variables and offsets in C structures, read off the code of its WebAssembly image
 * (which names its functions). The sources are microsoft/devicescript 084bb1b,
 * runtime/, and microsoft/jacdac-c 80340d0. All pointers have 4 bytes, as on a board.
 */

/** Variables, by the file that has them. */
export const VAR = {
    /** posix/jd_impl_em.c: µs at which the runtime's clock stood at 0, i64. */
    startTime: 32232,
    /** posix/jd_impl.c: µs of the last look at the clock, u32. */
    now: 32224,
    /** jacdac-c source/jd_services.c: the same, rounded as jd_refresh_now() does, u32 µs. */
    previousUs: 34944,
    /** … and in ms, i64 and u32. */
    nowMsLong: 34952,
    nowMs: 34960,
    /** … when it announces itself next, u32 µs. */
    nextAnnounce: 34940,
    /** … the services of this device: number, u8. */
    serviceCount: 34928,
    /** jacdac-c client/rolemgr.c and routing.c. */
    roleManager: 33796,
    devices: 33808,
    nextDeviceCheck: 33812,
    /** jacdac-c source/interfaces/event_queue.c: bytes of events that will be repeated, u16. */
    eventBytes: 35020,
    /** jacdac-c source/interfaces/simple_rx.c and tx_queue.c: frames that came, and the one being filled. */
    receiveQueue: 35024,
    sendFrameSize: 35038,
    /** posix/tx.c: whether a frame is ready to leave, u8. */
    packetReady: 32856,
    /** jacdac-c source/jd_opipe.c: pipes that are open. */
    outPipes: 34920,
    /** jacdac-c source/jd_io.c: longest time to sleep, µs, u32. */
    maxSleep: 34912,
    /** devicescript/devsdbg.c, devsmgr.c, network/wssk_health.c: states of services. */
    debugger: 32868,
    manager: 32872,
    cloud: 33792,
} as const

/** The C stack: what functions leave there means nothing. */
export const STACK = { end: 35808, base: 101344 } as const

/** jacdac-c source/jd_queue.c */
export const QUEUE = { front: 0, back: 2 } as const
/** jacdac-c client/rolemgr.c, struct srv_state */
export const ROLE_MANAGER = {
    hasChanged: 8,
    roles: 12,
    nextAutobind: 16,
    nextChangeReport: 20,
    listedRole: 288,
} as const
/** jacdac-c inc/jd_client.h, jd_role_t and jd_device_t */
export const ROLE = { next: 0, service: 16 } as const
export const DEVICE = { next: 0, expires: 28 } as const
/** devicescript/devsdbg.c, struct srv_state */
export const DEBUGGER = { pipeCommand: 10 } as const
/** devicescript/devsmgr.c, struct srv_state */
export const MANAGER = { nextRestart: 12, context: 28, readPointer: 52 } as const
/** devicescript/network/wssk_health.c, struct srv_state */
export const CLOUD = {
    status: 6,
    watchdogMs: 12,
    streaming: 16,
    nextStreaming: 20,
    nextGlow: 36,
    nextReconnect: 40,
    nextFlushMs: 44,
    nextPing: 52,
    hubName: 56,
    queue: 100,
} as const
/** … and the status of a device that belongs to no cloud */
export const CLOUD_DISCONNECTED = 2

/** devicescript/devs_internal.h, struct devs_ctx: one running program */
export const CONTEXT = {
    flags: 6,
    errorCode: 8,
    suspension: 70,
    debugger: 71,
    /** Arguments of a native: 8 bytes each, the first one is "this". */
    stack: 88,
    image: 228,
    currentFunction: 232,
    currentFiber: 236,
    fibers: 240,
    nowMsLong: 256,
    throttledPackets: 276,
    lastWarning: 280,
} as const
/** Of the flags: the debugger resumes, and roles wait for their devices. */
export const CONTEXT_PENDING = 0x10 | 0x20

/** devicescript/devs_internal.h, struct devs_fiber */
export const FIBER = {
    next: 0,
    awaited: 8,
    kind: 16,
    function: 22,
    wakeTime: 24,
    activation: 40,
    resumeCallback: 48,
} as const
/** Low bits of the kind: the fiber waits for a byte to become 1; and: a register has come. */
export const FIBER_KIND_MASK = 0x0f
export const FIBER_AWAITS = 5
export const FIBER_HAS_REGISTER = 0x20

/** devicescript/devs_internal.h, struct devs_activation: one call of a function */
export const ACTIVATION = { pc: 4, caller: 12, function: 16 } as const
/** devicescript/devs_format.h: an image, where its functions begin, and one function */
export const IMAGE = { functions: 32 } as const
export const FUNCTION = { start: 0, bytes: 16 } as const
