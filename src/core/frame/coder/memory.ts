import { KNOWN } from "../lane.js"
import {
    MEMORY_BYTES,
    MEMORY_COST,
    MEMORY_COUNTS,
    MEMORY_CURRENT,
    MEMORY_GAIN,
    MEMORY_LOWS,
    MEMORY_RESTS,
    MEMORY_TOTAL,
    MEMORY_VALUES,
} from "../memory-layout.js"
import { Sizes } from "./sizes.js"

/** Eighths of a bit: the memory codes above the one, and is given up below the other. */
const NEEDED_GAIN = 40
const LEAST_GAIN = -64
const MOST_GAIN = 80
/** What a change costs at first. */
const COST_AT_FIRST = 32
/** How much a value counts when it comes again. */
const AGAIN = 3
/** Above this sum all counts are halved. */
const MOST_TOTAL = 64

/**
 * "Memory" in docs/frame-format.md: lanes with few different values (levels, states,
 * converted counts) are told which of those it is, as soon as that would have been
 * shorter for a while.
 */
export abstract class Memory extends Sizes {
    /** The value that comes among those remembered; −1: it is none of them. */
    private entry = 0
    /** Values that it can be, and the sum of their counts and of this number. */
    private others = 0
    private whole = 0

    /** The first value of a lane. */
    protected beginMemory(lane: number, l: number[], value: number): void {
        const memory = this.memory
        const base = (lane - 1) * MEMORY_BYTES
        memory[base + MEMORY_GAIN] = 128
        memory[base + MEMORY_COST] = COST_AT_FIRST
        memory[base + MEMORY_TOTAL] = 0
        l[KNOWN] = 0
        this.note(base, l, value)
    }

    /**
     * Codes which of the remembered values it is, if that pays.
     *
     * @param isOpen it may be the one that it is now
     * @param value the encoder's
     * @returns whether it is one of them
     */
    protected recall(lane: number, l: number[], isOpen: boolean, value: number): boolean {
        const memory = this.memory
        const base = (lane - 1) * MEMORY_BYTES
        let now = -1
        let others = l[KNOWN]
        let whole = memory[base + MEMORY_TOTAL]
        if (!this.decoding) this.entry = this.find(base, others, value)
        if (!isOpen) {
            now = memory[base + MEMORY_CURRENT]
            others--
            whole -= memory[base + MEMORY_COUNTS + now]
        }
        this.others = others
        this.whole = whole + others
        if (memory[base + MEMORY_GAIN] <= 128 + NEEDED_GAIN) return false
        const unit = (this.range / this.whole) | 0
        if (this.decoding) this.entry = this.entryAt(base, now, this.placeIn(unit))
        if (this.entry >= 0) {
            let from = others
            for (let i = 0; i < this.entry; i++)
                if (i !== now) from += memory[base + MEMORY_COUNTS + i]
            this.low += unit * from
            others = memory[base + MEMORY_COUNTS + this.entry]
        }
        this.range = unit * others
        this.settle()
        return this.entry >= 0
    }

    /** @returns which of the equal parts of the interval is in the frame @decoder */
    private placeIn(unit: number): number {
        const place = (-this.low / unit) | 0
        if (place < this.whole) return place
        this.bad = true
        return 0
    }

    /** @param now the value that it is not @returns the value at a place, −1 for none of them @decoder */
    private entryAt(base: number, now: number, place: number): number {
        let left = place - this.others
        if (left < 0) return -1
        let entry = 0
        for (;;) {
            if (entry !== now) {
                left -= this.memory[base + MEMORY_COUNTS + entry]
                if (left < 0) return entry
            }
            entry++
        }
    }

    /** The value that was recalled. @decoder */
    protected recalled(lane: number): number {
        const memory = this.memory
        const base = (lane - 1) * MEMORY_BYTES
        const rest = base + MEMORY_RESTS + 3 * this.entry
        return (
            memory[base + MEMORY_LOWS + this.entry] |
            (memory[rest] << 8) |
            (memory[rest + 1] << 16) |
            (memory[rest + 2] << 24)
        )
    }

