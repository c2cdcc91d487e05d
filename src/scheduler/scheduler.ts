/**
 * The one way to wait. Nothing else in device code sleeps or sets timers (lint says so),
 * and what packages call — ds.sleep, ds.suspend, timers, ds.wait — comes here too.
 *
 *     await sleep(ms)     at least so long, reckoned from the start of the run in progress
 *     await pause()       lets the board's main loop and everybody else have a turn
 *     await breathe()     no more than a new count of opcodes, see there
 *     await spend(n)      pauses when the run in progress has become long
 *     await suspend(ms)   until fiber.resume(value), at most so long: undefined then
 *
 * Fibers wait without a time of their own; one fiber, the clock, resumes them when it
 * has come, one after the other, and between any two of them the main loop comes
 * round: it feeds the watchdog, counts pulses, moves bytes of USB and network.
 *
 * - The runtime never wakes a fiber whose time lies beyond 2³² ms of uptime (49.7 days;
 *   runtime/devicescript/fibers.c). That can only be the clock, and then the next
 *   packet of the board itself, each half second, wakes it.
 * - An RP2040 can sleep for good when a fiber with a time is due (docs/simulator.md).
 *   There, the clock waits for transfers to nowhere on SPI instead: see {@link beatPin}.
 */
import * as ds from "@devicescript/core"

/** Opcodes of a run after which {@link spend} pauses. */
const LONG_RUN_OPCODES = 8000
/** On SPI, 4 ms a byte: the slowest that an RP2040 can do, nearly. Short beats while something is due soon. */
const BEAT_HZ = 2000
const SHORT_BEAT_MS = 8
const SHORT_BEAT = Buffer.alloc(2)
const LONG_BEAT_MS = 100
const LONG_BEAT = Buffer.alloc(25)
/** The clock is woken by a packet when it is late by more than this, ms. */
const LATE_MS = 50
/** When nobody waits, or for longer, the clock looks all the same after this, ms. */
const LONG_WAIT_MS = 60000

/** This many pieces of up to 1.4 KB wait to be read, and no more may come. */
const LONG_BACKLOG = 3
/** This many runs at most, for their reader may wait for the main loop itself. */
const MOST_HELD_RUNS = 16

/** The runtime's own. */
const hold = ds.suspend

/** Who waits, and until which uptime, ms. */
const fibers: ds.Fiber[] = []
const dues: number[] = []

/** When the clock looks next, ms; 0 while it is about to. */
let next = 0
/** Opcodes of this run, as far as they were told. */
let spent = 0
/** What the main loop adds to, see {@link readBeforePausing}. */
let backlog: unknown[] = undefined
let heldRuns = 0

/**
 * @param ms longest wait; undefined: forever
 * @returns what the fiber was resumed with; undefined when the time was over
 */
export async function suspend<T>(ms?: number): Promise<T> {
    if (ms === undefined) return await hold<T>(undefined)
    const fiber = enlist(ms)
    const value = await hold<T>(undefined)
    // Whoever was resumed by somebody else is still in the list.
    const at = fibers.indexOf(fiber)
    if (at >= 0) remove(at)
    return value
}

/** @param ms at least, up to 20 longer */
export async function sleep(ms: number): Promise<void> {
    const fiber = enlist(ms)
    for (;;) {
        await hold<boolean>(undefined)
        // An event that the fiber had waited for before may have resumed it: it is not over then.
        if (fibers.indexOf(fiber) < 0) return
    }
}

/** The fiber that runs is to be resumed in N ms. @returns that fiber */
function enlist(ms: number): ds.Fiber {
    const fiber = ds.Fiber.self()
    const due = ds.millis() + ms
    fibers.push(fiber)
    dues.push(due)
    if (due < next && clock.suspended) {
        next = 0
        clock.resume(true)
    }
    return fiber
}

/** Ends the run: goes on after the main loop came round, unless there is a backlog. */
export async function pause(): Promise<void> {
    heldRuns++
    if (backlog !== undefined && backlog.length >= LONG_BACKLOG && heldRuns <= MOST_HELD_RUNS) {
        await breathe()
        return
    }
    heldRuns = 0
    await suspend<boolean>(0)
}

/**
 * Ends the run, and goes on in the same turn of the main loop: others who are due have
 * their run, and the count of opcodes begins anew. For bytes from the network, more of
 * which would come with the next turn.
 */
export async function breathe(): Promise<void> {
    spent = 0
    await hold(0)
}

