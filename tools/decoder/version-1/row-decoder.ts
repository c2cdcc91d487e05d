/** The row decoder of version 1 as it was last made; frames of that version never change. */
import { type Bytes } from "../../../src/core/bytes.js"
import { filled } from "../../../src/core/list.js"
import { FIRST_GAP } from "../../../src/core/quality.js"
import {
    AGE,
    DELTA,
    DELTA_BEFORE,
    FAST,
    GRID,
    GRID_AGE,
    HISTORY,
    LANE_FIELDS,
    LAST,
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
    SLOT_GRID,
    SLOT_SAME,
    SLOT_SIGN,
    SLOT_SIZE,
    SLOT_STAND,
    SLOW,
} from "../../../src/core/frame/lane.js"
import {
    AT_FIRST_LENGTH,
    AT_FIRST_SAME,
    AT_FIRST_SIGN,
    AT_FIRST_TOP,
    AT_FLAGS,
    AT_FROM,
    AT_GRID,
    AT_GRID_SCALE,
    AT_NEUTRAL,
    AT_QUALITY,
    AT_QUALITY_OF,
    AT_SAME_HISTORY,
    AT_SAME_RUN,
    AT_SAME_SCALE,
    AT_SECOND,
    AT_SIGN,
    AT_SIGN_BEFORE,
    AT_SIZE,
    AT_SIZE_AGE,
    AT_SIZE_BEFORE,
    AT_STAND_RATE,
    AT_STAND_RUN,
    AT_STEP,
    AT_STEP_COMMON,
    AT_TOP,
    BUCKETS,
    FLAGS,
} from "../../../src/core/frame/layout.js"
import { ROW_ADDED, ROW_FULL, ROW_UNFINISHED } from "../../../src/core/frame/row-result.js"
import { type RowTables } from "../../../src/core/frame/row-tables.js"

const TOP = 16777216
const LEAST_RANGE = 65536
const CHANCE_ONE = 32768
const FLAG_RATE = 75
const SAME_RATE_AT_FIRST = 19661
const SLOT_EMPTY = -65536

function newLanes(count: number): number[][] {
    const lanes: number[][] = []
    for (let i = 0; i < count; i++) lanes.push(filled(LANE_FIELDS, 0))
    return lanes
}

const MOST = 16777216
const STANDS = 7
const SETUP = 0
const STAND = 1
const SAME = 2
const GRID_HIT = 3
const SIGN = 4
const REGULAR_AT_FIRST = 32000

/** Version 2 has a memory of values beside; else it is src/core/frame/coder/row-coder.ts. */
export class RowDecoder {
    bad = false
    settled = 0
    private at = 0
    private low = 0
    private range = TOP
    private start = 0
    rows = 0
    bytes = 0
    isEnd = false
    private ties1 = 0
    private ties2 = 0
    private ties3 = 0
    private readonly flagSlots: number[] = filled(FLAGS, 0)
    private readonly lanes: number[][]
    private neighbourValue = 0
    private step = 0
    private keptNeighbour = 0
    private keptSign = 0
    private keptDelta = 0
    private keptDeltaBefore = 0
    time = 0
    private lane = -1
    private hasNewStep = false
    private gaps = 0
    private regularChance = 0
    private readonly qualityNow: number[]

    constructor(
        private readonly buffer: Bytes,
        private readonly limit: number,
        private readonly channels: number,
        private readonly tables: RowTables
    ) {
        this.lanes = newLanes(this.channels + 1)
        this.qualityNow = filled(this.channels, 0)
    }

    private settle(): void {
        while (this.range < LEAST_RANGE) {
            this.range = this.range << 8
            this.low = this.low * 256 - (this.at < this.limit ? this.buffer[this.at] : 0)
            this.at++
        }
    }

    private raw(bits: number, value: number): number {
        this.range = this.range >> bits
        value = (-this.low / this.range) | 0
        if (value >= 1 << bits) {
            this.bad = true
            value = 0
        }
        this.low += value * this.range
        if (this.range < LEAST_RANGE) this.settle()
        return value
    }

    private gamma(value: number): number {
        const length = 0
        let bits = 0
        while (bits < 5 && this.raw(1, bits < length ? 0 : 1) === 0) bits++
        if (bits === 0) return 1
        return (1 << bits) | this.raw(bits, value & ((1 << bits) - 1))
    }

