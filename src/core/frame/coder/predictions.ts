import {
    AGE,
    DELTA,
    DELTA_BEFORE,
    FAST,
    GRID,
    GRID_AGE,
    HISTORY,
    MEAN_LONG,
    MEAN_SHORT,
    MISS_LAST,
    MISS_LONG,
    MISS_NEIGHBOUR,
    MISS_RELATIVE,
    MISS_SHORT,
    MISS_TREND,
    RESIDUAL,
    RUN,
    SAME_RATE,
    SLOW,
} from "../lane.js"
import { FirstValues } from "./first-values.js"

/** Bound of differences in statistics; larger ones count as this. */
const MOST = 16777216

/**
 * "Prediction" and "Learning" in docs/frame-format.md: what the next difference of
 * a lane will be, from six simple guesses of which the best two count, and what a
 * value teaches.
 */
export abstract class Predictions extends FirstValues {
    /** Surprise (0 … 5) and its sign (0, 1 −, 2 +), last differences of the lane before. @scratch */
    protected neighbour = 0
    /** @scratch */
    protected neighbourSign = 0
    /** @scratch */
    protected neighbourDelta = 0
    /** @scratch */
    protected neighbourDeltaBefore = 0
    /** What they are between two parts of a row: surprise × 4 + sign, differences. */
    private keptSurprise = 0
    private keptDelta = 0
    private keptDeltaBefore = 0

    /** The predicted difference, in quarters. @scratch */
    protected predicted = 0
    /** The lane's mean size of residuals before it learns. @scratch */
    protected slow = 0

    /** The guesses of the difference, in sixteenths: from the mean of many values. @scratch */
    private fromLong = 0
    /** It goes on as before. @scratch */
    private fromTrend = 0
    /** From the mean of a few values. @scratch */
    private fromShort = 0
    /** As in the lane before. @scratch */
    private fromNeighbour = 0
    /** As there, less what that was before. @scratch */
    private fromRelative = 0

    /** The best two guesses up to now, and how far off they were. @scratch */
    private best = 0
    /** @scratch */
    private second = 0
    /** @scratch */
    private least = 0
    /** @scratch */
    private lesser = 0

    /** No lane of this row was coded. @inline */
    protected forgetNeighbour(): void {
        this.keptSurprise = 0
        this.keptDelta = 0
        this.keptDeltaBefore = 0
    }

    /** A part of a row ends. @inline */
    protected keepNeighbour(): void {
        this.keptSurprise = this.neighbour * 4 + this.neighbourSign
        this.keptDelta = this.neighbourDelta
        this.keptDeltaBefore = this.neighbourDeltaBefore
    }

    /** A part of a row begins. @inline */
    protected recallNeighbour(): void {
        this.neighbour = this.keptSurprise >> 2
        this.neighbourSign = this.keptSurprise & 3
        this.neighbourDelta = this.keptDelta
        this.neighbourDeltaBefore = this.keptDeltaBefore
    }

    /** The lane of the time steps is no neighbour. @inline */
    private leaveNoNeighbour(): void {
        this.neighbour = 0
        this.neighbourSign = 0
        this.neighbourDelta = 0
        this.neighbourDeltaBefore = 0
    }

    /** Predicts the difference of lane `lane`, whose state is `l`. @inline */
    protected predict(lane: number, l: number[]): void {
        this.fromLong = l[MEAN_LONG]
        this.fromTrend = (l[DELTA] + l[DELTA_BEFORE]) * 8
        this.fromShort = l[MEAN_SHORT]
        this.best = 0
        this.least = l[MISS_LAST]
        this.second = this.fromLong
        this.lesser = l[MISS_LONG]
        if (this.lesser < this.least) this.swapBest()
        this.rank(this.fromTrend, l[MISS_TREND])
        this.rank(this.fromShort, l[MISS_SHORT])
        if (lane > 1) {
            this.fromNeighbour = this.neighbourDelta * 16
            this.rank(this.fromNeighbour, l[MISS_NEIGHBOUR])
            this.fromRelative = this.neighbourDeltaBefore * 16 - this.fromNeighbour
            this.rank(this.fromRelative, l[MISS_RELATIVE])
        }
        this.predicted =
            this.lesser * 4 < this.least * 5 + 8
                ? (this.best + this.second + 4) >> 3
                : (this.best + 2) >> 2
    }

    /** The guess that is no change and that from the long mean change places. @inline */
    private swapBest(): void {
        this.second = 0
        this.best = this.fromLong
        const miss = this.least
        this.least = this.lesser
        this.lesser = miss
    }

