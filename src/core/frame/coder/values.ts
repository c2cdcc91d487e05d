import {
    GRID_AGE,
    HISTORY,
    KNOWN,
    LAST,
    RESIDUAL,
    RUN,
    SAME_RATE,
    SLOT_GRID,
    SLOT_SAME,
    SLOT_SIGN,
    SLOT_STAND,
} from "../lane.js"
import {
    AT_GRID,
    AT_GRID_SCALE,
    AT_NEUTRAL,
    AT_SAME_HISTORY,
    AT_SAME_RUN,
    AT_SAME_SCALE,
    AT_SIGN,
    AT_SIGN_BEFORE,
    AT_STAND_RATE,
    AT_STAND_RUN,
} from "../layout.js"
import { Memory } from "./memory.js"

/** After this many repeats a value stands: that is coded by itself, and teaches nothing. */
const STANDS = 7

/** What comes next for a value: first all that it needs, then up to four questions. */
const SETUP = 0
const STAND = 1
const SAME = 2
const RECALL = 3
const GRID_HIT = 4
const SIGN = 5

/**
 * "Values" in docs/frame-format.md: a value of a lane is a chain of questions (does
 * it stand, does it stay, is the change on the grid, which sign), then a size.
 */
export abstract class Values extends Memory {
    /** It was too likely to change for asking whether it stays. @scratch */
    private isOpen = false
    /** What is asked first when it changes. @scratch */
    private ofChange = 0
    /** Where the coder was before the change, in half bits. @scratch */
    private placeBefore = 0

    /**
     * Codes the next value of a lane that has one already.
     *
     * @param lane number of the lane
     * @param l its state
     * @param age of the lane
     * @param value the encoder's
     * @returns it
     * @inline
     */
    protected codeNext(lane: number, l: number[], age: number, value: number): number {
        const run = l[RUN]
        const last = l[LAST]
        const rate = this.tables.rates[age > 127 ? 127 : age]
        let delta = this.decoding ? 0 : (value - last) | 0
        let question = SETUP
        if (run > STANDS && lane > 0) question = STAND
        this.context2 = AT_NEUTRAL
        this.unit = 1
        this.shift = 0
        // No size is needed: it stays, or is one of those that are remembered.
        let isTold = false
        let isChange = false
        let bit = 0
        for (;;) {
            if (question === SETUP) {
                this.predict(lane, l)
                this.measure(l, age)
                question = this.firstQuestion(lane, l, run, age)
            }
            if (question === SIGN) bit = this.poseSign(l, delta, rate)
            else if (question === SAME) bit = this.poseSame(l, delta, rate, run)
            else if (question === STAND) bit = this.poseStand(l, delta, rate, run)
            else if (question === GRID_HIT) bit = this.poseGrid(l, delta, rate)
            else {
                isChange = true
                isTold = this.recall(lane, l, this.isOpen, value)
                if (isTold) break
                this.placeBefore = this.place()
                question = this.unit > 1 ? GRID_HIT : SIGN
                continue
            }
            bit = this.decide(l, bit)
            if (question === SIGN) break
            if (question === GRID_HIT) {
                if (bit === 0) this.leaveGrid()
                else if (l[GRID_AGE] < 15) l[GRID_AGE] = l[GRID_AGE] + 1
                question = SIGN
            } else if (bit === 1) {
                isTold = true
                break
            } else if (question === STAND) question = SETUP
            else question = this.ofChange
        }
        if (isTold && run > STANDS && !isChange) {
            if (this.decoding) value = last
            this.stand(l, run)
        } else {
            if (!isTold) this.codeSize(l)
            if (this.decoding) {
                if (!isTold) delta = this.deltaOf(bit)
                else if (isChange) delta = (this.recalled(lane) - last) | 0
                value = (last + delta) | 0
            }
            if (isChange)
                this.remember(lane, l, value, isTold ? -1 : this.place() - this.placeBefore)
            l[LAST] = value
            this.learn(lane, l, age, run, delta)
        }
        return value
    }

    /** Half bits that were coded, from some point on. @inline */
    private place(): number {
        return this.at * 16 - this.tables.roots[this.range >> 16]
    }

