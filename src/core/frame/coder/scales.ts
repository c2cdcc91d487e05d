import { FAST, GRID, RESIDUAL, SLOW } from "../lane.js"
import { AT_SIZE, AT_SIZE_AGE, AT_SIZE_BEFORE, BUCKETS } from "../layout.js"
import { Predictions } from "./predictions.js"

/**
 * "Scale" in docs/frame-format.md: how large the residual will be, in steps of the
 * lane's grid; the contexts of most decisions come from it.
 */
export abstract class Scales extends Predictions {
    /** Steps in which the difference is counted. @scratch */
    protected unit = 0
    /** The prediction in such steps, and the quarters that are over. @scratch */
    protected offset = 0
    /** @scratch */
    protected fraction = 0
    /** Half octaves of the residuals' mean sizes. @scratch */
    protected scale = 0
    /** How much larger the residuals were just now than before. @scratch */
    protected spread = 0
    /** Low bits of a size that do not count for its bucket. @scratch */
    protected shift = 0
    /** The slower mean in steps of the grid. @scratch */
    protected meanSize = 0
    /** 0 … 7. @scratch */
    protected ageClass = 0
    /** Contexts of the size, for its first bucket. @scratch */
    protected sizeContext = 0
    /** @scratch */
    protected sizeBefore = 0
    /** @scratch */
    protected sizeAge = 0

    /** @param age of the lane, at least 1 @inline */
    protected measure(l: number[], age: number): void {
        const residual = l[RESIDUAL]
        this.slow = l[SLOW]
        this.offset = this.predicted + 2
        let was = residual
        let fast = l[FAST]
        this.meanSize = this.slow
        const grid = l[GRID]
        if (grid > 1) {
            this.unit = grid
            this.offset = ((this.predicted / grid) | 0) + 2
            fast = (fast / grid) | 0
            this.meanSize = (this.slow / grid) | 0
            was = (was / grid) | 0
        }
        this.fraction = this.offset & 3
        this.offset = this.offset >> 2
        const q1 = this.logOf(fast)
        const q2 = this.logOf(this.meanSize)
        this.scale = (q1 + q2 + 1) >> 1
        this.spread = q1 - q2 + 4
        if (this.spread < 0) this.spread = 0
        else if (this.spread > 8) this.spread = 8
        if (this.scale < 10) this.sizeContext = AT_SIZE + (this.scale * 9 + this.spread) * BUCKETS
        else {
            this.shift = (this.scale >> 1) - 4
            this.sizeContext = AT_SIZE + (90 + (this.scale & 1) * 9 + this.spread) * BUCKETS
            if (this.scale > 23) this.scale = 23
        }
        this.ageClass = age > 40 ? 7 : age > 16 ? 6 : age > 8 ? 5 : age > 4 ? 4 : age - 1
        let before = 0
        if (residual !== 0) {
            before = (was < 0 ? -was : was) >> this.shift
            before = before > 7 ? 5 : before > 3 ? 4 : before > 1 ? 3 : before + 1
        }
        this.sizeBefore = AT_SIZE_BEFORE + (before * 6 + this.neighbour) * BUCKETS
        this.sizeAge = AT_SIZE_AGE + (this.ageClass * 12 + (this.scale >> 1)) * BUCKETS
    }

    /** Off the grid: single steps, with the shift and the offset that belong to them. @inline */
    protected leaveGrid(): void {
        this.unit = 1
        const q = this.logOf(this.slow)
        this.shift = q > 9 ? (q >> 1) - 4 : 0
        this.offset = (this.predicted + 2) >> 2
        this.fraction = (this.predicted + 2) & 3
    }

    /** Half octaves of x. @inline */
    private logOf(x: number): number {
        return x < 256
            ? this.tables.roots[x]
            : x < 65536
              ? this.tables.roots[x >> 8] + 16
              : x < 16777216
                ? this.tables.roots[x >> 16] + 32
                : this.tables.roots[x >> 24] + 48
    }
}
