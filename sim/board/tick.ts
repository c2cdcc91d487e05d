/** The tick that wakes the main loop of a board's runtime, whatever the VM asks for. Times are µs of the world. */
import { SeededRandom } from "../time/random.js"
import { type Rhythm } from "../time/wake-ups.js"

export interface BoardTick extends Rhythm {
    /** The runtime handled an event, and may sleep so long now. */
    handled(at: number, sleepUs: number): void
    /** A frame was put into the queue of the Jacdac bus. */
    frameQueued(at: number): void
    /** Time wakes nobody any more. */
    readonly isLost: boolean
}

/** ESP32: a timer of 10 ms that runs by itself. */
const ESP32_TICK_US = 10_000

export class Esp32Tick implements BoardTick {
    readonly followsFibers = false
    readonly lookUs = 0
    readonly isLost = false
    isRegular = true
    private next = 0

    start(at: number): void {
        this.next = at
    }

    begin(): void {
        // It knows nothing of the main loop.
    }

    passed(at: number, period: number): void {
        this.next = at + period
    }

    handled(): void {
        // Nor of what the VM asks for.
    }

    frameQueued(): void {
        // Nor of frames.
    }

    untilNext(from: number, to: number, _sleepUs: number, rate: number): number {
        const step = this.period(0, rate)
        this.skip(from, step)
        this.isRegular = this.next > to
        if (this.isRegular) return this.next - from
        // A tick that comes meanwhile is not lost: the loop comes round again at once.
        this.skip(to, step)
        return to - from + 1
    }

    period(_sleepUs: number, rate: number): number {
        return Math.ceil(ESP32_TICK_US / rate)
    }

    /** The next tick comes after this time. */
    private skip(time: number, step: number): void {
        if (this.next <= time) this.next += (Math.floor((time - this.next) / step) + 1) * step
    }
}

/** "jd_max_sleep" at the begin of a round, and the most at its end (jd_services.c, main.c of devicescript-pico). */
const ROUND_SLEEP_US = 10_000
const IDLE_SLEEP_US = 1000
/** What the interrupt takes to set the alarm anew: the tick drifts through the ms. */
const INTERRUPT_US = 3
/** When the alarm is set to a time that is over, the counter of 32 bits has to come round. */
const LOST_US = 2 ** 32
/** Frames go out 75 to 225 µs after they are queued, less an overhead, at 1 Mbit/s with a pulse at both ends. */
const FLUSH_US = { least: 75 - 28, range: 150 } as const
const TX_BYTE_US = 10
const TX_PULSES_US = 60
const FRAME_BYTES = 24

/**
 * RP2040: one alarm, which its interrupt sets anew, at most the time ahead that the last
 * handled event allowed (src/tim.c, jd_physical.c). That can be 0, when a fiber was due as the event
 * ended: an alarm that is set to the present is missed. Sending a frame sets the same alarm.
 */
export class PicoTick implements BoardTick {
    readonly followsFibers = false
    /**
     * From the look at the fibers to the one that says how long to sleep. 25 wake-ups of 23,533 were
     * lost by a program that only sleeps 5 ms (measured in an emulator): 1.06 µs of each ms.
     */
    readonly lookUs = 1
    isRegular = true
    isLost = false

    private alarm = Infinity
    private isFlush = false
    /** The alarm was set to the present, so that it will not come. */
    private isMissed = false
    /** End of the frame that is being sent. */
    private sent = Infinity
    private isFrameWaiting = false
    /** How long the runtime may sleep, from when on, in this round. */
    private allowed: { readonly at: number; readonly us: number }[] = []
    private wasInterrupted = false
    /**
     * The processor does not sleep when an interrupt came since it last wanted to (WFE), not even
     * when that interrupt woke it: the loop comes round a second time at once. After a
     * round that did nothing, the second one is left out.
     */
    private isAwake = true
    private isSecond = false
    private rate = 1
    private readonly random = new SeededRandom("tick")

    /** @param onLoss the alarm will not come, and nobody sets it anew; tells whether that is how it is */
    constructor(private readonly onLoss: () => boolean) {}

    start(at: number): void {
        this.isLost = false
        this.alarm = at
        this.isFlush = false
        this.isMissed = false
        this.sent = Infinity
        this.isFrameWaiting = false
        this.wasInterrupted = false
        this.isSecond = false
        this.allowed = []
    }

    begin(at: number, isContinued: boolean, rate: number): void {
        this.rate = rate
        if (isContinued) {
            // It did not end: that it may sleep for a short time only is not said yet.
            this.allowed.pop()
            return
        }
        this.wasInterrupted = false
        this.interruptsUntil(at)
        this.isAwake = this.wasInterrupted || !this.isSecond
        this.isSecond = false
        this.wasInterrupted = false
        this.allowed = [{ at, us: ROUND_SLEEP_US }]
    }

    handled(at: number, sleepUs: number): void {
        this.allowed.push({ at, us: sleepUs })
    }

    frameQueued(at: number): void {
        this.interruptsUntil(at)
        this.isFrameWaiting = true
        if (this.sent === Infinity && !this.isFlush) this.setAlarm(at)
    }

    untilNext(from: number, to: number): number {
        this.allowed.push({ at: to, us: IDLE_SLEEP_US })
        this.isRegular = false
        this.interruptsUntil(to)
        this.isSecond = this.wasInterrupted || (this.isAwake && to > from)
        if (this.isSecond) return to - from + 1
        if (this.isMissed && !this.isLost && this.sent === Infinity) this.sleepMissed(to)
        this.isRegular =
            this.sent === Infinity &&
            !this.isFlush &&
            !this.isLost &&
            this.allowedAt(to) === IDLE_SLEEP_US
        return Math.min(this.alarm, this.sent) - from
    }

    passed(at: number, period: number): void {
        this.alarm = at + period
    }

    period(_sleepUs: number, rate: number): number {
        return Math.ceil((IDLE_SLEEP_US + INTERRUPT_US) / rate)
    }

    private interruptsUntil(time: number): void {
        for (;;) {
            const at = Math.min(this.alarm, this.sent)
            if (at > time) return
            this.wasInterrupted = true
            if (at === this.sent) this.sent = Infinity
            else if (this.isFlush) {
                this.isFlush = false
                this.isFrameWaiting = false
                this.sent = this.after(at, FRAME_BYTES * TX_BYTE_US + TX_PULSES_US)
            }
            this.setAlarm(at)
        }
    }

    /** "set_tick_timer": for the frame that waits, or for the next tick. */
    private setAlarm(at: number): void {
        this.isLost = false
        this.isMissed = false
        if (this.isFrameWaiting && this.sent === Infinity) {
            this.isFlush = true
            this.alarm = this.after(at, FLUSH_US.least + this.random.float() * FLUSH_US.range)
            return
        }
        const allowed = this.allowedAt(at)
        this.isMissed = allowed === 0
        this.alarm = this.after(at, this.isMissed ? LOST_US : allowed + INTERRUPT_US)
    }

    /** The runtime goes to sleep, and nothing is left to set the alarm anew. */
    private sleepMissed(at: number): void {
        this.isLost = this.onLoss()
        if (this.isLost) return
        this.isMissed = false
        this.alarm = this.after(at, IDLE_SLEEP_US + INTERRUPT_US)
    }

    /** This many µs of the node's clock later, in whole µs of the world. */
    private after(at: number, us: number): number {
        return Math.ceil(at) + Math.ceil(us / this.rate)
    }

    private allowedAt(time: number): number {
        let least = ROUND_SLEEP_US
        for (const { at, us } of this.allowed) if (at <= time) least = Math.min(least, us)
        return least
    }
}
