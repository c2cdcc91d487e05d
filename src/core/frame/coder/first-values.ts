import { filled } from "../../list.js"
import { AGE, LANE_FIELDS, LAST, SAME_RATE, SLOT_SAME } from "../lane.js"
import {
    AT_FIRST_LENGTH,
    AT_FIRST_SAME,
    AT_FIRST_SIGN,
    AT_FIRST_TOP,
    AT_FROM,
    AT_STEP_COMMON,
} from "../layout.js"
import { Chances } from "./chances.js"

const SAME_RATE_AT_FIRST = 19661
/** A slot of a lane when nothing is learnt: takes the middle off the sum of three entries. */
const SLOT_EMPTY = -65536

/** "First values" in docs/frame-format.md: where a lane begins, of which nothing is known yet. */
export abstract class FirstValues extends Chances {
    /** Lane 0 holds the time steps, lane 1 + c channel c. See lane.ts. */
    protected readonly lanes: number[][] = newLanes(this.channels + 1)
    /** The last value of any channel. */
    protected neighbourValue = 0
    /** The last time step. */
    protected step = 0

    /** @inline */
    protected beginLanes(): void {
        this.step = 0
        this.neighbourValue = 0
        for (let i = 0; i <= this.channels; i++) this.lanes[i][AGE] = 0
    }

    /** The first value of a lane. @param value the encoder's @returns it */
    protected first(lane: number, value: number): number {
        const l = this.lanes[lane]
        for (let i = 0; i < SLOT_SAME; i++) l[i] = 0
        for (let i = SLOT_SAME; i < LANE_FIELDS; i++) l[i] = SLOT_EMPTY
        l[SAME_RATE] = SAME_RATE_AT_FIRST
        l[AGE] = 1
        let result = lane === 0 ? this.commonStep(value) : -1
        if (result < 0) {
            let kind = lane === 0 ? 2 : 0
            let from = 0
            if (lane > 1) {
                const near = (value - this.neighbourValue) | 0
                const isNear = (near < 0 ? -near : near) < (value < 0 ? -value : value)
                kind = this.flag(AT_FROM + (lane > 2 ? 1 : 0), isNear ? 1 : 0)
                if (kind === 1) from = this.neighbourValue
            }
            result = (from + this.difference(kind, (value - from) | 0)) | 0
        }
        l[LAST] = result
        if (lane > 0) this.neighbourValue = result
        else this.step = result
        return result
    }

    /** The first time step, if it is a common one. @returns it, or −1 */
    private commonStep(step: number): number {
        let index = -1
        if (!this.decoding) for (let i = 0; i < 32; i++) if (this.stepAt(i) === step) index = i
        if (this.flag(AT_STEP_COMMON, index < 0 ? 0 : 1) === 0) return -1
        index = this.gamma(index + 1) - 1
        if (this.decoding && index > 31) {
            this.bad = true
            index = 0
        }
        return this.stepAt(index)
    }

    private stepAt(index: number): number {
        const steps = this.tables.steps
        const at = index * 4
        return steps[at] | (steps[at + 1] << 8) | (steps[at + 2] << 16) | (steps[at + 3] << 24)
    }

    /** A first value's difference to 0 or to its neighbour. @returns it */
    private difference(kind: number, delta: number): number {
        const decoding = this.decoding
        if (this.flag(AT_FIRST_SAME + kind, delta === 0 ? 1 : 0) === 1) return 0
        const isNegative = this.flag(AT_FIRST_SIGN + kind, delta < 0 ? 1 : 0) === 1
        let size = decoding ? 0 : delta < 0 ? -delta - 1 : delta - 1
        let length = 0
        if (!decoding) while (length < 31 && size >= 1 << length) length++
        let node = 1
        for (let i = 4; i >= 0; i--)
            node = node * 2 + this.flag(AT_FIRST_LENGTH + kind * 32 + node, (length >> i) & 1)
        if (decoding) {
            length = node - 32
            size = length
        }
        if (length > 1) {
            let bits = length - 2
            const top = this.flag(AT_FIRST_TOP + length, (size >> bits) & 1)
            if (decoding) size = 2 + top
            while (bits > 0) {
                const count = bits > 8 ? 8 : bits
                bits -= count
                const digit = this.raw(count, (size >> bits) & ((1 << count) - 1))
                if (decoding) size = (size << count) | digit
            }
        }
        if (decoding) return isNegative ? -size - 1 : size + 1
        return delta
    }
}

function newLanes(count: number): number[][] {
    const lanes: number[][] = []
    for (let i = 0; i < count; i++) lanes.push(filled(LANE_FIELDS, 0))
    return lanes
}
