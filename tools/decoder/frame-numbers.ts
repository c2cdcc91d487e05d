/**
 * Which frames of one boot came: the numbers from the first to the newest one, without the
 * gaps between them, and the checksums of the newest. Brokers deliver at least once; this
 * makes it exactly once. Small, for there is one for each boot of ten thousand nodes.
 */
import { SEQUENCE_MODULUS } from "../../src/core/frame/format.js"

/** Checksums that are remembered; a repetition that is older counts as new. A power of two. */
const REMEMBERED = 1024
const FIRST_ROOM = 16
/** Gaps that can still be closed; beyond, the oldest stay missing. */
const MAX_GAPS = 64
/** Frames of another boot that drew the same id, as far as they are told apart from repetitions. */
const MAX_OTHERS = 256

/** Missing numbers, both included. They go on counting beyond the modulus of frames. */
export interface Gap {
    readonly from: number
    readonly to: number
}

/** "late": it was missing. "ahead": those before it, the last of the open gaps, are missing now. */
export type Arrival = "new" | "late" | "ahead" | "repeat"

/** For a file: JSON. */
export interface SavedNumbers {
    readonly hasBegun: boolean
    readonly lowest: number
    readonly highest: number
    readonly gaps: readonly Gap[]
    readonly lostForGood: number
    /** Of the newest numbers, each as four hex digits, the newest last; those of missing ones say nothing. */
    readonly crcs: string
    readonly others: readonly string[]
}

export class FrameNumbers {
    /** Whether a frame came, or is expected. */
    hasBegun = false
    private lowest = 0
    private highest = -1
    private gaps: Gap[] = []
    private lostForGood = 0
    /** By number modulo its length. */
    private crcs = new Uint16Array(FIRST_ROOM)
    private readonly others = new Set<string>()

    /** Frames missing between the first and the newest. */
    get lost(): number {
        return this.gaps.reduce((sum, { from, to }) => sum + to - from + 1, this.lostForGood)
    }

    /** Different frames that came. */
    get received(): number {
        return this.highest - this.lowest + 1 - this.lost
    }

    /** Number of the first frame that came, or was expected. */
    get first(): number {
        return this.lowest
    }

    get openGaps(): readonly Gap[] {
        return this.gaps
    }

    /** Frames from 0 on are missing until they come. Before the first one only. */
    expectFromZero(): void {
        this.hasBegun = true
    }

    /**
     * @param sequence 0 … {@link SEQUENCE_MODULUS} − 1
     * @param crc the frame's checksum: tells two boots apart that drew the same id
     */
    accept(sequence: number, crc: number): Arrival {
        const number = this.unwrapped(sequence)
        if (!this.hasBegun) {
            this.hasBegun = true
            this.lowest = number
            this.highest = number - 1
        }
        if (number > this.highest) return this.advance(number, crc)
        if (number < this.lowest) return this.precede(number, crc)
        const index = this.gaps.findIndex(({ from, to }) => number >= from && number <= to)
        if (index >= 0) {
            const { from, to } = this.gaps[index]
            const rest = [
                { from, to: number - 1 },
                { from: number + 1, to },
            ]
            this.gaps.splice(index, 1, ...rest.filter(gap => gap.from <= gap.to))
            this.remember(number, crc)
            return "late"
        }
        const isRemembered = number > this.highest - this.crcs.length
        if (isRemembered && this.crcs[this.slot(number)] === crc) return "repeat"
        return this.acceptOther(`${number}:${crc}`)
    }

    save(): SavedNumbers {
        const length = Math.min(this.crcs.length, this.highest - this.lowest + 1)
        let crcs = ""
        for (let number = this.highest - length + 1; number <= this.highest; number++)
            crcs += this.crcs[this.slot(number)].toString(16).padStart(4, "0")
        const { hasBegun, lowest, highest, gaps, lostForGood } = this
        return { hasBegun, lowest, highest, gaps, lostForGood, crcs, others: [...this.others] }
    }

    static restore(saved: SavedNumbers): FrameNumbers {
        const numbers = new FrameNumbers()
        const length = saved.crcs.length / 4
        numbers.hasBegun = saved.hasBegun
        numbers.lowest = saved.lowest
        numbers.highest = saved.highest
        numbers.gaps = [...saved.gaps]
        numbers.lostForGood = saved.lostForGood
        numbers.grow(length)
        for (let i = 0; i < length; i++) {
            const crc = parseInt(saved.crcs.slice(4 * i, 4 * i + 4), 16)
            numbers.crcs[numbers.slot(saved.highest - length + 1 + i)] = crc
        }
        for (const other of saved.others) numbers.others.add(other)
        return numbers
    }

    private advance(number: number, crc: number): Arrival {
        const isAhead = number > this.highest + 1
        if (isAhead) this.addGap({ from: this.highest + 1, to: number - 1 })
        this.remember(number, crc)
        this.highest = number
        return isAhead ? "ahead" : "new"
    }

    /** One from before the first that came; from far before, it is of another boot with the same id. */
    private precede(number: number, crc: number): Arrival {
        if (number <= this.highest - REMEMBERED) return this.acceptOther(`${number}:${crc}`)
        if (number + 1 < this.lowest) this.gaps.unshift({ from: number + 1, to: this.lowest - 1 })
        this.lowest = number
        this.remember(number, crc)
        return "new"
    }

    private acceptOther(key: string): Arrival {
        if (this.others.has(key)) return "repeat"
        this.others.add(key)
        if (this.others.size > MAX_OTHERS)
            this.others.delete(this.others.values().next().value as string)
        return "new"
    }

    private addGap(gap: Gap): void {
        this.gaps.push(gap)
        if (this.gaps.length <= MAX_GAPS) return
        const oldest = this.gaps.shift() as Gap
        this.lostForGood += oldest.to - oldest.from + 1
    }

    private remember(number: number, crc: number): void {
        this.grow(Math.max(number, this.highest) - this.lowest + 1)
        if (number > this.highest - this.crcs.length) this.crcs[this.slot(number)] = crc
    }

    /** Makes room for N checksums, as far as they are remembered. */
    private grow(length: number): void {
        const before = this.crcs
        if (length <= before.length || before.length === REMEMBERED) return
        let room = before.length
        while (room < Math.min(length, REMEMBERED)) room *= 2
        this.crcs = new Uint16Array(room)
        for (let i = 0; i < before.length; i++) {
            const number = this.highest - i
            this.crcs[this.slot(number)] = before[number & (before.length - 1)]
        }
    }

    private slot(number: number): number {
        return number & (this.crcs.length - 1)
    }

    /** The number nearest to the highest so far that is this one modulo {@link SEQUENCE_MODULUS}. */
    private unwrapped(sequence: number): number {
        if (!this.hasBegun) return sequence
        const step = (sequence - this.highest) & (SEQUENCE_MODULUS - 1)
        return this.highest + (step < SEQUENCE_MODULUS / 2 ? step : step - SEQUENCE_MODULUS)
    }
}
