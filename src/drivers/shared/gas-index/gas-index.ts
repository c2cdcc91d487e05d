/**
 * Gas index of Sensirion's SGP40 and SGP41: raw ticks to 1 … 500, where 100 is the usual air of
 * the place for organic compounds (VOC) and 1 for nitrogen oxides (NOx). Mean and spread of the
 * place are learned over 12 h; a long event does not count as usual air ("gating").
 *
 * A fixed-point implementation of its own after the maths and constants of Sensirion's
 * gas-index-algorithm, version 3.2 (https://github.com/Sensirion/gas-index-algorithm, BSD-3-Clause,
 * copyright 2021 Sensirion AG), with its default tuning. Only whole numbers below 2⁵³ occur, so it
 * is the same on the board and in Node, to the last bit. Free of device imports.
 *
 * Q24 means: in units of 2⁻²⁴.
 */

import { Bytes, getU32, putU32 } from "../../../core/bytes.js"

export const VOC = 0
export const NOX = 1

const Q14 = 16384
const Q16 = 65536
const Q18 = 262144
const Q20 = 1048576
const Q24 = 16777216
const Q28 = 268435456

/** No index for so long after the start, s. */
const BLACKOUT_S = 45
/** Counters of seconds stop here. */
const LONGEST_S = 32767
/** Largest signal above the minimum, ticks. */
const LARGEST_SIGNAL = 32767
/** Ticks from here on are no signal; the latest one counts instead. */
const INVALID_TICKS = 65000
const LARGEST_INDEX = 500
const GAIN = 230
const SPREAD_AT_START = 50
const SPREAD_BONUS = 220
const LEARNING_S = 43200
const LEARNING_SPREAD_AT_START_S = 2500
const GATE_AT_START = 510
/** A state that is restored counts as learned for so long: the reference's set_states. */
const RESTORED_S = 10800
const FAST_S = 20
const SLOW_S = 500

// Slopes of logistic curves, times log2(e), in Q24.
const SLOPE_START = 242044 // 0.01 per s
const SLOPE_GATE = 2178397 // 0.09 per index point
const SLOPE_FILTER = 4840881 // 0.2 per index point

/** What differs between VOC and NOx. */
interface Gas {
    readonly minimum: number
    /** First index. */
    readonly usual: number
    /** Slope of the index curve times log2(e), in Q24, and its middle. */
    readonly slope: number
    readonly middle: number
    readonly learningAtStart: number
    /** Length of the phases in which it learns faster, s. */
    readonly meanStart: number
    readonly spreadStart: number
    /** Index from which on an event does not count as usual air, and for how long at most, s. */
    readonly gate: number
    readonly longestGate: number
}

const GASES: readonly Gas[] = [
    {
        minimum: 20000,
        usual: 100,
        slope: 157329, // 0.0065
        middle: 213,
        learningAtStart: 20,
        meanStart: 2700,
        spreadStart: 5220,
        gate: 340,
        longestGate: 10800,
    },
    {
        minimum: 10000,
        usual: 1,
        slope: 244465, // 0.0101
        middle: 614,
        learningAtStart: 1200,
        meanStart: 17100,
        spreadStart: 20520,
        gate: 30,
        longestGate: 43200,
    },
]

export class GasIndex {
    private readonly gas: Gas
    private uptime = 0
    /** Signal above the minimum, ticks; 0: none yet. */
    private signal = 0
    /** Learned mean of the signal, Q24; below 0: none yet. */
    private mean = -1
    /** Deviation of the signal from it, Q10. */
    private deviation = 0
    /** Learned variance in ticks², Q16, and its root, Q8. */
    private variance = 0
    private spread = 0
    /** Seconds of learning, and since a gate was opened by force. */
    private learned = 0
    private gated = 0
    /** How long events have lasted lately, in 2⁻²⁴ of 0.1 s. */
    private eventTime = 0
    /** States of the filters in index points, Q20; below 0: none yet. */
    private fast = -1
    private slow = 0
    private filtered = 0
    /** The index, Q20. */
    private index = 0

