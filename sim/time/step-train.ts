/**
 * Events that schedule themselves again and again and do nothing, without running
 * them: the wake-ups of virtual machines that have nothing to do.
 *
 * All that such a step changes is the place of the next one among events of the
 * same time. So it is enough to look at a train at times at which something else
 * happens: there its step is put between the events as if it had run.
 */
import { type ScheduledEvent } from "./event.js"

/** See `VirtualClock.afterSteps`. */
export class StepTrain implements ScheduledEvent {
    cancelled = false
    /** When the last step that does nothing is made. */
    end: number
    /** Whether {@link end} has passed; then it is an event like any other. */
    hasEnded = false
    /** A time at which its step was put into order. */
    steppedAt = -1

    constructor(
        readonly firstAt: number,
        readonly period: number,
        steps: number,
        public from: number,
        public order: number,
        readonly action: () => void
    ) {
        this.end = firstAt + (steps - 1) * period
    }

    /** When the action runs. */
    get at(): number {
        return this.end + this.period
    }

    /** When the step at this time was scheduled. */
    fromOf(at: number): number {
        return at === this.firstAt ? this.from : at - this.period
    }
}

/** Trains with the same period that make their steps at the same times, by order. */
interface Lane {
    readonly phase: number
    trains: StepTrain[]
}

export class StepTrains {
    /** By period, then by phase. */
    private readonly lanes = new Map<number, Map<number, Lane>>()
    /** By end, soonest first; some have been cancelled or cut short since. */
    private readonly ends: { at: number; train: StepTrain }[] = []
    private turnAt = -1
    /** Lanes with steps at the time of the turn, and the steps that were not made yet, in order. */
    private turnLanes: Lane[] = []
    private pending: StepTrain[] = []

    /** @param schedule takes a train that has made its steps as an event */
    constructor(private readonly schedule: (event: ScheduledEvent) => void) {}

    /** Soonest time at which a train makes the last of its steps, or Infinity. */
    get nextEnd(): number {
        while (this.ends.length > 0 && isStale(this.ends[0])) this.popEnd()
        return this.ends.length > 0 ? this.ends[0].at : Infinity
    }

    add(train: StepTrain): void {
        const phase = train.firstAt % train.period
        const byPhase = this.lanes.get(train.period) ?? new Map<number, Lane>()
        if (byPhase.size === 0) this.lanes.set(train.period, byPhase)
        const lane = byPhase.get(phase)
        if (lane === undefined) byPhase.set(phase, { phase, trains: [train] })
        else lane.trains.push(train)
        this.pushEnd(train)
    }

    remove(train: StepTrain): void {
        const byPhase = this.lanes.get(train.period)
        const lane = byPhase?.get(train.firstAt % train.period)
        const place = lane?.trains.indexOf(train) ?? -1
        if (lane === undefined || place < 0) return
        lane.trains.splice(place, 1)
        if (lane.trains.length === 0) byPhase?.delete(lane.phase)
    }

    lastStepOf(train: StepTrain, now: number): number | undefined {
        const { firstAt, period, end } = train
        let last = Math.min(end, firstAt + Math.floor((now - firstAt) / period) * period)
        if (last === now && this.turnAt === now && train.steppedAt !== now) last -= period
        return last < firstAt ? undefined : last
    }

    cutShort(train: StepTrain, now: number): void {
        if (train.hasEnded || train.cancelled) return
        const last = this.lastStepOf(train, now)
        train.end = last ?? train.firstAt - train.period
        this.finish(train, last ?? train.from)
    }

    /** Time stands at `at` now, and something happens there: finds the steps of that moment. */
    openTurn(at: number): void {
        if (at === this.turnAt) return
        this.turnAt = at
        for (const [period, byPhase] of this.lanes) {
            const lane = byPhase.get(at % period)
            if (lane === undefined) continue
            const before = this.pending.length
            for (const train of lane.trains)
                if (train.firstAt <= at && train.steppedAt !== at) this.pending.push(train)
            if (this.pending.length > before) this.turnLanes.push(lane)
        }
        if (this.turnLanes.length > 1)
            this.pending.sort((a, b) => a.fromOf(at) - b.fromOf(at) || a.order - b.order)
    }

    /** Makes the steps whose place is before this event. @returns the next free order */
    stepThoseBefore(event: ScheduledEvent, order: number): number {
        const { pending, turnAt } = this
        let made = 0
        for (const train of pending) {
            const from = train.fromOf(turnAt)
            if (from > event.from || (from === event.from && train.order > event.order)) break
            this.makeStep(train, order++)
            made++
        }
        if (made > 0) pending.splice(0, made)
        return order
    }

    /** Makes all steps of this moment that were not made yet. @returns the next free order */
    finishTurn(order: number): number {
        if (this.turnAt < 0) return order
        for (const train of this.pending) this.makeStep(train, order++)
        for (const lane of this.turnLanes) lane.trains.sort((a, b) => a.order - b.order)
        this.pending = []
        this.turnLanes = []
        this.turnAt = -1
        return order
    }

    private makeStep(train: StepTrain, order: number): void {
        if (train.cancelled || train.hasEnded) return
        train.order = order
        train.steppedAt = this.turnAt
        if (train.end === this.turnAt) this.finish(train, train.end)
    }

    /** What is left of the train is an event. @param from when that was scheduled */
    private finish(train: StepTrain, from: number): void {
        this.remove(train)
        train.hasEnded = true
        train.from = from
        this.schedule(train)
    }

    private pushEnd(train: StepTrain): void {
        const { ends } = this
        const entry = { at: train.end, train }
        let i = ends.length
        ends.push(entry)
        while (i > 0) {
            const parent = (i - 1) >> 1
            if (ends[parent].at <= entry.at) break
            ends[i] = ends[parent]
            i = parent
        }
        ends[i] = entry
    }

    private popEnd(): void {
        const { ends } = this
        const last = ends.pop()
        if (last === undefined || ends.length === 0) return
        let i = 0
        for (;;) {
            let child = 2 * i + 1
            if (child >= ends.length) break
            if (child + 1 < ends.length && ends[child + 1].at < ends[child].at) child++
            if (ends[child].at >= last.at) break
            ends[i] = ends[child]
            i = child
        }
        ends[i] = last
    }
}

function isStale({ train }: { train: StepTrain }): boolean {
    return train.cancelled || train.hasEnded
}
