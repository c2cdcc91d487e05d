/**
 * Virtual time: an event queue that jumps from event to event. Times are whole
 * microseconds since the start of the world, so that equal seeds give equal
 * runs; events at the same time run in the order in which they were scheduled.
 */

/** A scheduled event; pass it to {@link VirtualClock.cancel}. */
export interface ScheduledEvent {
    readonly at: number
    readonly order: number
    readonly action: () => void
    cancelled: boolean
}

export class VirtualClock {
    private readonly heap: ScheduledEvent[] = []
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
            order: this.order++,
            action,
            cancelled: false,
        }
        this.push(event)
        return event
    }

    cancel(event: ScheduledEvent | undefined): void {
        if (event !== undefined) event.cancelled = true
    }

    /** Time of the next event in µs, or Infinity. */
    get nextAt(): number {
        while (this.heap[0]?.cancelled === true) this.pop()
        return this.heap[0]?.at ?? Infinity
    }

    /** Runs the next event. @returns false when there is none */
    step(): boolean {
        const at = this.nextAt
        if (at === Infinity) return false
        const event = this.pop()
        this.current = at
        event.action()
        return true
    }

    /** Moves time forward without running anything; never past the next event. */
    advanceTo(at: number): void {
        if (at > this.nextAt) throw new RangeError("cannot jump over a scheduled event")
        if (at > this.current) this.current = at
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
    return a.at < b.at || (a.at === b.at && a.order < b.order)
}
