import { filled } from "../../list.js"
import { FIRST_GAP } from "../../quality.js"
import { AGE } from "../lane.js"
import { AT_QUALITY, AT_QUALITY_OF, AT_STEP } from "../layout.js"
import { ROW_ADDED, ROW_FULL, ROW_UNFINISHED } from "../row-result.js"
import { CHANCE_ONE } from "./range-coder.js"
import { Values } from "./values.js"

const REGULAR_AT_FIRST = 32000

/**
 * The model and the range coder of a frame's rows, for both directions, so that they
 * cannot disagree. It is written to be read, with docs/frame-format.md beside it, in
 * one class for each section: range-coder.ts, frame-end.ts, chances.ts,
 * first-values.ts, predictions.ts, scales.ts, sizes.ts, memory.ts, values.ts, and this one,
 * "Rows". What runs is made from it by `npm run specialise:codec`: row-encoder.ts
 * and row-decoder.ts, each without what only the other direction needs, and with
 * what happens for each reading in one long method, because a call costs the VM as
 * much as twenty additions or more.
 *
 * The generator goes by tags: calls of an `@inline` method become its body, a
 * `@scratch` field a local variable, and `@encoder` and `@decoder` members are
 * there for one direction only. All memory is taken in the constructor.
 */
export class RowCoder extends Values {
    /** Time of the last row, ticks. */
    time = 0

    /** Next lane of the open row; −1: no row is open. */
    private lane = -1
    private hasNewStep = false
    /** Channels without a value. */
    private gaps = 0
    /** Chance that a row has the usual time step and no new quality. */
    private regularChance = 0
    private readonly qualityNow: number[] = filled(this.channels, 0)

    /** Starts a frame whose rows begin at a byte of the buffer. */
    begin(at: number): void {
        this.beginEnds()
        this.beginBytes(at)
        this.beginFlags()
        this.beginLanes()
        this.time = 0
        this.lane = -1
        this.hasNewStep = false
        this.gaps = 0
        this.regularChance = REGULAR_AT_FIRST
        for (let i = 0; i < this.channels; i++) this.qualityNow[i] = 0
        this.gamma(this.channels)
    }

    /**
     * Codes one row, or the next lanes of it. The encoder reads the arguments;
     * the decoder fills the arrays, wants the time of the first row and leaves
     * each row's in {@link time}.
     *
     * What the model learnt from a row that does not fit stays, so the frame must
     * be finished then; the next one starts with an empty model anyway.
     *
     * @param most lanes to code before it returns {@link ROW_UNFINISHED}
     * @returns ROW_ADDED, ROW_UNFINISHED or ROW_FULL
     */
    code(time: number, values: number[], qualities: number[], most: number): number {
        if (this.lane < 0) this.beginRow(time, qualities)
        this.codeLanes(values, most)
        if (this.decoding && this.bad) return ROW_FULL
        if (this.lane <= this.channels) return ROW_UNFINISHED
        this.lane = -1
        const fits = this.endsHere()
        if (!this.decoding && !fits) return ROW_FULL
        if (this.decoding) {
            this.time = this.rows === 1 ? time : (this.time + this.step) >>> 0
            for (let i = 0; i < this.channels; i++) qualities[i] = this.qualityNow[i]
        } else this.time = time
        return ROW_ADDED
    }

    /** Is it regular: with the time step of the row before, and its qualities? @inline */
    private beginRow(time: number, qualities: number[]): void {
        let bit = this.decoding ? 0 : this.isRegular(time, qualities)
        if (this.rows > 1) {
            const chance = this.regularChance
            const bound = this.boundOf(chance)
            if (this.decoding) bit = this.bitBelow(bound)
            if (bit === 1) {
                this.takeOne(bound)
                this.regularChance = chance + ((CHANCE_ONE - chance) >> 4)
            } else {
                this.takeZero(bound)
                this.regularChance = chance - (chance >> 3)
            }
            if (this.range < 65536) this.settle()
        } else bit = 0
        if (bit === 0) this.irregular(qualities)
        this.lane = this.hasNewStep ? 0 : 1
        this.hasNewStep = false
        this.forgetNeighbour()
    }

    /** @returns 1 if it is; else it knows whether the step is new @inline @encoder */
    private isRegular(time: number, qualities: number[]): number {
        let bit = 0
        if (this.rows !== 0) {
            bit = 1
            const step = (time - this.time) | 0
            if (step !== this.step) {
                this.step = step
                this.hasNewStep = true
                bit = 0
            }
            for (let i = 0; i < this.channels; i++) if (qualities[i] !== this.qualityNow[i]) bit = 0
        }
        return bit
    }

    /** The start of a row whose time step or qualities are not those of the row before. */
    private irregular(qualities: number[]): void {
        const rows = this.rows
        const decoding = this.decoding
        const now = this.qualityNow
        let isNew = 0
        if (!decoding)
            for (let i = 0; i < this.channels; i++) if (qualities[i] !== now[i]) isNew = 1
        if (rows === 1) this.hasNewStep = true
        else if (rows > 1)
            this.hasNewStep = this.flag(AT_STEP + (rows > 2 ? 1 : 0), this.hasNewStep ? 1 : 0) === 1
        // One of the two it must be.
        if (rows < 2 || this.hasNewStep)
            isNew = this.flag(AT_QUALITY + (rows > 2 ? 2 : rows), isNew)
        else isNew = 1
        if (isNew === 0) return
        this.gaps = 0
        for (let i = 0; i < this.channels; i++) {
            isNew = !decoding && qualities[i] !== now[i] ? 1 : 0
            if (this.flag(AT_QUALITY_OF + (rows > 0 ? 1 : 0), isNew) === 1)
                now[i] = this.raw(4, decoding ? 0 : qualities[i])
            if (now[i] >= FIRST_GAP) this.gaps = this.gaps + 1
        }
    }

    /** The lanes of the open row, as many as there are or as may be. @inline @locals */
    private codeLanes(values: number[], most: number): void {
        const lanes = this.lanes
        const hasGaps = this.gaps > 0
        let stop = this.lane + most
        if (stop > this.channels) stop = this.channels + 1
        this.recallNeighbour()
        for (;;) {
            if (hasGaps && this.lane > 0) this.skipGaps(values)
            if (this.lane >= stop) break
            this.codeLane(lanes[this.lane], values)
            this.lane++
            if (this.decoding && this.bad) break
        }
        if (this.lane <= this.channels) this.keepNeighbour()
    }

    /** @inline */
    private skipGaps(values: number[]): void {
        while (this.lane <= this.channels && this.qualityNow[this.lane - 1] >= FIRST_GAP) {
            if (this.decoding) values[this.lane - 1] = 0
            this.lane++
        }
    }

    /** @inline */
    private codeLane(l: number[], values: number[]): void {
        const age = l[AGE]
        let value = this.decoding ? 0 : this.lane > 0 ? values[this.lane - 1] : this.step
        if (age === 0) {
            value = this.first(this.lane, value)
            if (this.lane > 0) this.beginMemory(this.lane, l, value)
        } else {
            value = this.codeNext(this.lane, l, age, value)
            if (this.lane > 0) this.neighbourValue = value
            else if (this.decoding) this.step = value
        }
        if (this.decoding && this.lane > 0) values[this.lane - 1] = value
    }
}
