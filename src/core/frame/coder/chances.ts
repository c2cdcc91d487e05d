import { filled } from "../../list.js"
import { AT_FLAGS, FLAGS } from "../layout.js"
import { FrameEnd } from "./frame-end.js"
import { CHANCE_ONE } from "./range-coder.js"

/** The slots' rate for flags, which are rare. */
const FLAG_RATE = 75

/**
 * "Chances" in docs/frame-format.md: how likely a decision is, from the trained
 * statistics of its contexts and from a slot that learns within the frame.
 */
export abstract class Chances extends FrameEnd {
    /** The decision to come: its contexts, its slot, and how fast that learns. @scratch */
    protected context0 = 0
    /** @scratch */
    protected context1 = 0
    /** @scratch */
    protected context2 = 0
    /** @scratch */
    protected slot = 0
    /** @scratch */
    protected gain = 0

    private readonly flagSlots: number[] = filled(FLAGS, 0)

    /** @inline */
    protected beginFlags(): void {
        for (let i = 0; i < FLAGS; i++) this.flagSlots[i] = 0
    }

    /** The logit of a decision with three contexts and a slot, not yet limited. @inline */
    protected mix(a: number, b: number, c: number, learnt: number): number {
        return this.tables.prior[a] + this.tables.prior[b] + this.tables.prior[c] + (learnt >> 8)
    }

    /** The logit of a decision with one context. @inline */
    protected logitOf(context: number): number {
        return this.tables.prior[context]
    }

    /** @param logit 0 … 255 @inline */
    protected chanceOf(logit: number): number {
        return this.tables.curveLow[logit] | (this.tables.curveHigh[logit] << 8)
    }

    /** The training listens here. @inline */
    // eslint-disable-next-line @typescript-eslint/no-unused-vars -- only the training uses them
    protected heard(_a: number, _b: number, _c: number, _bit: number, _chance: number): void {}

    /** A decision with the slots of a lane, as posed in the fields above. @returns the bit @inline */
    protected decide(slots: number[], bit: number): number {
        const learnt = slots[this.slot]
        let logit = this.mix(this.context0, this.context1, this.context2, learnt)
        if ((logit & -256) !== 0) logit = logit < 0 ? 0 : 255
        const chance = this.chanceOf(logit)
        const bound = this.boundOf(chance)
        if (this.decoding) bit = this.bitBelow(bound)
        this.heard(this.context0, this.context1, this.context2, bit, chance)
        if (bit === 1) {
            this.takeOne(bound)
            slots[this.slot] = learnt + (((CHANCE_ONE - chance) * this.gain) >> 11)
        } else {
            this.takeZero(bound)
            slots[this.slot] = learnt - ((chance * this.gain) >> 11)
        }
        this.renormalise()
        return bit
    }

    /** A decision with one context and no slot, without renormalising. @returns the bit @inline */
    protected decidePlainly(context: number, bit: number): number {
        const chance = this.chanceOf(this.logitOf(context))
        const bound = this.boundOf(chance)
        if (this.decoding) bit = this.bitBelow(bound)
        this.heard(context, 0, 0, bit, chance)
        if (bit === 1) this.takeOne(bound)
        else this.takeZero(bound)
        return bit
    }

    /** A rare decision with one context; the first few of them have a slot. @returns the bit */
    protected flag(context: number, bit: number): number {
        const slot = context - AT_FLAGS
        const isLearning = slot < FLAGS
        let logit = this.logitOf(context)
        if (isLearning) logit += this.flagSlots[slot] >> 8
        if (logit < 0) logit = 0
        else if (logit > 255) logit = 255
        const chance = this.chanceOf(logit)
        const bound = this.boundOf(chance)
        if (this.decoding) bit = this.bitBelow(bound)
        this.heard(context, 0, 0, bit, chance)
        if (bit === 1) this.takeOne(bound)
        else this.takeZero(bound)
        if (isLearning)
            this.flagSlots[slot] =
                this.flagSlots[slot] + (((bit * CHANCE_ONE - chance) * FLAG_RATE) >> 11)
        if (this.range < 65536) this.settle()
        return bit
    }
}