    /** A value that stands has nothing more to teach. @inline */
    private stand(l: number[], run: number): void {
        l[RUN] = run + 1
        this.neighbour = 1
        this.neighbourSign = 0
        this.neighbourDeltaBefore = this.neighbourDelta
        this.neighbourDelta = 0
    }

    /** Whether it stays is not asked when that is unlikely. @inline */
    private firstQuestion(lane: number, l: number[], run: number, age: number): number {
        this.isOpen = false
        this.ofChange = l[KNOWN] > 0 ? RECALL : this.unit > 1 ? GRID_HIT : SIGN
        let question = this.ofChange
        if (run <= STANDS && lane > 0)
            if (age > 2 && l[SAME_RATE] * (this.meanSize + 8) < 419430) this.isOpen = true
            else question = SAME
        return question
    }

    /** @returns the encoder's answer @inline */
    private poseStand(l: number[], delta: number, rate: number, run: number): number {
        this.context0 =
            AT_STAND_RUN + (run > 63 ? 18 : run > 31 ? 12 : run > 15 ? 6 : 0) + this.neighbour
        this.context1 = AT_STAND_RATE + (l[SAME_RATE] >> 13)
        this.slot = SLOT_STAND
        this.gain = rate * 4
        return delta === 0 ? 1 : 0
    }

    /** @returns the encoder's answer @inline */
    private poseSame(l: number[], delta: number, rate: number, run: number): number {
        const history = l[HISTORY]
        let recent = history & 3
        if (run > 0) recent = run > 3 ? 6 : run > 1 ? 5 : 4
        let off = this.offset < 0 ? -this.offset : this.offset
        if (off > 3) off = 3
        this.context0 = AT_SAME_SCALE + this.scale * 9 + this.spread
        this.context1 = AT_SAME_RUN + (this.ageClass * 8 + recent) * 6 + this.neighbour
        this.context2 = AT_SAME_HISTORY + history * 4 + off
        this.slot = SLOT_SAME + (history & 7)
        this.gain = rate * 4
        return delta === 0 ? 1 : 0
    }

    /** @returns the encoder's answer @inline */
    private poseGrid(l: number[], delta: number, rate: number): number {
        const unit = this.unit
        let kind = 5
        if (unit < 4) kind = 0
        else if (unit < 8) kind = 1
        else if (((unit / 10) | 0) * 10 === unit) kind = 2
        else if (((unit / 5) | 0) * 5 === unit) kind = 3
        else if (unit < 32) kind = 4
        this.context0 = AT_GRID + l[GRID_AGE] * 6 + kind
        this.context1 = AT_GRID_SCALE + this.ageClass * 24 + this.scale
        this.context2 = AT_NEUTRAL
        this.slot = SLOT_GRID
        this.gain = rate
        return ((delta / unit) | 0) * unit === delta ? 1 : 0
    }

    /** @returns the encoder's answer; its size is in {@link size} then @inline */
    private poseSign(l: number[], delta: number, rate: number): number {
        const was = l[RESIDUAL]
        const signBefore = was === 0 ? 0 : was < 0 ? 1 : 2
        const off = this.offset < -3 ? 0 : this.offset > 3 ? 6 : this.offset + 3
        this.context0 = AT_SIGN + ((this.isOpen ? 7 : off) * 24 + this.scale) * 4 + this.fraction
        this.context1 = AT_SIGN_BEFORE + (signBefore * 3 + this.neighbourSign) * 7 + off
        this.context2 = AT_NEUTRAL
        this.slot = SLOT_SIGN + signBefore
        this.gain = rate
        return this.decoding ? 0 : this.split(delta)
    }

    /** Encoder: the residual's size. @returns 1 if it is negative @inline @encoder */
    private split(delta: number): number {
        const residual =
            this.unit > 1 ? ((delta / this.unit) | 0) - this.offset : (delta - this.offset) | 0
        let isNegative = 0
        if (residual < 0) {
            isNegative = 1
            this.size = -residual - 1
        } else if (this.offset === 0 && !this.isOpen) this.size = residual - 1
        else this.size = residual
        return isNegative
    }

    /** Decoder: the difference from size and sign. @inline @decoder */
    private deltaOf(isNegative: number): number {
        let residual = isNegative === 1 ? -this.size - 1 : this.size
        if (isNegative === 0 && this.offset === 0 && !this.isOpen) residual++
        return ((residual + this.offset) * this.unit) | 0
    }
}