    /**
     * @param kind {@link VOC} or {@link NOX}
     * @param seconds time between two samples, 1 or 10: for these the reference was tested
     * @throws RangeError for other times
     */
    constructor(
        private readonly kind: number,
        private readonly seconds: number
    ) {
        if (seconds !== 1 && seconds !== 10)
            throw new RangeError("gas index: takes a sample every 1 or 10 s, got " + seconds)
        this.gas = GASES[kind]
        this.reset()
    }

    /** Forgets the place: as after a longer interruption. */
    reset(): void {
        this.uptime = 0
        this.signal = 0
        this.mean = -1
        this.variance = SPREAD_AT_START * SPREAD_AT_START * Q16
        this.spread = SPREAD_AT_START * 256
        this.learned = 0
        this.gated = 0
        this.eventTime = 0
        this.fast = -1
        this.index = 0
    }

    /** Whether it has learned long enough for {@link save}: "3 hours of continuous operation". */
    isSettled(): boolean {
        return this.learned >= RESTORED_S
    }

    /** Writes mean and spread of the place in 8 B, of VOC only: the reference has none of NOx. */
    save(target: Bytes, at: number): void {
        putU32(target, at, Math.floor(this.mean / 256))
        putU32(target, at + 4, this.spread)
    }

    /** Goes on from what {@link save} wrote, after a {@link reset}. */
    restore(source: Bytes, at: number): void {
        this.mean = getU32(source, at) * 256
        this.spread = getU32(source, at + 4)
        this.variance = this.spread * this.spread
        this.signal = Math.floor(this.mean / Q24)
        this.learned = RESTORED_S
        this.fast = -1
    }

    /**
     * Takes the next sample.
     * @param ticks SRAW_VOC or SRAW_NOX, 0 … 65,535; 0 and 65,000 and above repeat the one before
     * @returns the index, 1 … 500; 0 in the first 45 s
     */
    process(ticks: number): number {
        if (this.uptime <= BLACKOUT_S) {
            this.uptime += this.seconds
            return 0
        }
        if (ticks > 0 && ticks < INVALID_TICKS) {
            const signal = ticks - this.gas.minimum
            this.signal = signal < 1 ? 1 : signal > LARGEST_SIGNAL ? LARGEST_SIGNAL : signal
        }
        this.smooth(this.momentary())
        if (this.signal > 0) this.learn()
        return Math.floor(this.index / Q20 + 0.5)
    }

    /** Index of this very signal, Q20. */
    private momentary(): number {
        const gas = this.gas
        const isNox = this.kind === NOX
        if (isNox && this.mean < 0) return gas.usual * Q20
        const mean = this.mean < 0 ? 0 : this.mean
        const deviation = Math.floor((this.signal * Q24 - mean) / Q14 + 0.5)
        this.deviation = deviation
        // The deviation in spreads, times the gain, Q16. NOx has a fixed spread of 2000.
        const relative = isNox
            ? (deviation * GAIN * 64) / 2000
            : (0 - deviation * GAIN * Q14) / (this.spread + SPREAD_BONUS * 256)
        const curve = logistic(gas.middle * Q16 - Math.floor(relative), gas.slope)
        return Math.floor((curve * LARGEST_INDEX) / 16)
    }

    /** A low pass of 500 s that opens to 20 s when the index moves. */
    private smooth(sample: number): void {
        const seconds = this.seconds
        if (this.fast < 0) {
            this.fast = sample
            this.slow = sample
            this.filtered = sample
        }
        this.fast += Math.floor(((sample - this.fast) * seconds) / (FAST_S + seconds) + 0.5)
        this.slow += Math.floor(((sample - this.slow) * seconds) / (SLOW_S + seconds) + 0.5)
        const distance = Math.floor(Math.abs(this.fast - this.slow) / 16)
        const calm = halved(Math.floor((distance * SLOPE_FILTER) / Q24))
        const share = seconds * Q16
        const time = FAST_S * Q16 + Math.floor((calm * (SLOW_S - FAST_S)) / 256)
        this.filtered += Math.floor(((sample - this.filtered) * share) / (share + time) + 0.5)
        this.index = this.filtered < Q20 / 2 ? Q20 / 2 : this.filtered
    }