    /** Is a guess one of the best two? @inline */
    private rank(guess: number, miss: number): void {
        if (miss < this.lesser)
            if (miss < this.least) {
                this.lesser = this.least
                this.second = this.best
                this.least = miss
                this.best = guess
            } else {
                this.lesser = miss
                this.second = guess
            }
    }

    /**
     * What the value that came teaches: `delta` from the last one.
     *
     * @param age of the lane, and its run, before it
     * @inline
     */
    protected learn(lane: number, l: number[], age: number, run: number, delta: number): void {
        l[AGE] = age + 1
        const d = delta > MOST ? MOST : delta < -MOST ? -MOST : delta
        const d16 = d * 16
        const residual = d - ((this.predicted + 2) >> 2)
        const size = residual < 0 ? residual * -16 : residual * 16
        // Means begin as plain ones and end as running ones.
        let pace = 5
        let slowPace = 4
        let fastPace = 2
        if (age < 32) {
            pace = (this.tables.roots[age] - 1) >> 1
            if (pace < 4) slowPace = pace
            if (pace < 2) fastPace = pace
        }
        const fast = l[FAST]
        l[FAST] = fast + ((size - fast) >> fastPace)
        l[SLOW] = this.slow + ((size - this.slow) >> slowPace)
        this.learnMisses(lane, l, d16, pace)
        this.learnMeans(l, d16, age)
        l[DELTA_BEFORE] = l[DELTA]
        l[DELTA] = d
        l[RESIDUAL] = residual
        this.tellNeighbour(residual, size, d)
        if (delta === 0) this.learnStay(l, run, pace)
        else this.learnChange(l, delta, pace)
        if (lane === 0) this.leaveNoNeighbour()
    }

    /** How far off each guess was. @inline */
    private learnMisses(lane: number, l: number[], d16: number, pace: number): void {
        this.learnMiss(l, MISS_LAST, d16, pace)
        this.learnMiss(l, MISS_LONG, d16 - this.fromLong, pace)
        this.learnMiss(l, MISS_TREND, d16 - this.fromTrend, pace)
        this.learnMiss(l, MISS_SHORT, d16 - this.fromShort, pace)
        if (lane > 1) {
            this.learnMiss(l, MISS_NEIGHBOUR, d16 - this.fromNeighbour, pace)
            this.learnMiss(l, MISS_RELATIVE, d16 - this.fromRelative, pace)
        }
    }

    /** @inline */
    private learnMiss(l: number[], field: number, off: number, pace: number): void {
        const miss = l[field]
        l[field] = miss + (((off < 0 ? -off : off) - miss) >> pace)
    }

    /** Means of the values less the last one. @inline */
    private learnMeans(l: number[], d16: number, age: number): void {
        const short = this.fromShort - d16
        l[MEAN_SHORT] = short - ((short / (age > 1 ? 3 : 2)) | 0)
        const long = this.fromLong - d16
        l[MEAN_LONG] = long - ((long / (age > 14 ? 16 : age + 1)) | 0)
    }

    /** What the next lane of the row hears. @param size of the residual in sixteenths @inline */
    private tellNeighbour(residual: number, size: number, d: number): void {
        this.neighbourDeltaBefore = this.neighbourDelta
        this.neighbourDelta = d
        this.neighbour = residual === 0 ? 1 : size < this.slow ? 2 : size < this.slow * 2 ? 3 : 4
        this.neighbourSign = residual === 0 ? 0 : residual < 0 ? 1 : 2
    }

    /** @inline */
    private learnStay(l: number[], run: number, pace: number): void {
        l[HISTORY] = (l[HISTORY] * 2 + 1) & 31
        l[RUN] = run + 1
        const rate = l[SAME_RATE]
        l[SAME_RATE] = rate + ((65535 - rate) >> pace)
    }

    /** @inline */
    private learnChange(l: number[], delta: number, pace: number): void {
        this.neighbour++
        l[HISTORY] = (l[HISTORY] * 2) & 31
        l[RUN] = 0
        const rate = l[SAME_RATE]
        l[SAME_RATE] = rate - (rate >> pace)
        if (l[GRID] !== 1) this.refineGrid(l, delta)
    }

    /** Takes a change into the lane's greatest common divisor. */
    private refineGrid(l: number[], delta: number): void {
        let b = l[GRID]
        let a = delta < 0 ? -delta : delta
        // −2³¹ has no positive int32.
        if (a > 2147483647) a = 1
        if (b === 0) l[GRID] = a
        else if (((a / b) | 0) * b !== a) {
            while (b !== 0) {
                const rest = a - ((a / b) | 0) * b
                a = b
                b = rest
            }
            l[GRID] = a
            l[GRID_AGE] = 0
        }
    }
}
