/** The tick that wakes the main loop of a board's runtime, whatever the VM asks for. */
import { SeededRandom } from "../world/random.js"
import { type Rhythm } from "../world/wake-ups.js"

/**
 * ESP32: a timer of 10 ms. RP2040: an alarm that its own interrupt sets anew, 1 ms and
 * a few µs later, so that it drifts through the ms. µs of the node's clock.
 */
export const TICK_US = { esp32: 10_000, rp2040: 1003 } as const

/**
 * RP2040: from the look at the fibers to the one that says how long to sleep, µs. It loses one
 * wake-up in 940 of a program that only sleeps 5 ms (measured in an emulator), which is 1.1 µs
 * of each ms.
 */
export const LOOK_US = { esp32: 0, rp2040: 2 } as const

/** Its interrupt comes up to so many µs later while the program runs: without that, ticks and ms would be in step. */
const JITTER_US = 8

/** After that the RP2040's counter of µs comes round to a time that was missed: 2³² µs. */
const LOST_US = 2 ** 32

export class Tick implements Rhythm {
    readonly followsFibers = false
    isRegular = true
    /** When the next tick comes. */
    private next = 0
    private lostUntil = 0
    private readonly random = new SeededRandom("tick")

    constructor(
        private readonly tickUs: number,
        readonly lookUs: number
    ) {}

    start(at: number): void {
        this.next = at
        this.lostUntil = 0
    }

    passed(at: number, period: number): void {
        this.next = at + period
    }

    /** The alarm was set to a time that had passed. */
    lose(at: number): void {
        this.lostUntil = Math.ceil(at) + LOST_US
    }

    /** Something set the alarm anew. */
    restore(): void {
        this.lostUntil = 0
    }

    get isLost(): boolean {
        return this.lostUntil > 0
    }

    untilNext(from: number, to: number, _sleepUs: number, rate: number): number {
        const step = this.period(0, rate)
        this.isRegular = false
        if (this.lostUntil > to) return this.lostUntil - from
        this.lostUntil = 0
        this.skip(from, step)
        if (this.lookUs > 0 && to > from) this.next += Math.floor(this.random.float() * JITTER_US)
        // A tick that comes meanwhile is not lost: the loop comes round again at once.
        if (this.next <= to) {
            this.skip(to, step)
            return to - from + 1
        }
        this.isRegular = true
        return this.next - from
    }

    period(_sleepUs: number, rate: number): number {
        return Math.ceil(this.tickUs / rate)
    }

    /** The next tick comes after this time. */
    private skip(time: number, step: number): void {
        if (this.next <= time) this.next += (Math.floor((time - this.next) / step) + 1) * step
    }
}
