/**
 * Chance as a function of a seed and a number, so that it does not matter in which order it is asked. Not
 * for secrets.
 */
import { SeededRandom } from "../time/random.js"

export class Chance {
    private readonly key: number

    /** @param seed any text or number */
    constructor(private readonly seed: string | number) {
        this.key = new SeededRandom(seed).uint32()
    }

    /** Another source from the same seed. */
    of(name: string | number): Chance {
        return new Chance(`${this.seed}/${name}`)
    }

    /** Uniform in [0, 1), always the same for the same number (an integer of at most 53 bits). */
    at(index: number): number {
        let z = (this.key ^ Math.imul(index | 0, 0x9e3779b9)) >>> 0
        z = (z ^ Math.imul(Math.floor(index / 0x1_0000_0000) | 0, 0x85ebca6b)) >>> 0
        z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
        z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
        return ((z ^ (z >>> 15)) >>> 0) / 0x1_0000_0000
    }

    /** Uniform in [from, to). */
    between(index: number, from: number, to: number): number {
        return from + (to - from) * this.at(index)
    }

    /** About normal with mean 0 and standard deviation 1: the sum of four, within ±3.5. */
    normal(index: number): number {
        const sum = [0, 1, 2, 3].reduce((total, i) => total + this.at(4 * index + i), 0)
        return (sum - 2) * Math.sqrt(3)
    }

    /**
     * Smooth noise in [−1, 1]: random values at every multiple of a period, joined by
     * curves without a bend.
     */
    smooth(unixMs: number, periodMs: number): number {
        const at = unixMs / periodMs
        const slot = Math.floor(at)
        const share = at - slot
        const from = 2 * this.at(slot) - 1
        const to = 2 * this.at(slot + 1) - 1
        return from + (to - from) * share * share * (3 - 2 * share)
    }
}

/** Something that happens at random: its time and a number for all else that is drawn for it. */
export interface Occasion {
    readonly atMs: number
    /** Index for {@link Chance.at}; another one for each occasion. */
    readonly index: number
}

/** Occasions of one slot. */
const MOST_PER_SLOT = 64

/**
 * Occasions at random, by slots of time: at most {@link MOST_PER_SLOT} in one.
 */
export class Occasions {
    /**
     * @param slotMs short enough that the rate is about the same all through it
     * @param expected mean number of occasions in the slot that begins at a time
     */
    constructor(
        private readonly chance: Chance,
        private readonly slotMs: number,
        private readonly expected: (slotStartMs: number) => number
    ) {}

    /** Those in [from, to), in order of time. */
    between(fromMs: number, toMs: number): Occasion[] {
        const found: Occasion[] = []
        for (let slot = Math.floor(fromMs / this.slotMs); slot * this.slotMs < toMs; slot++)
            for (const occasion of this.inSlot(slot))
                if (occasion.atMs >= fromMs && occasion.atMs < toMs) found.push(occasion)
        return found
    }

    /** The latest one at or before a time that is at most so long ago. */
    latest(unixMs: number, atMostMs: number): Occasion | undefined {
        const { slotMs } = this
        const first = Math.floor((unixMs - atMostMs) / slotMs)
        for (let slot = Math.floor(unixMs / slotMs); slot >= first; slot--) {
            const before = this.inSlot(slot).filter(({ atMs }) => atMs <= unixMs)
            const last = before.at(-1)
            if (last !== undefined) return unixMs - last.atMs <= atMostMs ? last : undefined
        }
        return undefined
    }

    /** Poisson's distribution, by the product of uniform numbers (Knuth). */
    private inSlot(slot: number): Occasion[] {
        const start = slot * this.slotMs
        const base = slot * 2 * MOST_PER_SLOT
        const limit = Math.exp(-this.expected(start))
        let count = 0
        for (let p = this.chance.at(base); p > limit && count < MOST_PER_SLOT; count++)
            p *= this.chance.at(base + count + 1)
        return Array.from({ length: count }, (_, i) => ({
            atMs: start + this.chance.at(base + MOST_PER_SLOT + i) * this.slotMs,
            index: base + i,
        })).sort((a, b) => a.atMs - b.atMs)
    }
}
