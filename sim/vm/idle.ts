/**
 * A virtual machine that has nothing to do. The runtime's main loop looks at
 * everything a hundred times a second (jd_process_everything in jacdac-c). Whether
 * such a look would do anything can be told from the VM's memory, and what it
 * changes if not: the runtime's notion of the present, and the timers that it winds
 * on. So those looks can be left out without anybody noticing.
 */
import {
    CLOUD,
    CLOUD_DISCONNECTED,
    CONTEXT,
    CONTEXT_PENDING,
    DEBUGGER,
    DEVICE,
    FIBER,
    FIBER_AWAITS,
    FIBER_HAS_REGISTER,
    FIBER_KIND_MASK,
    MANAGER,
    QUEUE,
    ROLE,
    ROLE_MANAGER,
    VAR,
} from "./layout.js"

/** Longest time between two looks, µs (JD_MIN_MAX_SLEEP). */
const LONGEST_SLEEP_US = 10_000
const LONGEST_SLEEP_MS = LONGEST_SLEEP_US / 1000
/** Periods of timers that a look winds on without doing more, µs (rolemgr.c, routing.c, wssk_health.c). */
const AUTOBIND_US = 980_000
const CHANGE_REPORT_US = 50_000
const DEVICE_CHECK_US = 300_000
const GLOW_US = 512 << 10
const PING_US = 4 << 20
const STREAMING_US = 16 << 20
/** What the VM's clock shows at its first look (jd_impl_em.c). */
const FIRST_LOOK_US = 123
/** Warnings are printed at this distance, ms (fibers.c). */
const WARNING_MS = 5 * 1024
/** control, role manager, program manager, debugger, settings, cloud health, cloud adapter */
const KNOWN_SERVICES = 7

/** Times are in µs of the VM's clock, as {@link VmIdle.look} gets it. */
export class VmIdle {
    /** From this time on a look would do something, or the time to the next one changes. */
    stopUs = 0

    private readonly u8: Uint8Array
    private readonly u16: Uint16Array
    private readonly u32: Uint32Array
    /** A look from here on does something. */
    private dueUs = 0
    /** A look from this ms on runs a fiber. */
    private fiberMs = 0
    /** A look from this ms on does something else. */
    private changeMs = 0
    /** How long a look takes, which may end when a fiber is due that was not when it began. */
    private lookUs = 0
    /** Some fiber's time lies so far ahead that the runtime takes it for past, and does not sleep. */
    private isRestless = false
    /** What jd_refresh_now() counts from. */
    private previousUs = 0
    private previousMs = 0

    constructor(memory: Uint8Array) {
        this.u8 = memory
        this.u16 = new Uint16Array(memory.buffer, 0, memory.byteLength >> 1)
        this.u32 = new Uint32Array(memory.buffer, 0, memory.byteLength >> 2)
    }

    /** µs of the host's clock at which the VM's stood at 0. */
    get startUs(): number {
        const at = VAR.startTime >> 2
        return this.u32[at] + (this.u32[at + 1] | 0) * 0x1_0000_0000
    }

    /** Before the VM starts: its clock has started where it does when the host's shows 1 ms. */
    setStart(): void {
        this.u32[VAR.startTime >> 2] = 1000 - FIRST_LOOK_US
    }

    /** After it started: everything is as if the board had been on for N ms. */
    setUptime(uptimeMs: number): void {
        const us = uptimeMs * 1000
        const { u32 } = this
        const cloud = this.word(VAR.cloud)
        this.setMs(VAR.nowMsLong, uptimeMs)
        u32[VAR.nowMs >> 2] = uptimeMs % 0x1_0000_0000
        u32[VAR.previousUs >> 2] = us % 0x1_0000_0000
        // All of these are 0 when a board starts.
        for (const timer of [
            VAR.nextAnnounce,
            VAR.nextDeviceCheck,
            this.word(VAR.roleManager) + ROLE_MANAGER.nextChangeReport,
            cloud + CLOUD.nextGlow,
            cloud + CLOUD.nextReconnect,
            cloud + CLOUD.nextPing,
            cloud + CLOUD.nextStreaming,
        ])
            u32[timer >> 2] = us % 0x1_0000_0000
        u32[(cloud + CLOUD.nextFlushMs) >> 2] = uptimeMs % 0x1_0000_0000
    }

    /** Whether frames wait that came or that it sent itself. */
    get hasFrames(): boolean {
        const queue = this.word(VAR.receiveQueue)
        return this.half(queue + QUEUE.front) !== this.half(queue + QUEUE.back)
    }

