import { SLOT_SIZE } from "../lane.js"
import { AT_SECOND, AT_TOP, BUCKETS } from "../layout.js"
import { Scales } from "./scales.js"

/**
 * "Sizes" in docs/frame-format.md: the bit length of a residual above the scale, in
 * unary, then its low bits.
 */
export abstract class Sizes extends Scales {
    /** The residual's, less one where it cannot be 0. @scratch */
    protected size = 0

    /** Codes {@link size}. @param l the lane @inline */
    protected codeSize(l: number[]): void {
        const bucket = this.codeBucket(l)
        let lowBits = this.shift
        if (bucket > 1) lowBits += bucket - 1
        if (this.decoding) {
            if (lowBits > 30) {
                this.bad = true
                lowBits = 0
            }
            this.size = bucket === 0 ? 0 : 1 << (bucket - 1 + this.shift)
        }
        this.codeLowBits(bucket > 9 ? 9 : bucket, lowBits)
    }

    /** @returns how many bits the size has above the shift @inline */
    private codeBucket(l: number[]): number {
        const high = this.size >> this.shift
        let bucket = 0
        for (;;) {
            this.context0 = this.sizeContext + bucket
            this.context1 = this.sizeBefore + bucket
            this.context2 = this.sizeAge + bucket
            this.slot = SLOT_SIZE + bucket
            const isIt = this.decide(l, high >> bucket === 0 ? 1 : 0)
            if (isIt === 1) break
            bucket++
            if (bucket === BUCKETS) {
                bucket += this.escape(high)
                break
            }
        }
        return bucket
    }

    /** Larger than all buckets. @returns by how many bits */
    private escape(high: number): number {
        let length = BUCKETS
        if (!this.decoding) while (length < 31 && high >= 1 << length) length++
        return this.raw(5, length - BUCKETS)
    }

    /**
     * The low bits, the highest first: the first two are not quite even; the others
     * go in as they are.
     *
     * @inline
     */
    private codeLowBits(bucket: number, lowBits: number): void {
        let context = AT_TOP + bucket * 24 + this.scale
        let tops = 2
        while (lowBits > 0) {
            if (tops > 0) {
                lowBits--
                const bit = this.decidePlainly(context, (this.size >> lowBits) & 1)
                if (this.decoding) this.size += bit << lowBits
                tops--
                context = AT_SECOND + (bucket * 2 + bit) * 12 + (this.scale >> 1)
            } else {
                const count = lowBits > 8 ? 8 : lowBits
                lowBits -= count
                const digit = this.digit(count, (this.size >> lowBits) & ((1 << count) - 1))
                if (this.decoding) this.size += digit << lowBits
            }
            this.renormalise()
        }
    }
}
