/** Courses of states that follow from the state before: reckoned once, in steps, and then looked up. */

/**
 * A state of several numbers in steps of equal length from a start on. Before the start it is the first
 * state, between two steps a straight line. What is asked for first does not matter.
 */
export class Course<Name extends string> {
    private readonly rows: Record<Name, number>[]

    /**
     * @param next the state a step later
     */
    constructor(
        private readonly startMs: number,
        private readonly stepMs: number,
        first: Record<Name, number>,
        private readonly next: (state: Record<Name, number>, unixMs: number) => Record<Name, number>
    ) {
        this.rows = [first]
    }

    at(name: Name, unixMs: number): number {
        const steps = Math.max(0, (unixMs - this.startMs) / this.stepMs)
        const index = Math.floor(steps)
        while (this.rows.length < index + 2) {
            const last = this.rows.length - 1
            this.rows.push(this.next(this.rows[last], this.startMs + last * this.stepMs))
        }
        const from = this.rows[index][name]
        return from + (this.rows[index + 1][name] - from) * (steps - index)
    }
}

/** Moments in order of time, found by slots of a day from a start on, and how many there were until a time. */
export class Moments {
    private readonly times: number[] = []
    private known: number

    /**
     * @param of all moments in [from, to), in order
     */
    constructor(
        startMs: number,
        private readonly of: (fromMs: number, toMs: number) => readonly number[],
        private readonly slotMs = 86_400_000
    ) {
        this.known = startMs
    }

    /** Number of moments from the start until a time, that time included. */
    countAt(unixMs: number): number {
        this.extend(unixMs)
        let low = 0
        let high = this.times.length
        while (low < high) {
            const middle = (low + high) >> 1
            if (this.times[middle] <= unixMs) low = middle + 1
            else high = middle
        }
        return low
    }

    /** The latest moment at or before a time. */
    latestAt(unixMs: number): number | undefined {
        const count = this.countAt(unixMs)
        return count === 0 ? undefined : this.times[count - 1]
    }

    /** Those in [from, to). */
    between(fromMs: number, toMs: number): readonly number[] {
        this.extend(toMs)
        return this.times.filter(time => time >= fromMs && time < toMs)
    }

    private extend(unixMs: number): void {
        while (this.known <= unixMs) {
            this.times.push(...this.of(this.known, this.known + this.slotMs))
            this.known += this.slotMs
        }
    }
}

const DAY_MS = 86_400_000

/** The highest value in (from, to] at steps from its end back, for a {@link Quantity.over}. */
export function highestOver(
    at: (unixMs: number) => number,
    stepMs: number
): (fromMs: number, toMs: number) => number {
    return (fromMs, toMs) => {
        let highest = at(toMs)
        for (let t = toMs - stepMs; t > fromMs; t -= stepMs) highest = Math.max(highest, at(t))
        return highest
    }
}

/** Hour of the day, 0 … 24, UTC: places have their own time. */
export function hourOf(unixMs: number): number {
    return (unixMs / 3_600_000) % 24
}

/** Monday 0 … Sunday 6. */
export function weekdayOf(unixMs: number): number {
    return (Math.floor(unixMs / DAY_MS) + 3) % 7
}

/** 0 outside, 1 inside, a straight line over `ramp` at both ends. */
export function plateau(value: number, from: number, to: number, ramp: number): number {
    return clamp(Math.min((value - from) / ramp, (to - value) / ramp) + 0.5, 0, 1)
}

export function clamp(value: number, low: number, high: number): number {
    return Math.min(high, Math.max(low, value))
}
