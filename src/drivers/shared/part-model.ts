/**
 * What the models of all parts share, whatever they hang on: physical inputs, faults,
 * the ground truth of what left the part, and the log of accesses that its documents
 * do not allow. Runs in Node only.
 */

/** A physical quantity over time, in the channel's unit. Time is Unix ms. */
export type Signal = number | ((unixMs: number) => number)

/** One physical input of a model. */
export interface ModelChannel {
    readonly name: string
    readonly unit: string
    /** Lowest and highest value the part can express. */
    readonly min: number
    readonly max: number
    /** Largest error that the part's own digits cause, in the unit. */
    readonly epsilon: number
}

/** An access that the datasheet forbids or does not define. */
export interface IllegalAccess {
    readonly unixMs: number
    readonly what: string
}

/** A value that left the part. */
export interface HandedOut {
    readonly unixMs: number
    readonly channel: string
    /** Physical input at that moment, in the channel's unit. */
    readonly value: number
}

/** Faults every model supports. All are off at the start. */
export class PartFaults {
    /** Nobody answers. */
    unplugged = false
    /** Measurements go on, but repeat the physical values of this moment. */
    stuckValue = false
}

export abstract class PartModel {
    /** Maker and name of the part. */
    abstract readonly part: string
    /** Physical inputs. */
    abstract readonly channels: readonly ModelChannel[]
    abstract readonly faults: PartFaults

    readonly illegalAccesses: IllegalAccess[] = []
    /** Called for every value that leaves the part: the ground truth of a run. */
    onHandedOut: ((reading: HandedOut) => void) | undefined

    /** Time of the access in progress, Unix ms. */
    protected nowMs = 0
    private readonly signals = new Map<string, Signal>()
    private readonly frozen = new Map<string, number>()

    /** Connects a physical input. @throws RangeError for a channel the part does not have */
    feed(channel: string, signal: Signal): this {
        if (!this.channels.some(c => c.name === channel))
            throw new RangeError(
                `${this.part} has no channel "${channel}"; it has ${this.channels.map(c => c.name).join(", ")}`
            )
        this.signals.set(channel, signal)
        return this
    }

    /** The physical value now, limited to what the part can express. */
    protected input(name: string): number {
        const held = this.frozen.get(name)
        if (this.faults.stuckValue && held !== undefined) return held
        const channel = this.channels.find(c => c.name === name) as ModelChannel
        const signal = this.signals.get(name) ?? 0
        const value = typeof signal === "number" ? signal : signal(this.nowMs)
        const limited = Math.min(channel.max, Math.max(channel.min, value))
        this.frozen.set(name, limited)
        return limited
    }

    /** The physical value at an earlier moment, for a part that measured before it was asked. */
    protected inputAt(name: string, unixMs: number): number {
        const now = this.nowMs
        this.nowMs = unixMs
        const value = this.input(name)
        this.nowMs = now
        return value
    }

    /** Whether an input was connected. */
    protected isFed(name: string): boolean {
        return this.signals.has(name)
    }

    /** Whether an input changes without being fed anew. */
    protected canChange(name: string): boolean {
        return typeof this.signals.get(name) === "function"
    }

    /** Notes that a value left the part. */
    protected handOut(channel: string, value: number): void {
        this.onHandedOut?.({ unixMs: this.nowMs, channel, value })
    }

    protected illegal(what: string): void {
        this.illegalAccesses.push({ unixMs: this.nowMs, what })
    }
}