    /**
     * Reads what the VM waits for, right after it ran.
     *
     * @param nowUs time; the VM may have seen the clock for the last time a little before
     * @param followsFibers whether looks come sooner when a fiber is due before the next one
     * @param lookUs how long a look takes
     * @returns whether looks can be left out at all
     */
    look(nowUs: number, followsFibers: boolean, lookUs = 0): boolean {
        const now = this.word(VAR.now)
        const us = Math.trunc(nowUs) - ((Math.trunc(nowUs) - now) >>> 0)
        // Any doubt about the time is a reason to look.
        if (nowUs - us > LONGEST_SLEEP_US || this.isBusy()) return false
        this.lookUs = lookUs
        this.previousUs = us - ((now - this.word(VAR.previousUs)) >>> 0)
        this.previousMs = this.msOf(VAR.nowMsLong)
        const manager = this.word(VAR.manager)
        const roles = this.word(VAR.roleManager)
        // A timer goes off when its time has passed; a device expires when its time has come.
        let left = Math.min(
            this.left(VAR.nextAnnounce) + 1,
            this.left(manager + MANAGER.nextRestart) + 1
        )
        if (!this.areRolesBound(roles))
            left = Math.min(left, this.left(roles + ROLE_MANAGER.nextAutobind) + 1)
        if (this.u8[roles + ROLE_MANAGER.hasChanged] !== 0)
            left = Math.min(left, this.left(roles + ROLE_MANAGER.nextChangeReport) + 1)
        for (let d = this.word(VAR.devices); d !== 0; d = this.word(d + DEVICE.next))
            left = Math.min(left, this.left(d + DEVICE.expires))
        this.dueUs = us + left - lookUs
        const context = this.word(manager + MANAGER.context)
        return context === 0
            ? this.lookWithoutProgram()
            : this.lookAtFibers(context, followsFibers ? LONGEST_SLEEP_MS : 1)
    }

    /** Whether a look at this time does something. */
    isDue(us: number): boolean {
        return (
            us >= this.dueUs || this.msAt(us + this.lookUs) >= Math.min(this.fiberMs, this.changeMs)
        )
    }

    /** After how many µs the VM wants to be looked at again, when a look at this time does nothing. */
    sleepAt(us: number): number {
        if (this.isRestless) return 0
        return Math.min(LONGEST_SLEEP_MS, this.fiberMs - this.msAt(us)) * 1000
    }

    /** Leaves the memory as looks leave it that did nothing, at the usual distances, the last one at this time. */
    pass(us: number): void {
        const { u32 } = this
        const ms = this.msAt(us)
        u32[VAR.now >> 2] = us % 0x1_0000_0000
        u32[VAR.previousUs >> 2] = (this.previousUs + (ms - this.previousMs) * 1000) % 0x1_0000_0000
        u32[VAR.nowMs >> 2] = ms % 0x1_0000_0000
        this.setMs(VAR.nowMsLong, ms)
        const context = this.word(this.word(VAR.manager) + MANAGER.context)
        if (context !== 0) this.setMs(context + CONTEXT.nowMsLong, ms)
        const roles = this.word(VAR.roleManager)
        if (this.areRolesBound(roles)) this.windOn(roles + ROLE_MANAGER.nextAutobind, AUTOBIND_US)
        this.windOn(roles + ROLE_MANAGER.nextChangeReport, CHANGE_REPORT_US)
        this.windOn(VAR.nextDeviceCheck, DEVICE_CHECK_US)
        const cloud = this.word(VAR.cloud)
        this.windOn(cloud + CLOUD.nextGlow, GLOW_US)
        this.windOn(cloud + CLOUD.nextReconnect, GLOW_US)
        this.windOn(cloud + CLOUD.nextPing, PING_US)
        this.windOn(cloud + CLOUD.nextStreaming, STREAMING_US)
    }