    /**
     * A value came that was asked for with {@link recall}.
     *
     * @param cost of it without the memory, in half bits; −1: not known, it was recalled
     */
    protected remember(lane: number, l: number[], value: number, cost: number): void {
        const base = (lane - 1) * MEMORY_BYTES
        if (this.decoding && cost >= 0) this.entry = this.find(base, l[KNOWN], value)
        if (!this.pays(base, cost)) l[KNOWN] = 0
        else if (this.entry < 0) this.note(base, l, value)
        else this.count(base, l)
    }

    /** @returns false when it is given up for this frame @inline */
    private pays(base: number, cost: number): boolean {
        const memory = this.memory
        const roots = this.tables.roots
        let usual = memory[base + MEMORY_COST]
        if (cost >= 0) {
            const changed = usual + ((cost * 4 - usual + 4) >> 3)
            memory[base + MEMORY_COST] = changed > 255 ? 255 : changed
            usual = cost * 4
        }
        let gain = memory[base + MEMORY_GAIN] - 128
        gain -= gain >> 4
        let count = this.others
        if (this.entry >= 0) {
            count = memory[base + MEMORY_COUNTS + this.entry]
            gain += usual
        }
        gain += (roots[count] - roots[this.whole]) * 4
        if (gain > MOST_GAIN) gain = MOST_GAIN
        if (gain < LEAST_GAIN) return false
        memory[base + MEMORY_GAIN] = gain + 128
        return true
    }

    /** A new value, in the place of the last one when there is no other. */
    private note(base: number, l: number[], value: number): void {
        const memory = this.memory
        let entry = l[KNOWN]
        let total = memory[base + MEMORY_TOTAL] + 1
        if (entry < MEMORY_VALUES) l[KNOWN] = entry + 1
        else {
            entry--
            total -= memory[base + MEMORY_COUNTS + entry]
        }
        const rest = base + MEMORY_RESTS + 3 * entry
        memory[base + MEMORY_COUNTS + entry] = 1
        memory[base + MEMORY_LOWS + entry] = value & 255
        memory[rest] = (value >> 8) & 255
        memory[rest + 1] = (value >> 16) & 255
        memory[rest + 2] = (value >> 24) & 255
        memory[base + MEMORY_TOTAL] = total
        memory[base + MEMORY_CURRENT] = entry
    }

    /** A value that came again. @inline */
    private count(base: number, l: number[]): void {
        const memory = this.memory
        const at = base + MEMORY_COUNTS + this.entry
        memory[at] = memory[at] + AGAIN
        let total = memory[base + MEMORY_TOTAL] + AGAIN
        if (total > MOST_TOTAL) total = this.halve(base, l[KNOWN])
        memory[base + MEMORY_TOTAL] = total
        memory[base + MEMORY_CURRENT] = this.entry
    }

    /** @returns the sum of the counts, which it halves */
    private halve(base: number, known: number): number {
        const memory = this.memory
        let total = 0
        for (let i = 0; i < known; i++) {
            const at = base + MEMORY_COUNTS + i
            memory[at] = (memory[at] + 1) >> 1
            total += memory[at]
        }
        return total
    }

    /** @returns which of the remembered values it is, −1 for none */
    private find(base: number, known: number, value: number): number {
        const memory = this.memory
        const low = value & 255
        const lows = base + MEMORY_LOWS
        const end = lows + known
        // The VM searches a buffer fast, and V8 does a list.
        let at = this.decoding ? lows : memory.indexOf(low, lows, end)
        while (at >= 0 && at < end) {
            const rest = base + MEMORY_RESTS + 3 * (at - lows)
            const high = memory[rest] | (memory[rest + 1] << 8) | (memory[rest + 2] << 16)
            if (high === ((value >> 8) & 16777215) && memory[at] === low) return at - lows
            at = this.decoding ? at + 1 : memory.indexOf(low, at + 1, end)
        }
        return -1
    }
}
