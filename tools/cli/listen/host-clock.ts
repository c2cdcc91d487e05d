/**
 * Whether this computer's time may be handed to nodes. On Linux the system says
 * whether its clock is synchronised; elsewhere nothing that every user may ask
 * does. A jump is noticed everywhere, by a second clock that nobody sets.
 */
import { execFile } from "node:child_process"
import { existsSync } from "node:fs"
import { performance } from "node:perf_hooks"

/** What the system says about its clock. */
export type Sync = "yes" | "no" | "unknown"

/** Both clocks drift and are slewed; more than this, and 0.1 % of the time between two looks, is a jump, ms. */
const JUMP_MS = 1000
const SLEW = 0.001
/** After a jump, a clock of which nothing is known is believed again when it did not jump for so long, ms. */
const SETTLED_MS = 15 * 60_000
/** How often to look for a jump, and to ask the system, while it does not say yes and then, ms. */
const LOOK_MS = 10_000
const ASK_SOON_MS = 60_000
const ASK_MS = 300_000
/** Longest wait for an answer of the system, ms. */
const ANSWER_MS = 5000

export interface HostClockOptions {
    readonly note: (text: string) => void
    /** Unix time, and ms since any moment by a clock that is never set. */
    readonly unixMs?: () => number
    readonly steadyMs?: () => number
    readonly readSync?: () => Promise<Sync>
}

export class HostClock {
    private readonly unixMs: () => number
    private readonly steadyMs: () => number
    private readonly readSync: () => Promise<Sync>
    private sync: Sync = "unknown"
    private askedAt = -Infinity
    /** Unix time minus steady time at the last look, and when that was. */
    private offset: number
    private lookedAt: number
    private jumpedAt = -Infinity
    private jumpMs = 0
    /** Why it was not believed at the last look. */
    private doubt: string | undefined
    private timer: NodeJS.Timeout | undefined

    private constructor(private readonly options: HostClockOptions) {
        this.unixMs = options.unixMs ?? Date.now
        this.steadyMs = options.steadyMs ?? (() => performance.now())
        this.readSync = options.readSync ?? systemSync
        this.lookedAt = this.steadyMs()
        this.offset = this.unixMs() - this.lookedAt
    }

    /** Asks the system, and goes on looking until {@link close}. */
    static async start(options: HostClockOptions): Promise<HostClock> {
        const clock = new HostClock(options)
        await clock.look()
        clock.timer = setInterval(() => void clock.look(), LOOK_MS)
        clock.timer.unref()
        return clock
    }

    /** Unix time, ms; undefined while it may be wrong. */
    now(): number | undefined {
        const now = this.unixMs()
        this.noticeJump(now)
        this.sayOnce()
        return this.doubt === undefined ? now : undefined
    }

    /** Looks for a jump, and asks the system again when it is time to. */
    async look(): Promise<void> {
        this.noticeJump(this.unixMs())
        const age = this.steadyMs() - this.askedAt
        if (age >= (this.sync === "no" ? ASK_SOON_MS : ASK_MS)) {
            this.askedAt = this.steadyMs()
            const { jumpedAt } = this
            const sync = await this.readSync()
            this.noticeJump(this.unixMs())
            // What was said before a jump says nothing about the time after it.
            if (jumpedAt === this.jumpedAt) {
                this.sync = sync
                if (sync === "yes") this.jumpedAt = -Infinity
            }
        }
        this.sayOnce()
    }

    close(): void {
        clearInterval(this.timer)
    }

    private noticeJump(unixMs: number): void {
        const now = this.steadyMs()
        const jump = unixMs - now - this.offset
        const slewed = JUMP_MS + (now - this.lookedAt) * SLEW
        this.offset += jump
        this.lookedAt = now
        if (Math.abs(jump) <= slewed) return
        this.jumpedAt = now
        this.jumpMs = jump
        // At the next look, which is soon.
        this.askedAt = -Infinity
    }

    private sayOnce(): void {
        const doubt = this.doubtNow()
        if (doubt === this.doubt) return
        this.doubt = doubt
        this.options.note(
            doubt === undefined
                ? "time requests are answered again"
                : `time requests are not answered: ${doubt}`
        )
    }

    private doubtNow(): string | undefined {
        if (this.sync === "no")
            return (
                "the system says that this computer's clock is not synchronised; set up NTP, " +
                "or say --trust-clock"
            )
        if (this.steadyMs() - this.jumpedAt < SETTLED_MS) {
            const seconds = Math.round(Math.abs(this.jumpMs) / 1000)
            const direction = this.jumpMs > 0 ? "ahead" : "back"
            return `this computer's clock jumped ${seconds} s ${direction} (or the computer slept)`
        }
        return undefined
    }
}

/** Asks the system: systemd, and chrony where there is none. */
async function systemSync(): Promise<Sync> {
    if (process.platform !== "linux") return "unknown"
    // The kernel's own mark, which setting the clock by hand takes away.
    const kernel = await answerOf("timedatectl", ["show", "--property=NTPSynchronized", "--value"])
    if (kernel === "yes" || kernel === "no") return kernel
    if (existsSync("/run/systemd/timesync/synchronized")) return "yes"
    const leap = (await answerOf("chronyc", ["-n", "-c", "tracking"]))?.split(",").at(-1)
    if (leap === undefined) return "unknown"
    return leap === "Not synchronised" ? "no" : "yes"
}

/** @returns what a program prints; undefined when there is none, or it fails */
function answerOf(program: string, words: readonly string[]): Promise<string | undefined> {
    const options = { timeout: ANSWER_MS, env: { ...process.env, LC_ALL: "C" } }
    return new Promise(resolve =>
        execFile(program, words, options, (error, stdout) =>
            resolve(error === null ? stdout.trim() : undefined)
        )
    )
}
