/**
 * Virtual time: an event queue that jumps from event to event. Times are whole
 * microseconds since the start of the world, so that the same seed gives equal
 * runs; events at the same time run in the order in which they were scheduled.
 */
import { type ScheduledEvent } from "./event.js"
import { StepTrain, StepTrains } from "./step-train.js"

export class VirtualClock {
    private readonly heap: ScheduledEvent[] = []
    private readonly trains = new StepTrains(event => this.push(event))
    private order = 0
    private current = 0

    /** @param epochMs wall time (Unix ms) of virtual time zero */
    constructor(readonly epochMs: number) {}

    /** µs since the start. */
    get now(): number {
        return this.current
    }

    /** Unix time in ms (fractional) at this moment of the simulation. */
    get wallMs(): number {
        return this.epochMs + this.current / 1000
    }

    /**
     * @param delay µs from now, ≥ 0; fractions are rounded up
     * @param action runs when virtual time gets there
     */
    after(delay: number, action: () => void): ScheduledEvent {
        if (!(delay >= 0)) throw new RangeError(`delay must be ≥ 0 µs, got ${delay}`)
        const event = {
            at: this.current + Math.ceil(delay),
            from: this.current,
            order: this.order++,
            action,
            cancelled: false,
        }
        this.push(event)
        return event
    }

    /**
     * An event that schedules itself again `steps` times and does something only the last
     * time: `delay` µs from now, then every `period` µs. It costs as much as one event,
     * and keeps the place among events of the same time that those steps would give it.
     *
     * @param delay µs from now to the first step, ≥ 1; fractions are rounded up
     * @param period µs between steps, whole and ≥ 1
     * @param steps how many do nothing, ≥ 1
     * @param action runs `steps` × `period` µs after the first one
     */
    afterSteps(delay: number, period: number, steps: number, action: () => void): StepTrain {
        if (!(delay >= 1 && period >= 1 && Number.isInteger(period) && steps >= 1))
            throw new RangeError(
                `steps need whole µs ≥ 1, got ${delay} µs, then ${steps} × ${period} µs`
            )
        const firstAt = this.current + Math.ceil(delay)
        const train = new StepTrain(firstAt, period, steps, this.current, this.order++, action)
        this.trains.add(train)
        return train
    }

    cancel(event: ScheduledEvent | undefined): void {
        if (event === undefined) return
        event.cancelled = true
        if (event instanceof StepTrain) this.trains.remove(event)
    }

    /** Time of the last step of the train that did nothing, in µs; undefined when it made none yet. */
    lastStepOf(train: StepTrain): number | undefined {
        return this.trains.lastStepOf(train, this.current)
    }

    /** From now on the next step of the train is the one that does something. */
    cutShort(train: StepTrain): void {
        this.trains.cutShort(train, this.current)
    }

    /** Time of the next event in µs, or Infinity. */
    get nextAt(): number {
        if (this.topAt > this.current) this.order = this.trains.finishTurn(this.order)
        return Math.min(this.topAt, this.trains.nextEnd)
    }

    private get topAt(): number {
        while (this.heap[0]?.cancelled === true) this.pop()
        return this.heap[0]?.at ?? Infinity
    }

    /** Runs the next event. @returns false when there is none */
    step(): boolean {
        const at = this.nextAt
        if (at === Infinity) return false
        this.current = at
        this.trains.openTurn(at)
        const next = this.heap[0] as ScheduledEvent | undefined
        if (next?.at !== at) {
            this.order = this.trains.finishTurn(this.order)
            return true
        }
        this.order = this.trains.stepThoseBefore(next, this.order)
        this.pop().action()
        return true
    }

    /** Moves time forward without running anything; never past the next event. */
    advanceTo(at: number): void {
        if (at > this.nextAt) throw new RangeError("cannot jump over a scheduled event")
        if (at <= this.current) return
        this.current = at
        this.trains.openTurn(at)
        this.order = this.trains.finishTurn(this.order)
    }

    private push(event: ScheduledEvent): void {
        const heap = this.heap
        let i = heap.length
        heap.push(event)
        while (i > 0) {
            const parent = (i - 1) >> 1
            if (!isBefore(event, heap[parent])) break
            heap[i] = heap[parent]
            i = parent
        }
        heap[i] = event
    }

    private pop(): ScheduledEvent {
        const heap = this.heap
        const top = heap[0]
        const last = heap.pop() as ScheduledEvent
        if (heap.length === 0) return top
        let i = 0
        for (;;) {
            let child = 2 * i + 1
            if (child >= heap.length) break
            const right = child + 1
            if (right < heap.length && isBefore(heap[right], heap[child])) child = right
            if (!isBefore(heap[child], last)) break
            heap[i] = heap[child]
            i = child
        }
        heap[i] = last
        return top
    }
}

function isBefore(a: ScheduledEvent, b: ScheduledEvent): boolean {
    if (a.at !== b.at) return a.at < b.at
    return a.from < b.from || (a.from === b.from && a.order < b.order)
}