    private lastWord(): number {
        let word = 0
        for (let i = this.at - 3; i < this.at; i++)
            word = word * 256 + (i < this.limit ? this.buffer[i] : 0)
        return word
    }

    private flag(context: number, bit: number): number {
        const slot = context - AT_FLAGS
        const isLearning = slot < FLAGS
        let logit = this.tables.prior[context]
        if (isLearning) logit += this.flagSlots[slot] >> 8
        if (logit < 0) logit = 0
        else if (logit > 255) logit = 255
        const chance = this.tables.curveLow[logit] | (this.tables.curveHigh[logit] << 8)
        const bound = ((this.range >> 8) * chance) >> 7
        bit = this.low + bound > 0 ? 1 : 0
        if (bit === 1) {
            this.range = bound
        } else {
            this.low += bound
            this.range -= bound
        }
        if (isLearning)
            this.flagSlots[slot] =
                this.flagSlots[slot] + (((bit * CHANCE_ONE - chance) * FLAG_RATE) >> 11)
        if (this.range < 65536) this.settle()
        return bit
    }

    private first(lane: number, value: number): number {
        const l = this.lanes[lane]
        for (let i = 0; i < SLOT_SAME; i++) l[i] = 0
        for (let i = SLOT_SAME; i < LANE_FIELDS; i++) l[i] = SLOT_EMPTY
        l[SAME_RATE] = SAME_RATE_AT_FIRST
        l[AGE] = 1
        let result = lane === 0 ? this.commonStep() : -1
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

    private commonStep(): number {
        let index = -1
        if (this.flag(AT_STEP_COMMON, index < 0 ? 0 : 1) === 0) return -1
        index = this.gamma(index + 1) - 1
        if (index > 31) {
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

    private difference(kind: number, delta: number): number {
        if (this.flag(AT_FIRST_SAME + kind, delta === 0 ? 1 : 0) === 1) return 0
        const isNegative = this.flag(AT_FIRST_SIGN + kind, delta < 0 ? 1 : 0) === 1
        let size = 0
        let length = 0
        let node = 1
        for (let i = 4; i >= 0; i--)
            node = node * 2 + this.flag(AT_FIRST_LENGTH + kind * 32 + node, (length >> i) & 1)
        length = node - 32
        size = length
        if (length > 1) {
            let bits = length - 2
            const top = this.flag(AT_FIRST_TOP + length, (size >> bits) & 1)
            size = 2 + top
            while (bits > 0) {
                const count = bits > 8 ? 8 : bits
                bits -= count
                const digit = this.raw(count, (size >> bits) & ((1 << count) - 1))
                size = (size << count) | digit
            }
        }
        return isNegative ? -size - 1 : size + 1
        return delta
    }

    private refineGrid(l: number[], delta: number): void {
        let b = l[GRID]
        let a = delta < 0 ? -delta : delta
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

    private escape(): number {
        const length = BUCKETS
        return this.raw(5, length - BUCKETS)
    }

    begin(at: number): void {
        this.rows = 0
        this.bytes = 0
        this.isEnd = false
        this.ties1 = 0
        this.ties2 = 0
        this.ties3 = 0
        this.bad = false
        this.at = at
        this.start = at
        this.low = 0
        this.range = TOP
        this.settled = 0
        for (let i = 0; i < 3; i++) {
            this.low = this.low * 256 - (this.at < this.limit ? this.buffer[this.at] : 0)
            this.at++
        }
        for (let i = 0; i < FLAGS; i++) this.flagSlots[i] = 0
        this.step = 0
        this.neighbourValue = 0
        for (let i = 0; i <= this.channels; i++) this.lanes[i][AGE] = 0
        this.time = 0
        this.lane = -1
        this.hasNewStep = false
        this.gaps = 0
        this.regularChance = REGULAR_AT_FIRST
        for (let i = 0; i < this.channels; i++) this.qualityNow[i] = 0
        this.gamma(this.channels)
    }

    code(time: number, values: number[], qualities: number[], most: number): number {
        if (this.lane < 0) {
            let bit = 0
            if (this.rows > 1) {
                const chance = this.regularChance
                const bound = ((this.range >> 8) * chance) >> 7
                bit = this.low + bound > 0 ? 1 : 0
                if (bit === 1) {
                    this.range = bound
                    this.regularChance = chance + ((CHANCE_ONE - chance) >> 4)
                } else {
                    this.low += bound
                    this.range -= bound
                    this.regularChance = chance - (chance >> 3)
                }
                if (this.range < 65536) this.settle()
            } else bit = 0
            if (bit === 0) this.irregular()
            this.lane = this.hasNewStep ? 0 : 1
            this.hasNewStep = false
            this.keptNeighbour = 0
            this.keptSign = 0
            this.keptDelta = 0
            this.keptDeltaBefore = 0
        }
        let neighbour!: number
        let neighbourSign!: number
        let neighbourDelta!: number
        let neighbourDeltaBefore!: number
        let fromLong!: number
        let fromTrend!: number
        let fromShort!: number
        let fromNeighbour!: number
        let fromRelative!: number
        let predicted!: number
        let slow!: number
        let offset!: number
        let scale!: number
        let sizeContext!: number
        let sizeBefore!: number
        let sizeAge!: number
        let isOpen!: boolean
        let context0!: number
        let context1!: number
        let slot!: number
        let gain!: number
        let sizeNow!: number
        let lane = this.lane
        const channels = this.channels
        let range = this.range
        let low = this.low
        let at = this.at
        const limit = this.limit
        const buffer = this.buffer
        let bad = this.bad
        const tables = this.tables
        const roots = tables.roots
        const prior = tables.prior
        const curveLow = tables.curveLow
        const curveHigh = tables.curveHigh
        const lanes = this.lanes
        const hasGaps = this.gaps > 0
        let stop = lane + most
        if (stop > channels) stop = channels + 1
        neighbour = this.keptNeighbour
        neighbourSign = this.keptSign
        neighbourDelta = this.keptDelta
        neighbourDeltaBefore = this.keptDeltaBefore
        for (;;) {
            if (hasGaps && lane > 0) {
                while (lane <= channels && this.qualityNow[lane - 1] >= FIRST_GAP) {
                    values[lane - 1] = 0
                    lane++
                }
            }
            if (lane >= stop) break
            const l = lanes[lane]
            const age = l[AGE]
            let value = 0
            if (age === 0) {
                this.range = range
                this.low = low
                this.at = at
                this.bad = bad
                value = this.first(lane, value)
                range = this.range
                low = this.low
                at = this.at
                bad = this.bad
            } else {
                let context2!: number
                let unitNow!: number
                let shift!: number
                let fraction!: number
                let spread!: number
                let ageClass!: number
                const run = l[RUN]
                const last = l[LAST]
                const rate = tables.rates[age > 127 ? 127 : age]
                let delta = 0
                let question = SETUP
                if (run > STANDS && lane > 0) question = STAND
                context2 = AT_NEUTRAL
                unitNow = 1
                shift = 0
                let isSame = false
                let bit = 0
                for (;;) {
                    if (question === SETUP) {
                        let best!: number
                        let least!: number
                        let second!: number
                        let lesser!: number
                        let meanSize!: number
                        fromLong = l[MEAN_LONG]
                        fromTrend = (l[DELTA] + l[DELTA_BEFORE]) * 8
                        fromShort = l[MEAN_SHORT]
                        best = 0
                        least = l[MISS_LAST]
                        second = fromLong
                        lesser = l[MISS_LONG]
                        if (lesser < least) {
                            second = 0
                            best = fromLong
                            const miss = least
                            least = lesser
                            lesser = miss
                        }
                        const miss = l[MISS_TREND]
                        if (miss < lesser)
                            if (miss < least) {
                                lesser = least
                                second = best
                                least = miss
                                best = fromTrend
                            } else {
                                lesser = miss
                                second = fromTrend
                            }
                        {
                            const miss = l[MISS_SHORT]
                            if (miss < lesser)
                                if (miss < least) {
                                    lesser = least
                                    second = best
                                    least = miss
                                    best = fromShort
                                } else {
                                    lesser = miss
                                    second = fromShort
                                }
                        }
                        if (lane > 1) {
                            fromNeighbour = neighbourDelta * 16
                            const miss = l[MISS_NEIGHBOUR]
                            if (miss < lesser)
                                if (miss < least) {
                                    lesser = least
                                    second = best
                                    least = miss
                                    best = fromNeighbour
                                } else {
                                    lesser = miss
                                    second = fromNeighbour
                                }
                            fromRelative = neighbourDeltaBefore * 16 - fromNeighbour
                            {
                                const miss = l[MISS_RELATIVE]
                                if (miss < lesser)
                                    if (miss < least) {
                                        lesser = least
                                        second = best
                                        least = miss
                                        best = fromRelative
                                    } else {
                                        lesser = miss
                                        second = fromRelative
                                    }
                            }
                        }
                        predicted =
                            lesser * 4 < least * 5 + 8 ? (best + second + 4) >> 3 : (best + 2) >> 2
                        const residual = l[RESIDUAL]
                        slow = l[SLOW]
                        offset = predicted + 2
                        let was = residual
                        let fast = l[FAST]
                        meanSize = slow
                        const grid = l[GRID]
                        if (grid > 1) {
                            unitNow = grid
                            offset = ((predicted / grid) | 0) + 2
                            fast = (fast / grid) | 0
                            meanSize = (slow / grid) | 0
                            was = (was / grid) | 0
                        }
                        fraction = offset & 3
                        offset = offset >> 2
                        const q1 =
                            fast < 256
                                ? roots[fast]
                                : fast < 65536
                                  ? roots[fast >> 8] + 16
                                  : fast < 16777216
                                    ? roots[fast >> 16] + 32
                                    : roots[fast >> 24] + 48
                        const q2 =
                            meanSize < 256
                                ? roots[meanSize]
                                : meanSize < 65536
                                  ? roots[meanSize >> 8] + 16
                                  : meanSize < 16777216
                                    ? roots[meanSize >> 16] + 32
                                    : roots[meanSize >> 24] + 48
                        scale = (q1 + q2 + 1) >> 1
                        spread = q1 - q2 + 4
                        if (spread < 0) spread = 0
                        else if (spread > 8) spread = 8
                        if (scale < 10) sizeContext = AT_SIZE + (scale * 9 + spread) * BUCKETS
                        else {
                            shift = (scale >> 1) - 4
                            sizeContext = AT_SIZE + (90 + (scale & 1) * 9 + spread) * BUCKETS
                            if (scale > 23) scale = 23
                        }
                        ageClass = age > 40 ? 7 : age > 16 ? 6 : age > 8 ? 5 : age > 4 ? 4 : age - 1
                        let before = 0
                        if (residual !== 0) {
                            before = (was < 0 ? -was : was) >> shift
                            before = before > 7 ? 5 : before > 3 ? 4 : before > 1 ? 3 : before + 1
                        }
                        sizeBefore = AT_SIZE_BEFORE + (before * 6 + neighbour) * BUCKETS
                        sizeAge = AT_SIZE_AGE + (ageClass * 12 + (scale >> 1)) * BUCKETS
                        isOpen = false
                        question = unitNow > 1 ? GRID_HIT : SIGN
                        if (run <= STANDS && lane > 0)
                            if (age > 2 && l[SAME_RATE] * (meanSize + 8) < 419430) isOpen = true
                            else question = SAME
                    }
                    if (question === SIGN) {
                        const was = l[RESIDUAL]
                        const signBefore = was === 0 ? 0 : was < 0 ? 1 : 2
                        const off = offset < -3 ? 0 : offset > 3 ? 6 : offset + 3
                        context0 = AT_SIGN + ((isOpen ? 7 : off) * 24 + scale) * 4 + fraction
                        context1 = AT_SIGN_BEFORE + (signBefore * 3 + neighbourSign) * 7 + off
                        context2 = AT_NEUTRAL
                        slot = SLOT_SIGN + signBefore
                        gain = rate
                        bit = 0
                    } else if (question === SAME) {
                        const history = l[HISTORY]
                        let recent = history & 3
                        if (run > 0) recent = run > 3 ? 6 : run > 1 ? 5 : 4
                        let off = offset < 0 ? -offset : offset
                        if (off > 3) off = 3
                        context0 = AT_SAME_SCALE + scale * 9 + spread
                        context1 = AT_SAME_RUN + (ageClass * 8 + recent) * 6 + neighbour
                        context2 = AT_SAME_HISTORY + history * 4 + off
                        slot = SLOT_SAME + (history & 7)
                        gain = rate * 4
                        bit = delta === 0 ? 1 : 0
                    } else if (question === STAND) {
                        context0 =
                            AT_STAND_RUN +
                            (run > 63 ? 18 : run > 31 ? 12 : run > 15 ? 6 : 0) +
                            neighbour
                        context1 = AT_STAND_RATE + (l[SAME_RATE] >> 13)
                        slot = SLOT_STAND
                        gain = rate * 4
                        bit = delta === 0 ? 1 : 0
                    } else {
                        const unit = unitNow
                        let kind = 5
                        if (unit < 4) kind = 0
                        else if (unit < 8) kind = 1
                        else if (((unit / 10) | 0) * 10 === unit) kind = 2
                        else if (((unit / 5) | 0) * 5 === unit) kind = 3
                        else if (unit < 32) kind = 4
                        context0 = AT_GRID + l[GRID_AGE] * 6 + kind
                        context1 = AT_GRID_SCALE + ageClass * 24 + scale
                        context2 = AT_NEUTRAL
                        slot = SLOT_GRID
                        gain = rate
                        bit = ((delta / unit) | 0) * unit === delta ? 1 : 0
                    }
                    const learnt = l[slot]
                    let logit = prior[context0] + prior[context1] + prior[context2] + (learnt >> 8)
                    if ((logit & -256) !== 0) logit = logit < 0 ? 0 : 255
                    const chance = curveLow[logit] | (curveHigh[logit] << 8)
                    const bound = ((range >> 8) * chance) >> 7
                    bit = low + bound > 0 ? 1 : 0
                    if (bit === 1) {
                        range = bound
                        l[slot] = learnt + (((CHANCE_ONE - chance) * gain) >> 11)
                    } else {
                        low += bound
                        range -= bound
                        l[slot] = learnt - ((chance * gain) >> 11)
                    }
                    while (range < LEAST_RANGE) {
                        range = range << 8
                        low = low * 256 - (at < limit ? buffer[at] : 0)
                        at++
                    }
                    if (question === SIGN) break
                    if (question === GRID_HIT) {
                        if (bit === 0) {
                            unitNow = 1
                            const q =
                                slow < 256
                                    ? roots[slow]
                                    : slow < 65536
                                      ? roots[slow >> 8] + 16
                                      : slow < 16777216
                                        ? roots[slow >> 16] + 32
                                        : roots[slow >> 24] + 48
                            shift = q > 9 ? (q >> 1) - 4 : 0
                            offset = (predicted + 2) >> 2
                            fraction = (predicted + 2) & 3
                        } else if (l[GRID_AGE] < 15) l[GRID_AGE] = l[GRID_AGE] + 1
                        question = SIGN
                    } else if (bit === 1) {
                        isSame = true
                        break
                    } else if (question === STAND) question = SETUP
                    else question = unitNow > 1 ? GRID_HIT : SIGN
                }
                if (isSame && run > STANDS) {
                    value = last
                    l[RUN] = run + 1
                    neighbour = 1
                    neighbourSign = 0
                    neighbourDeltaBefore = neighbourDelta
                    neighbourDelta = 0
                } else {
                    if (!isSame) {
                        const high = sizeNow >> shift
                        let bucket = 0
                        let threshold = 1
                        for (;;) {
                            context0 = sizeContext + bucket
                            context1 = sizeBefore + bucket
                            context2 = sizeAge + bucket
                            slot = SLOT_SIZE + bucket
                            let isIt = high < threshold ? 1 : 0
                            const learnt = l[slot]
                            let logit =
                                prior[context0] + prior[context1] + prior[context2] + (learnt >> 8)
                            if ((logit & -256) !== 0) logit = logit < 0 ? 0 : 255
                            const chance = curveLow[logit] | (curveHigh[logit] << 8)
                            const bound = ((range >> 8) * chance) >> 7
                            isIt = low + bound > 0 ? 1 : 0
                            if (isIt === 1) {
                                range = bound
                                l[slot] = learnt + (((CHANCE_ONE - chance) * gain) >> 11)
                            } else {
                                low += bound
                                range -= bound
                                l[slot] = learnt - ((chance * gain) >> 11)
                            }
                            while (range < LEAST_RANGE) {
                                range = range << 8
                                low = low * 256 - (at < limit ? buffer[at] : 0)
                                at++
                            }
                            if (isIt === 1) break
                            bucket++
                            threshold = threshold << 1
                            if (bucket === BUCKETS) {
                                this.range = range
                                this.low = low
                                this.at = at
                                this.bad = bad
                                bucket += this.escape()
                                range = this.range
                                low = this.low
                                at = this.at
                                bad = this.bad
                                break
                            }
                        }
                        let lowBits = shift
                        if (bucket > 1) lowBits += bucket - 1
                        if (lowBits > 30) {
                            bad = true
                            lowBits = 0
                        }
                        sizeNow = bucket === 0 ? 0 : 1 << (bucket - 1 + shift)
                        const bucket2 = bucket > 9 ? 9 : bucket
                        let lowBits2 = lowBits
                        let context = AT_TOP + bucket2 * 24 + scale
                        let tops = 2
                        while (lowBits2 > 0) {
                            if (tops > 0) {
                                lowBits2--
                                let bit = (sizeNow >> lowBits2) & 1
                                const logit = prior[context]
                                const chance = curveLow[logit] | (curveHigh[logit] << 8)
                                const bound = ((range >> 8) * chance) >> 7
                                bit = low + bound > 0 ? 1 : 0
                                if (bit === 1) {
                                    range = bound
                                } else {
                                    low += bound
                                    range -= bound
                                }
                                sizeNow += bit << lowBits2
                                tops--
                                context = AT_SECOND + (bucket2 * 2 + bit) * 12 + (scale >> 1)
                            } else {
                                const count = lowBits2 > 8 ? 8 : lowBits2
                                lowBits2 -= count
                                let digit = (sizeNow >> lowBits2) & ((1 << count) - 1)
                                range = range >> count
                                digit = (-low / range) | 0
                                if (digit >= 1 << count) {
                                    bad = true
                                    digit = 0
                                }
                                low += digit * range
                                sizeNow += digit << lowBits2
                            }
                            while (range < LEAST_RANGE) {
                                range = range << 8
                                low = low * 256 - (at < limit ? buffer[at] : 0)
                                at++
                            }
                        }
                        let residual = bit === 1 ? -sizeNow - 1 : sizeNow
                        if (bit === 0 && offset === 0 && !isOpen) residual++
                        delta = ((residual + offset) * unitNow) | 0
                    }
                    value = (last + delta) | 0
                    l[LAST] = value
                    l[AGE] = age + 1
                    const d = delta > MOST ? MOST : delta < -MOST ? -MOST : delta
                    const d16 = d * 16
                    const residual = d - ((predicted + 2) >> 2)
                    const size = residual < 0 ? residual * -16 : residual * 16
                    let pace = 5
                    let slowPace = 4
                    let fastPace = 2
                    if (age < 32) {
                        pace = (roots[age] - 1) >> 1
                        if (pace < 4) slowPace = pace
                        if (pace < 2) fastPace = pace
                    }
                    l[FAST] = l[FAST] + ((size - l[FAST]) >> fastPace)
                    l[SLOW] = slow + ((size - slow) >> slowPace)
                    const miss = l[MISS_LAST]
                    l[MISS_LAST] = miss + (((d16 < 0 ? -d16 : d16) - miss) >> pace)
                    {
                        const off = d16 - fromLong
                        const miss = l[MISS_LONG]
                        l[MISS_LONG] = miss + (((off < 0 ? -off : off) - miss) >> pace)
                    }
                    {
                        const off = d16 - fromTrend
                        const miss = l[MISS_TREND]
                        l[MISS_TREND] = miss + (((off < 0 ? -off : off) - miss) >> pace)
                    }
                    {
                        const off = d16 - fromShort
                        const miss = l[MISS_SHORT]
                        l[MISS_SHORT] = miss + (((off < 0 ? -off : off) - miss) >> pace)
                    }
                    if (lane > 1) {
                        const off = d16 - fromNeighbour
                        const miss = l[MISS_NEIGHBOUR]
                        l[MISS_NEIGHBOUR] = miss + (((off < 0 ? -off : off) - miss) >> pace)
                        {
                            const off = d16 - fromRelative
                            const miss = l[MISS_RELATIVE]
                            l[MISS_RELATIVE] = miss + (((off < 0 ? -off : off) - miss) >> pace)
                        }
                    }
                    const short = fromShort - d16
                    l[MEAN_SHORT] = short - ((short / (age > 1 ? 3 : 2)) | 0)
                    const long = fromLong - d16
                    l[MEAN_LONG] = long - ((long / (age > 14 ? 16 : age + 1)) | 0)
                    l[DELTA_BEFORE] = l[DELTA]
                    l[DELTA] = d
                    l[RESIDUAL] = residual
                    neighbourDeltaBefore = neighbourDelta
                    neighbourDelta = d
                    neighbour = residual === 0 ? 1 : size < slow ? 2 : size < slow * 2 ? 3 : 4
                    neighbourSign = residual === 0 ? 0 : residual < 0 ? 1 : 2
                    if (delta === 0) {
                        l[HISTORY] = (l[HISTORY] * 2 + 1) & 31
                        l[RUN] = run + 1
                        l[SAME_RATE] = l[SAME_RATE] + ((65535 - l[SAME_RATE]) >> pace)
                    } else {
                        neighbour++
                        l[HISTORY] = (l[HISTORY] * 2) & 31
                        l[RUN] = 0
                        l[SAME_RATE] = l[SAME_RATE] - (l[SAME_RATE] >> pace)
                        if (l[GRID] !== 1) this.refineGrid(l, delta)
                    }
                    if (lane === 0) {
                        neighbour = 0
                        neighbourSign = 0
                        neighbourDelta = 0
                        neighbourDeltaBefore = 0
                    }
                }
                if (lane > 0) this.neighbourValue = value
                else this.step = value
            }
            if (lane > 0) values[lane - 1] = value
            lane++
            if (bad) break
        }
        if (lane <= channels) {
            this.keptNeighbour = neighbour
            this.keptSign = neighbourSign
            this.keptDelta = neighbourDelta
            this.keptDeltaBefore = neighbourDeltaBefore
        }
        this.lane = lane
        this.range = range
        this.low = low
        this.at = at
        this.bad = bad
        if (this.bad) return ROW_FULL
        if (this.lane <= this.channels) return ROW_UNFINISHED
        this.lane = -1
        const range2 = this.range
        let low2 = this.low
        let word = 0
        let settled = this.at - this.start
        settled -= 3
        word = this.lastWord()
        low2 += word
        const grown = settled - this.settled
        if (grown > 0) {
            this.ties1 = grown === 1 ? this.ties2 : grown === 2 ? this.ties3 : 0
            this.ties2 = grown === 1 ? this.ties3 : 0
            this.ties3 = 0
        }
        let length = settled + 1
        let ending = (((low2 + 65535) >> 16) + this.ties1) << 16
        if (ending < low2 + range2) this.ties1 = this.ties1 + 1
        else {
            ending = (((low2 + 255) >> 8) + this.ties2) << 8
            length++
            if (ending < low2 + range2) this.ties2 = this.ties2 + 1
            else {
                ending = low2 + this.ties3
                length++
                this.ties3 = this.ties3 + 1
            }
        }
        this.settled = settled
        this.bytes = length
        this.isEnd = ending === word
        this.rows = this.rows + 1
        this.time = this.rows === 1 ? time : (this.time + this.step) >>> 0
        for (let i = 0; i < this.channels; i++) qualities[i] = this.qualityNow[i]
        return ROW_ADDED
    }

    private irregular(): void {
        const rows = this.rows
        const now = this.qualityNow
        let isNew = 0
        if (rows === 1) this.hasNewStep = true
        else if (rows > 1)
            this.hasNewStep = this.flag(AT_STEP + (rows > 2 ? 1 : 0), this.hasNewStep ? 1 : 0) === 1
        if (rows < 2 || this.hasNewStep)
            isNew = this.flag(AT_QUALITY + (rows > 2 ? 2 : rows), isNew)
        else isNew = 1
        if (isNew === 0) return
        this.gaps = 0
        for (let i = 0; i < this.channels; i++) {
            isNew = 0
            if (this.flag(AT_QUALITY_OF + (rows > 0 ? 1 : 0), isNew) === 1) now[i] = this.raw(4, 0)
            if (now[i] >= FIRST_GAP) this.gaps = this.gaps + 1
        }
    }
}