    /** Moves mean and spread of the place towards this signal. */
    private learn(): void {
        if (this.mean < 0) {
            this.mean = this.signal * Q24
            return
        }
        const gas = this.gas
        const seconds = this.seconds
        if (this.learned < LONGEST_S - seconds) this.learned += seconds
        if (this.gated < LONGEST_S - seconds) this.gated += seconds

        const isNew = logistic((this.learned - gas.meanStart) * Q16, SLOPE_START)
        const usualAir = this.usualAir(gas.meanStart)
        const meanRate = between(
            rate(seconds, LEARNING_S),
            rate(seconds, gas.learningAtStart),
            isNew
        )
        // The index of NOx does not depend on the spread.
        if (this.kind === VOC) {
            const isSpreadNew = logistic((this.learned - gas.spreadStart) * Q16, SLOPE_START)
            const spreadRate = between(
                rate(seconds, LEARNING_S),
                rate(seconds, LEARNING_SPREAD_AT_START_S),
                isSpreadNew - isNew
            )
            this.learnSpread(Math.floor((this.usualAir(gas.spreadStart) * spreadRate) / Q24))
        }
        const share = Math.floor((usualAir * meanRate) / Q24)
        this.mean += Math.floor((this.deviation * share) / Q14 + 0.5)

        // An event adds its time, usual air takes it off again at 3/10 of that.
        this.eventTime += seconds * (13 * (Q24 - usualAir) - 3 * Q24)
        if (this.eventTime < 0) this.eventTime = 0
        if (this.eventTime > gas.longestGate * 10 * Q24) this.gated = 0
    }

    /** How far the air of now counts as usual, Q24. @param start length of the phase in which more does, s */
    private usualAir(start: number): number {
        const gate = this.gas.gate
        const isOpen = logistic((this.gated - start) * Q16, SLOPE_START)
        const threshold = gate * Q16 + Math.floor(((GATE_AT_START - gate) * isOpen) / 256)
        return logistic(Math.floor(this.index / 16) - threshold, SLOPE_GATE)
    }

    /** V' = (1 − r) (V + r d²), which is V + r ((1 − r) d² − V). @param share r, Q28 */
    private learnSpread(share: number): void {
        const square = Math.floor((this.deviation * this.deviation) / Q18)
        const distance =
            square - Math.floor((square * share) / Q28) - Math.floor(this.variance / Q14)
        this.variance += Math.floor((distance * share) / Q14 + 0.5)
        if (this.variance < 1) this.variance = 1
        // Newton's method from the root before; each step is from above.
        const variance = this.variance
        let root = Math.floor((this.spread + Math.floor(variance / this.spread)) / 2)
        if (root < 1) root = 1
        while (root * root > variance) root = Math.floor((root + Math.floor(variance / root)) / 2)
        this.spread = root < 1 ? 1 : root
    }
}

/** Share of a first-order filter, Q28. */
function rate(seconds: number, timeConstant: number): number {
    return Math.floor((seconds * Q28) / (timeConstant + seconds) + 0.5)
}

/** From `low` to `high` as `part` goes from 0 to 1 (Q24). */
function between(low: number, high: number, part: number): number {
    return low + Math.floor(((high - low) * part) / Q24)
}

/** 1 / (1 + 2^(x × slope)), Q24. @param x Q16, |x| < 2³² @param slope Q24, < 2²¹ when x is that large */
function logistic(x: number, slope: number): number {
    const power = halved(Math.floor((Math.abs(x) * slope) / Q24))
    const upper = Math.floor((power * Q24) / (Q24 + power))
    return x > 0 ? upper : Q24 - upper
}

/**
 * 2^−x in Q24 for x ≥ 0 in Q16; a polynomial of degree 4 fitted to the fraction, relative
 * error 4·10⁻⁶ and one unit.
 */
function halved(x: number): number {
    if (x >= 24 * Q16) return 0
    const fraction = x & 0xffff
    let p = Math.floor((7346532 * fraction) / Q16) - 57151877
    p = Math.floor((p * fraction) / Q16) + 257095898
    p = Math.floor((p * fraction) / Q16) - 744157487
    p = Math.floor((p * fraction) / Q16) + 1073739778
    return p >> (6 + (x >> 16))
}