/**
 * The platform has no flow control: each turn of the main loop may bring bytes from the
 * network, for which there is only so much memory. While three pieces wait to be read,
 * most pauses do not let it on.
 * @param list what waits; undefined: nothing can
 */
export function readBeforePausing(list: unknown[]): void {
    backlog = list
}

/** Call it before some work, or after it. @param opcodes that the work takes, roughly */
export async function spend(opcodes: number): Promise<void> {
    spent += opcodes
    if (spent > LONG_RUN_OPCODES) await pause()
}

/** Whether the board may be an RP2040. The linker writes what it links for: others do not carry the beat. */
function mayBeat(): boolean {
    return true
}

/** GPIO that becomes SPI input of an RP2040. The linker writes that of the board. */
function beatPin(): number {
    return 16
}

function remove(at: number): void {
    fibers.insert(at, -1)
    dues.insert(at, -1)
}

/** Whose time comes first. @returns index, −1 when nobody waits */
function first(): number {
    let at = dues.length - 1
    for (let i = at - 1; i >= 0; i--) if (dues[i] <= dues[at]) at = i
    return at
}

/** @returns whether somebody's time had come */
function resumeOne(): boolean {
    spent = 0
    const at = first()
    if (at < 0 || dues[at] > ds.millis()) return false
    const fiber = fibers[at]
    remove(at)
    try {
        if (fiber.suspended) fiber.resume(undefined)
    } catch {
        // It was ended by somebody.
    }
    return true
}

/** Time until somebody is due, ms: at least 1. */
function untilNext(): number {
    const at = first()
    const ms = at < 0 ? LONG_WAIT_MS : dues[at] - ds.millis()
    return ms < 1 ? 1 : ms
}

async function tick(): Promise<void> {
    const isBeating = startBeat()
    for (;;) {
        next = 0
        const isAtWork = resumeOne()
        if (mayBeat() && isBeating)
            await beat(isAtWork || untilNext() < LONG_BEAT_MS ? SHORT_BEAT : LONG_BEAT)
        else await rest()
    }
}

async function rest(): Promise<void> {
    // Who was resumed runs first: the time afterwards counts.
    await hold(0)
    for (;;) {
        const ms = untilNext()
        next = ds.millis() + ms
        // True: somebody came who waits for less.
        if ((await hold<boolean>(ms)) === undefined) return
    }
}

async function beat(bytes: Buffer): Promise<void> {
    try {
        await (ds as Spi).spiXfer(bytes, null)
    } catch {
        // The program uses SPI itself.
        await hold(SHORT_BEAT_MS)
    }
}

type Spi = typeof ds & {
    spiConfigure: (miso: number, mosi: number, sck: number, mode: number, hz: number) => void
    spiXfer: (sent: Buffer, received: Buffer) => Promise<void>
}

/** @returns whether the board needs the beat and has it */
function startBeat(): boolean {
    if (!mayBeat() || ds._dcfgString("archId").indexOf("rp2040") < 0) return false
    try {
        ;(ds as Spi).spiConfigure(beatPin(), -1, -1, 0, BEAT_HZ)
        return true
    } catch {
        console.warn("scheduler: no SPI for the beat")
        return false
    }
}

const clock = tick.start()

interface AnnouncedRole {
    _binding: { emit: (isBound: boolean) => void }
    _onPacket: () => void
}

function wakeWhenLate(): void {
    if (clock.suspended && ds.millis() > next + LATE_MS) clock.resume(undefined)
}

/**
 * The board announces its services each half second, whatever its uptime: the clock is
 * then woken if its own time was lost.
 * @param role of a service of the board itself; its {@link ds.Role.binding} must not be used
 */
export function wakeByAnnouncements(role: ds.Role): void {
    ;(role as unknown as AnnouncedRole)._binding = { emit: wakeWhenLate }
}

/**
 * As {@link wakeByAnnouncements}, for a fifth of the opcodes.
 * @param role nothing else is done with its packets from now on
 */
export function onlyWakeByAnnouncements(role: ds.Role): void {
    ;(role as unknown as AnnouncedRole)._onPacket = wakeWhenLate
}

interface Replaceable {
    suspend: typeof suspend
    sleep: typeof sleep
    delay: typeof sleep
}

/** In a function: at the top level the compiler takes such an assignment for a definition, and does it first. */
function replacePlatform(): void {
    const platform = ds as unknown as Replaceable
    platform.suspend = suspend
    platform.sleep = sleep
    platform.delay = sleep
}

replacePlatform()