    /** Whether anything waits that has no time, or of whose time nothing is known here. */
    private isBusy(): boolean {
        const cloud = this.word(VAR.cloud)
        const manager = this.word(VAR.manager)
        return (
            this.u8[VAR.serviceCount] !== KNOWN_SERVICES ||
            this.hasFrames ||
            this.u8[VAR.sendFrameSize] !== 0 ||
            this.u8[VAR.packetReady] !== 0 ||
            this.half(VAR.eventBytes) !== 0 ||
            this.word(VAR.outPipes) !== 0 ||
            this.word(this.word(VAR.roleManager) + ROLE_MANAGER.listedRole) !== 0 ||
            this.u8[this.word(VAR.debugger) + DEBUGGER.pipeCommand] !== 0 ||
            (this.word(manager + MANAGER.readPointer) | 0) >= 0 ||
            this.half(cloud + CLOUD.status) !== CLOUD_DISCONNECTED ||
            this.word(cloud + CLOUD.watchdogMs) !== 0 ||
            this.half(cloud + CLOUD.streaming) !== 0 ||
            this.word(cloud + CLOUD.hubName) !== 0 ||
            this.word(cloud + CLOUD.queue) !== 0
        )
    }

    private areRolesBound(roles: number): boolean {
        let role = this.word(roles + ROLE_MANAGER.roles)
        while (role !== 0 && this.word(role + ROLE.service) !== 0)
            role = this.word(role + ROLE.next)
        return role === 0
    }

    private lookWithoutProgram(): boolean {
        this.fiberMs = Infinity
        this.changeMs = Infinity
        this.isRestless = false
        this.stopUs = this.dueUs
        return true
    }

    /** @param stepMs looks come sooner when a fiber is due before N ms have gone by */
    private lookAtFibers(context: number, stepMs: number): boolean {
        if (
            (this.u8[context + CONTEXT.flags] & CONTEXT_PENDING) !== 0 ||
            this.half(context + CONTEXT.errorCode) !== 0 ||
            this.u8[context + CONTEXT.suspension] !== 0 ||
            this.u8[context + CONTEXT.debugger] !== 0
        )
            return false
        const { previousMs } = this
        const nowMs = previousMs % 0x1_0000_0000
        this.isRestless = false
        this.fiberMs = Infinity
        // The runtime compares sums of 32 bits.
        const warning = (this.word(context + CONTEXT.lastWarning) + WARNING_MS) >>> 0
        this.changeMs = previousMs + Math.max(0, warning + 1 - nowMs)
        let fiber = this.word(context + CONTEXT.fibers)
        for (; fiber !== 0; fiber = this.word(fiber + FIBER.next)) {
            const kind = this.u8[fiber + FIBER.kind]
            if ((kind & FIBER_HAS_REGISTER) !== 0) return false
            if (
                (kind & FIBER_KIND_MASK) === FIBER_AWAITS &&
                this.u8[this.word(fiber + FIBER.awaited)] !== 0
            )
                return false
            const wake = this.word(fiber + FIBER.wakeTime)
            if (wake === 0) continue
            // Whether a fiber is due is told without a sign, how long to sleep with one.
            const left = wake - nowMs
            if (left <= 0) return false
            this.fiberMs = Math.min(this.fiberMs, previousMs + left)
            if (left <= 0x7fff_ffff) continue
            this.isRestless = true
            this.changeMs = Math.min(this.changeMs, previousMs + left - 0x7fff_ffff)
        }
        const shorterMs = this.isRestless ? this.fiberMs : this.fiberMs - stepMs + 1
        const stopMs = Math.min(shorterMs, this.changeMs)
        const stopUs = this.previousUs + 1000 * (stopMs - previousMs) + 1
        this.stopUs = Math.min(this.dueUs, stopUs - this.lookUs)
        return true
    }

    /** The runtime's ms at a look, when the one before was less than 16 ms ago (jd_refresh_now). */
    private msAt(us: number): number {
        return this.previousMs + Math.max(0, Math.ceil((us - this.previousUs) / 1000) - 1)
    }

    /** µs from the last look to a time. */
    private left(at: number): number {
        return (this.word(at) - this.word(VAR.now)) | 0
    }

    /** What jd_should_sample() does to a timer at looks that are closer to each other than its period. */
    private windOn(timer: number, periodUs: number): void {
        const late = -this.left(timer)
        if (late > 0) this.u32[timer >> 2] += Math.ceil(late / periodUs) * periodUs
    }

    private word(at: number): number {
        return this.u32[at >> 2]
    }

    private half(at: number): number {
        return this.u16[at >> 1]
    }

    private msOf(at: number): number {
        return this.u32[at >> 2] + this.u32[(at >> 2) + 1] * 0x1_0000_0000
    }

    private setMs(at: number, ms: number): void {
        this.u32[at >> 2] = ms % 0x1_0000_0000
        this.u32[(at >> 2) + 1] = Math.floor(ms / 0x1_0000_0000)
    }
}
