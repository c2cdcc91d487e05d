/** When the main loop of a node comes round: at once, at its next tick, or not before something is due. */
import { type Vm } from "../vm/vm.js"
import { type VirtualClock } from "./clock.js"
import { type ScheduledEvent } from "./event.js"
import { type NodeClock } from "./node-clock.js"
import { StepTrain } from "./step-train.js"

/** How the main loop of a runtime is woken. Times are µs of the world. */
export interface Rhythm {
    /**
     * Time from the begin of a round, which lasted from `from` to `to`, to the next one.
     * @param sleepUs what the VM asks for, by its own clock
     * @param rate how fast that goes
     */
    untilNext(from: number, to: number, sleepUs: number, rate: number): number
    /** Rounds were left out, the last one at this time; the next one would be so much later. */
    passed(at: number, period: number): void
    /** Whether the next round is one of many at the usual distance. */
    readonly isRegular: boolean
    /** Time from a round that does nothing to the next one. */
    period(sleepUs: number, rate: number): number
    /** The node was switched on. */
    start(at: number): void
    /**
     * A round begins.
     * @param isContinued it is one that something waited for in the last
     */
    begin(at: number, isContinued: boolean, rate: number): void
    /** Whether rounds come sooner when a fiber is due before the next one. */
    readonly followsFibers: boolean
    /** How long a round takes that does nothing, µs. */
    readonly lookUs: number
}

/** The published VM: its host wakes it when it asks for it, after 10 ms at most. */
export const AS_ASKED: Rhythm = {
    untilNext: (from, to, sleepUs, rate) => to - from + Math.max(1, sleepUs / rate),
    period: (sleepUs, rate) => Math.ceil(Math.max(1, sleepUs / rate)),
    start: () => undefined,
    begin: () => undefined,
    passed: () => undefined,
    isRegular: true,
    followsFibers: true,
    lookUs: 0,
}

const MS_US = 1000

/** Woken at the begin of each ms, for checks of waits to the ms. */
export const EACH_MS: Rhythm = {
    ...AS_ASKED,
    untilNext: (from, to) => (Math.floor(to / MS_US) + 1) * MS_US - from,
    period: () => MS_US,
}

export class WakeUps {
    private vm: Vm | undefined
    private event: ScheduledEvent | undefined
    /** Whether it is known what the VM waits for. */
    private isIdle = false
    /** The round that was planned goes on with the last one. */
    private isPrompt = false
    /** Something waits for the next round. */
    private isExpecting = false
    private stepUs = 0
    /** Virtual time of the last wake-up that was left out and is in the VM's memory, µs. */
    private caughtUpAt = -1

    /**
     * @param run runs the VM
     * @param leavesOut whether wake-ups that would do nothing are left out
     */
    constructor(
        private readonly world: VirtualClock,
        private readonly clock: NodeClock,
        private readonly rhythm: Rhythm,
        private readonly leavesOut: boolean,
        private readonly run: () => void
    ) {}

    /** Wakes the VM after N µs of the world's time. */
    boot(delayUs: number): void {
        this.cancel()
        this.isIdle = false
        this.isPrompt = false
        this.rhythm.start(this.world.now)
        this.event = this.world.after(delayUs, () => this.run())
    }

    cancel(): void {
        this.world.cancel(this.event)
        this.event = undefined
    }

    /**
     * Plans the next wake-up of a VM that has just run; the clock's lead is the time that took.
     * @param sleepUs time it wants to sleep, µs of its clock
     * @param isPrompt whether something waits for the next round, so that it begins at once
     */
    plan(vm: Vm, sleepUs: number, isPrompt = false): void {
        this.cancel()
        this.isPrompt = isPrompt
        const { rate, leadUs } = this.clock
        const { now } = this.world
        const lead = leadUs / rate
        const { followsFibers, lookUs } = this.rhythm
        const untilNext = this.rhythm.untilNext(now, now + lead, sleepUs, rate)
        const delay = isPrompt ? lead + 1 : untilNext
        this.isIdle =
            this.leavesOut &&
            !isPrompt &&
            !this.isExpecting &&
            this.rhythm.isRegular &&
            vm.idle.look(this.clock.vmUsAt(now) + leadUs, followsFibers, lookUs)
        this.schedule(vm, delay)
    }

    /** A round begins. */
    begin(vm: Vm): void {
        this.isExpecting = false
        this.catchUp(vm)
        this.rhythm.begin(this.world.now, this.isPrompt, this.clock.rate)
        this.isPrompt = false
    }

    /** Leaves the VM's memory as the wake-ups that were left out would have left it. */
    catchUp(vm: Vm): void {
        if (!(this.event instanceof StepTrain)) return
        const last = this.world.lastStepOf(this.event)
        if (last === undefined || last <= this.caughtUpAt) return
        this.pass(vm, last, this.stepUs)
    }

    /** The clock's rate is about to change: what was planned with the old one ends. */
    cutShort(vm: Vm): void {
        this.catchUp(vm)
        if (this.event instanceof StepTrain) this.world.cutShort(this.event)
    }

    /** Something came that the main loop will find in its next round. */
    expect(): void {
        this.isExpecting = true
        if (this.vm !== undefined) this.cutShort(this.vm)
        this.isIdle = false
    }

    private schedule(vm: Vm, delay: number): void {
        this.vm = vm
        const steps = this.isIdle ? this.stepsToLeaveOut(vm, delay) : 0
        this.event =
            steps > 0
                ? this.world.afterSteps(delay, this.stepUs, steps, this.onWake)
                : this.world.after(delay, this.onWake)
    }

    /** @returns how many of the next wake-ups, {@link stepUs} from one to the next, would do nothing */
    private stepsToLeaveOut({ idle }: Vm, delay: number): number {
        const { clock } = this
        const first = this.world.now + Math.ceil(delay)
        const firstUs = clock.vmUsAt(first)
        if (firstUs >= idle.stopUs) return 0
        this.stepUs = this.rhythm.period(idle.sleepAt(firstUs), clock.rate)
        let steps = Math.floor((idle.stopUs - firstUs) / (this.stepUs * clock.rate))
        // A rounding error must neither leave out one too many nor one too few.
        steps = Math.max(1, steps)
        while (steps > 1 && clock.vmUsAt(first + (steps - 1) * this.stepUs) >= idle.stopUs) steps--
        while (clock.vmUsAt(first + steps * this.stepUs) < idle.stopUs) steps++
        return steps
    }

    private readonly onWake = (): void => {
        const { vm } = this
        if (vm === undefined) return
        const nowUs = this.clock.vmUsAt(this.world.now)
        if (!this.isIdle || vm.idle.isDue(nowUs)) {
            this.run()
            return
        }
        // Nothing to do, but the next wake-up comes sooner than those before.
        const period = this.rhythm.period(vm.idle.sleepAt(nowUs), this.clock.rate)
        this.pass(vm, this.world.now, period)
        this.schedule(vm, period)
    }

    private pass(vm: Vm, at: number, period: number): void {
        this.caughtUpAt = at
        this.rhythm.passed(at, period)
        vm.idle.pass(this.clock.vmUsAt(at))
    }
}
