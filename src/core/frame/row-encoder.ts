/** Made by `npm run specialise:codec`; do not edit. */
import { Bytes } from "../bytes.js"
import { filled } from "../list.js"
import { FIRST_GAP } from "../quality.js"
import {
    AGE,
    DELTA,
    DELTA_BEFORE,
    FAST,
    GRID,
    GRID_AGE,
    HISTORY,
    KNOWN,
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
} from "./lane.js"
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
} from "./layout.js"
import {
    MEMORY_BYTES,
    MEMORY_COST,
    MEMORY_COUNTS,
    MEMORY_CURRENT,
    MEMORY_GAIN,
    MEMORY_LOWS,
    MEMORY_RESTS,
    MEMORY_TOTAL,
    MEMORY_VALUES,
    MemoryBytes,
} from "./memory-layout.js"
import { ROW_ADDED, ROW_FULL, ROW_UNFINISHED } from "./row-result.js"
import { RowTables } from "./row-tables.js"

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
const NEEDED_GAIN = 40
const LEAST_GAIN = -64
const MOST_GAIN = 80
const COST_AT_FIRST = 32
const AGAIN = 3
const MOST_TOTAL = 64
const STANDS = 7
const SETUP = 0
const STAND = 1
const SAME = 2
const RECALL = 3
const GRID_HIT = 4
const SIGN = 5
const REGULAR_AT_FIRST = 32000

/** RowCoder of coder/row-coder.ts for encoders alone; it is described there. */
export class RowEncoder {
    settled = 0
    private at = 0
    private low = 0
    private range = TOP
    private start = 0
    private hasCarried = false
    rows = 0
    bytes = 0
    private ending = 0
    private ties1 = 0
    private ties2 = 0
    private ties3 = 0
    private readonly flagSlots: number[] = filled(FLAGS, 0)
    private readonly lanes: number[][]
    private neighbourValue = 0
    private step = 0
    private keptSurprise = 0
    private keptDelta = 0
    private keptDeltaBefore = 0
    private entry = 0
    private others = 0
    private whole = 0
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
        private readonly tables: RowTables,
        private readonly memory: MemoryBytes
    ) {
        this.lanes = newLanes(this.channels + 1)
        this.qualityNow = filled(this.channels, 0)
    }

    private settle(): void {
        while (this.range < LEAST_RANGE) {
            this.range = this.range << 8
            if (this.low >= TOP) {
                this.carry(this.at)
                this.low -= TOP
            }
            if (this.at < this.limit) this.buffer[this.at] = this.low >> 16
            this.at++
            this.low = (this.low & 65535) << 8
        }
    }

    private carry(at: number): void {
        if (at > this.limit) return
        const buffer = this.buffer
        let i = at - 1
        while (buffer[i] === 255) {
            buffer[i] = 0
            i--
        }
        buffer[i] = buffer[i] + 1
        if (i < this.start + this.settled) this.hasCarried = true
    }

    private raw(bits: number, value: number): number {
        this.range = this.range >> bits
        this.low += value * this.range
        if (this.range < LEAST_RANGE) this.settle()
        return value
    }

    private gamma(value: number): number {
        let length = 0
        while (value >> (length + 1) !== 0) length++
        let bits = 0
        while (bits < 5 && this.raw(1, bits < length ? 0 : 1) === 0) bits++
        if (bits === 0) return 1
        return (1 << bits) | this.raw(bits, value & ((1 << bits) - 1))
    }

    finish(): number {
        const buffer = this.buffer
        let at = this.start + this.settled
        if (this.hasCarried) {
            let i = at - 1
            while (buffer[i] === 0) {
                buffer[i] = 255
                i--
            }
            buffer[i] = buffer[i] - 1
        }
        let code = this.ending
        if (code >= TOP) this.carry(at)
        const end = this.start + this.bytes
        while (at < end) {
            buffer[at] = (code >> 16) & 255
            code = code << 8
            at++
        }
        return end
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

    private commonStep(step: number): number {
        let index = -1
        for (let i = 0; i < 32; i++) if (this.stepAt(i) === step) index = i
        if (this.flag(AT_STEP_COMMON, index < 0 ? 0 : 1) === 0) return -1
        index = this.gamma(index + 1) - 1
        return this.stepAt(index)
    }

    private stepAt(index: number): number {
        const steps = this.tables.steps
        const at = index * 4
        return steps[at] | (steps[at + 1] << 8) | (steps[at + 2] << 16) | (steps[at + 3] << 24)
    }

    private difference(kind: number, delta: number): number {
        if (this.flag(AT_FIRST_SAME + kind, delta === 0 ? 1 : 0) === 1) return 0
        this.flag(AT_FIRST_SIGN + kind, delta < 0 ? 1 : 0)
        const size = delta < 0 ? -delta - 1 : delta - 1
        let length = 0
        while (length < 31 && size >= 1 << length) length++
        let node = 1
        for (let i = 4; i >= 0; i--)
            node = node * 2 + this.flag(AT_FIRST_LENGTH + kind * 32 + node, (length >> i) & 1)
        if (length > 1) {
            let bits = length - 2
            this.flag(AT_FIRST_TOP + length, (size >> bits) & 1)
            while (bits > 0) {
                const count = bits > 8 ? 8 : bits
                bits -= count
                this.raw(count, (size >> bits) & ((1 << count) - 1))
            }
        }
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

    private escape(high: number): number {
        let length = BUCKETS
        while (length < 31 && high >= 1 << length) length++
        return this.raw(5, length - BUCKETS)
    }

    private beginMemory(lane: number, l: number[], value: number): void {
        const memory = this.memory
        const base = (lane - 1) * MEMORY_BYTES
        memory[base + MEMORY_GAIN] = 128
        memory[base + MEMORY_COST] = COST_AT_FIRST
        memory[base + MEMORY_TOTAL] = 0
        l[KNOWN] = 0
        this.note(base, l, value)
    }

    private recall(lane: number, l: number[], isOpen: boolean, value: number): boolean {
        const memory = this.memory
        const base = (lane - 1) * MEMORY_BYTES
        let now = -1
        let others = l[KNOWN]
        let whole = memory[base + MEMORY_TOTAL]
        this.entry = this.find(base, others, value)
        if (!isOpen) {
            now = memory[base + MEMORY_CURRENT]
            others--
            whole -= memory[base + MEMORY_COUNTS + now]
        }
        this.others = others
        this.whole = whole + others
        if (memory[base + MEMORY_GAIN] <= 128 + NEEDED_GAIN) return false
        const unit = (this.range / this.whole) | 0
        if (this.entry >= 0) {
            let from = others
            for (let i = 0; i < this.entry; i++)
                if (i !== now) from += memory[base + MEMORY_COUNTS + i]
            this.low += unit * from
            others = memory[base + MEMORY_COUNTS + this.entry]
        }
        this.range = unit * others
        this.settle()
        return this.entry >= 0
    }

    private remember(lane: number, l: number[], value: number, cost: number): void {
        const base = (lane - 1) * MEMORY_BYTES
        let result1!: boolean
        const memory = this.memory
        const roots = this.tables.roots
        let usual = memory[base + MEMORY_COST]
        if (cost >= 0) {
            const changed = usual + ((cost * 4 - usual + 4) >> 3)
            memory[base + MEMORY_COST] = changed > 255 ? 255 : changed
            usual = cost * 4
        }
        let gain = memory[base + MEMORY_GAIN] - 128
        gain -= gain >> 4
        let count = this.others
        if (this.entry >= 0) {
            count = memory[base + MEMORY_COUNTS + this.entry]
            gain += usual
        }
        gain += (roots[count] - roots[this.whole]) * 4
        if (gain > MOST_GAIN) gain = MOST_GAIN
        if (gain < LEAST_GAIN) {
            result1 = false
        } else {
            memory[base + MEMORY_GAIN] = gain + 128
            result1 = true
        }
        if (!result1) l[KNOWN] = 0
        else if (this.entry < 0) this.note(base, l, value)
        else {
            const memory = this.memory
            const at = base + MEMORY_COUNTS + this.entry
            memory[at] = memory[at] + AGAIN
            let total = memory[base + MEMORY_TOTAL] + AGAIN
            if (total > MOST_TOTAL) total = this.halve(base, l[KNOWN])
            memory[base + MEMORY_TOTAL] = total
            memory[base + MEMORY_CURRENT] = this.entry
        }
    }

    private note(base: number, l: number[], value: number): void {
        const memory = this.memory
        let entry = l[KNOWN]
        let total = memory[base + MEMORY_TOTAL] + 1
        if (entry < MEMORY_VALUES) l[KNOWN] = entry + 1
        else {
            entry--
            total -= memory[base + MEMORY_COUNTS + entry]
        }
        const rest = base + MEMORY_RESTS + 3 * entry
        memory[base + MEMORY_COUNTS + entry] = 1
        memory[base + MEMORY_LOWS + entry] = value & 255
        memory[rest] = (value >> 8) & 255
        memory[rest + 1] = (value >> 16) & 255
        memory[rest + 2] = (value >> 24) & 255
        memory[base + MEMORY_TOTAL] = total
        memory[base + MEMORY_CURRENT] = entry
    }

    private halve(base: number, known: number): number {
        const memory = this.memory
        let total = 0
        for (let i = 0; i < known; i++) {
            const at = base + MEMORY_COUNTS + i
            memory[at] = (memory[at] + 1) >> 1
            total += memory[at]
        }
        return total
    }

    private find(base: number, known: number, value: number): number {
        const memory = this.memory
        const low = value & 255
        const lows = base + MEMORY_LOWS
        const end = lows + known
        let at = memory.indexOf(low, lows, end)
        while (at >= 0 && at < end) {
            const rest = base + MEMORY_RESTS + 3 * (at - lows)
            const high = memory[rest] | (memory[rest + 1] << 8) | (memory[rest + 2] << 16)
            if (high === ((value >> 8) & 16777215) && memory[at] === low) return at - lows
            at = memory.indexOf(low, at + 1, end)
        }
        return -1
    }

    begin(at: number): void {
        this.rows = 0
        this.bytes = 0
        this.ties1 = 0
        this.ties2 = 0
        this.ties3 = 0
        this.at = at
        this.start = at
        this.low = 0
        this.range = TOP
        this.settled = 0
        this.hasCarried = false
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
        let shared1!: number
        let shared2!: number
        let shared3!: number
        let shift!: number
        let offset!: number
        let fraction!: number
        let spread!: number
        let ageClass!: number
        let ofChange!: number
        let run!: number
        let last!: number
        let delta!: number
        let question!: number
        let bit!: number
        let shared4!: number
        let shared5!: number
        let shared6!: number
        let shared7!: number
        let shared8!: number
        let shared9!: number
        let shared10!: number
        let shared11!: number
        let shared12!: number
        let shared13!: number
        let shared14!: number
        let shared15!: number
        let shared16!: number
        if (this.lane < 0) {
            shared1 = 0
            if (this.rows !== 0) {
                shared1 = 1
                shared2 = (time - this.time) | 0
                if (shared2 !== this.step) {
                    this.step = shared2
                    this.hasNewStep = true
                    shared1 = 0
                }
                for (shared3 = 0; shared3 < this.channels; shared3++)
                    if (qualities[shared3] !== this.qualityNow[shared3]) shared1 = 0
            }
            if (this.rows > 1) {
                const chance = this.regularChance
                shared2 = ((this.range >> 8) * chance) >> 7
                if (shared1 === 1) {
                    this.range = shared2
                    this.regularChance = chance + ((CHANCE_ONE - chance) >> 4)
                } else {
                    this.low += shared2
                    this.range -= shared2
                    this.regularChance = chance - (chance >> 3)
                }
                if (this.range < 65536) this.settle()
            } else shared1 = 0
            if (shared1 === 0) this.irregular(qualities)
            this.lane = this.hasNewStep ? 0 : 1
            this.hasNewStep = false
            this.keptSurprise = 0
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
        let scale!: number
        let sizeContext!: number
        let sizeBefore!: number
        let sizeAge!: number
        let context0!: number
        let context1!: number
        let slot!: number
        let gain!: number
        let sizeNow!: number
        let placeBefore!: number
        let lane = this.lane
        const channels = this.channels
        let keptSurprise = this.keptSurprise
        let at = this.at
        let range = this.range
        let low = this.low
        const limit = this.limit
        const buffer = this.buffer
        const tables = this.tables
        const roots = tables.roots
        const prior = tables.prior
        const curveLow = tables.curveLow
        const curveHigh = tables.curveHigh
        const lanes = this.lanes
        const hasGaps = this.gaps > 0
        let stop = lane + most
        if (stop > channels) stop = channels + 1
        neighbour = keptSurprise >> 2
        neighbourSign = keptSurprise & 3
        neighbourDelta = this.keptDelta
        neighbourDeltaBefore = this.keptDeltaBefore
        for (;;) {
            if (hasGaps && lane > 0) {
                while (lane <= channels && this.qualityNow[lane - 1] >= FIRST_GAP) {
                    lane++
                }
            }
            if (lane >= stop) break
            const l = lanes[lane]
            shared1 = l[AGE]
            let value = lane > 0 ? values[lane - 1] : this.step
            if (shared1 === 0) {
                this.at = at
                this.range = range
                this.low = low
                value = this.first(lane, value)
                at = this.at
                range = this.range
                low = this.low
                if (lane > 0) this.beginMemory(lane, l, value)
            } else {
                let isOpen!: boolean
                run = l[RUN]
                last = l[LAST]
                const rate = tables.rates[shared1 > 127 ? 127 : shared1]
                delta = (value - last) | 0
                question = SETUP
                if (run > STANDS && lane > 0) question = STAND
                shared2 = AT_NEUTRAL
                shared3 = 1
                shift = 0
                let isTold = false
                let isChange = false
                bit = 0
                for (;;) {
                    if (question === SETUP) {
                        fromLong = l[MEAN_LONG]
                        fromTrend = (l[DELTA] + l[DELTA_BEFORE]) * 8
                        fromShort = l[MEAN_SHORT]
                        shared4 = 0
                        shared5 = l[MISS_LAST]
                        shared6 = fromLong
                        shared7 = l[MISS_LONG]
                        if (shared7 < shared5) {
                            shared6 = 0
                            shared4 = fromLong
                            shared9 = shared5
                            shared5 = shared7
                            shared7 = shared9
                        }
                        shared9 = l[MISS_TREND]
                        if (shared9 < shared7)
                            if (shared9 < shared5) {
                                shared7 = shared5
                                shared6 = shared4
                                shared5 = shared9
                                shared4 = fromTrend
                            } else {
                                shared7 = shared9
                                shared6 = fromTrend
                            }
                        shared10 = l[MISS_SHORT]
                        if (shared10 < shared7)
                            if (shared10 < shared5) {
                                shared7 = shared5
                                shared6 = shared4
                                shared5 = shared10
                                shared4 = fromShort
                            } else {
                                shared7 = shared10
                                shared6 = fromShort
                            }
                        if (lane > 1) {
                            fromNeighbour = neighbourDelta * 16
                            shared10 = l[MISS_NEIGHBOUR]
                            if (shared10 < shared7)
                                if (shared10 < shared5) {
                                    shared7 = shared5
                                    shared6 = shared4
                                    shared5 = shared10
                                    shared4 = fromNeighbour
                                } else {
                                    shared7 = shared10
                                    shared6 = fromNeighbour
                                }
                            fromRelative = neighbourDeltaBefore * 16 - fromNeighbour
                            shared11 = l[MISS_RELATIVE]
                            if (shared11 < shared7)
                                if (shared11 < shared5) {
                                    shared7 = shared5
                                    shared6 = shared4
                                    shared5 = shared11
                                    shared4 = fromRelative
                                } else {
                                    shared7 = shared11
                                    shared6 = fromRelative
                                }
                        }
                        predicted =
                            shared7 * 4 < shared5 * 5 + 8
                                ? (shared4 + shared6 + 4) >> 3
                                : (shared4 + 2) >> 2
                        shared10 = l[RESIDUAL]
                        slow = l[SLOW]
                        offset = predicted + 2
                        shared11 = shared10
                        shared12 = l[FAST]
                        shared8 = slow
                        shared13 = l[GRID]
                        if (shared13 > 1) {
                            shared3 = shared13
                            offset = ((predicted / shared13) | 0) + 2
                            shared12 = (shared12 / shared13) | 0
                            shared8 = (slow / shared13) | 0
                            shared11 = (shared11 / shared13) | 0
                        }
                        fraction = offset & 3
                        offset = offset >> 2
                        shared14 =
                            shared12 < 256
                                ? roots[shared12]
                                : shared12 < 65536
                                  ? roots[shared12 >> 8] + 16
                                  : shared12 < 16777216
                                    ? roots[shared12 >> 16] + 32
                                    : roots[shared12 >> 24] + 48
                        shared15 =
                            shared8 < 256
                                ? roots[shared8]
                                : shared8 < 65536
                                  ? roots[shared8 >> 8] + 16
                                  : shared8 < 16777216
                                    ? roots[shared8 >> 16] + 32
                                    : roots[shared8 >> 24] + 48
                        scale = (shared14 + shared15 + 1) >> 1
                        spread = shared14 - shared15 + 4
                        if (spread < 0) spread = 0
                        else if (spread > 8) spread = 8
                        if (scale < 10) sizeContext = AT_SIZE + (scale * 9 + spread) * BUCKETS
                        else {
                            shift = (scale >> 1) - 4
                            sizeContext = AT_SIZE + (90 + (scale & 1) * 9 + spread) * BUCKETS
                            if (scale > 23) scale = 23
                        }
                        ageClass =
                            shared1 > 40
                                ? 7
                                : shared1 > 16
                                  ? 6
                                  : shared1 > 8
                                    ? 5
                                    : shared1 > 4
                                      ? 4
                                      : shared1 - 1
                        shared16 = 0
                        if (shared10 !== 0) {
                            shared16 = (shared11 < 0 ? -shared11 : shared11) >> shift
                            shared16 =
                                shared16 > 7
                                    ? 5
                                    : shared16 > 3
                                      ? 4
                                      : shared16 > 1
                                        ? 3
                                        : shared16 + 1
                        }
                        sizeBefore = AT_SIZE_BEFORE + (shared16 * 6 + neighbour) * BUCKETS
                        sizeAge = AT_SIZE_AGE + (ageClass * 12 + (scale >> 1)) * BUCKETS
                        isOpen = false
                        ofChange = l[KNOWN] > 0 ? RECALL : shared3 > 1 ? GRID_HIT : SIGN
                        question = ofChange
                        if (run <= STANDS && lane > 0)
                            if (shared1 > 2 && l[SAME_RATE] * (shared8 + 8) < 419430) isOpen = true
                            else question = SAME
                    }
                    if (question === SIGN) {
                        shared11 = l[RESIDUAL]
                        shared4 = shared11 === 0 ? 0 : shared11 < 0 ? 1 : 2
                        shared5 = offset < -3 ? 0 : offset > 3 ? 6 : offset + 3
                        context0 = AT_SIGN + ((isOpen ? 7 : shared5) * 24 + scale) * 4 + fraction
                        context1 = AT_SIGN_BEFORE + (shared4 * 3 + neighbourSign) * 7 + shared5
                        shared2 = AT_NEUTRAL
                        slot = SLOT_SIGN + shared4
                        gain = rate
                        shared10 =
                            shared3 > 1 ? ((delta / shared3) | 0) - offset : (delta - offset) | 0
                        bit = 0
                        if (shared10 < 0) {
                            bit = 1
                            sizeNow = -shared10 - 1
                        } else if (offset === 0 && !isOpen) sizeNow = shared10 - 1
                        else sizeNow = shared10
                    } else if (question === SAME) {
                        shared4 = l[HISTORY]
                        shared5 = shared4 & 3
                        if (run > 0) shared5 = run > 3 ? 6 : run > 1 ? 5 : 4
                        shared6 = offset < 0 ? -offset : offset
                        if (shared6 > 3) shared6 = 3
                        context0 = AT_SAME_SCALE + scale * 9 + spread
                        context1 = AT_SAME_RUN + (ageClass * 8 + shared5) * 6 + neighbour
                        shared2 = AT_SAME_HISTORY + shared4 * 4 + shared6
                        slot = SLOT_SAME + (shared4 & 7)
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
                    } else if (question === GRID_HIT) {
                        shared4 = shared3
                        shared5 = 5
                        if (shared4 < 4) shared5 = 0
                        else if (shared4 < 8) shared5 = 1
                        else if (((shared4 / 10) | 0) * 10 === shared4) shared5 = 2
                        else if (((shared4 / 5) | 0) * 5 === shared4) shared5 = 3
                        else if (shared4 < 32) shared5 = 4
                        context0 = AT_GRID + l[GRID_AGE] * 6 + shared5
                        context1 = AT_GRID_SCALE + ageClass * 24 + scale
                        shared2 = AT_NEUTRAL
                        slot = SLOT_GRID
                        gain = rate
                        bit = ((delta / shared4) | 0) * shared4 === delta ? 1 : 0
                    } else {
                        isChange = true
                        this.at = at
                        this.range = range
                        this.low = low
                        isTold = this.recall(lane, l, isOpen, value)
                        at = this.at
                        range = this.range
                        low = this.low
                        if (isTold) break
                        placeBefore = at * 16 - roots[range >> 16]
                        question = shared3 > 1 ? GRID_HIT : SIGN
                        continue
                    }
                    shared4 = l[slot]
                    shared5 = prior[context0] + prior[context1] + prior[shared2] + (shared4 >> 8)
                    if ((shared5 & -256) !== 0) shared5 = shared5 < 0 ? 0 : 255
                    shared6 = curveLow[shared5] | (curveHigh[shared5] << 8)
                    shared7 = ((range >> 8) * shared6) >> 7
                    if (bit === 1) {
                        range = shared7
                        l[slot] = shared4 + (((CHANCE_ONE - shared6) * gain) >> 11)
                    } else {
                        low += shared7
                        range -= shared7
                        l[slot] = shared4 - ((shared6 * gain) >> 11)
                    }
                    while (range < LEAST_RANGE) {
                        range = range << 8
                        if (low >= TOP) {
                            this.carry(at)
                            low -= TOP
                        }
                        if (at < limit) buffer[at] = low >> 16
                        at++
                        low = (low & 65535) << 8
                    }
                    if (question === SIGN) break
                    if (question === GRID_HIT) {
                        if (bit === 0) {
                            shared3 = 1
                            shared8 =
                                slow < 256
                                    ? roots[slow]
                                    : slow < 65536
                                      ? roots[slow >> 8] + 16
                                      : slow < 16777216
                                        ? roots[slow >> 16] + 32
                                        : roots[slow >> 24] + 48
                            shift = shared8 > 9 ? (shared8 >> 1) - 4 : 0
                            offset = (predicted + 2) >> 2
                            fraction = (predicted + 2) & 3
                        } else if (l[GRID_AGE] < 15) l[GRID_AGE] = l[GRID_AGE] + 1
                        question = SIGN
                    } else if (bit === 1) {
                        isTold = true
                        break
                    } else if (question === STAND) question = SETUP
                    else question = ofChange
                }
                if (isTold && run > STANDS && !isChange) {
                    l[RUN] = run + 1
                    neighbour = 1
                    neighbourSign = 0
                    neighbourDeltaBefore = neighbourDelta
                    neighbourDelta = 0
                } else {
                    if (!isTold) {
                        shared4 = sizeNow >> shift
                        shared5 = 0
                        for (;;) {
                            context0 = sizeContext + shared5
                            context1 = sizeBefore + shared5
                            shared2 = sizeAge + shared5
                            slot = SLOT_SIZE + shared5
                            shared6 = shared4 >> shared5 === 0 ? 1 : 0
                            shared7 = l[slot]
                            shared8 =
                                prior[context0] + prior[context1] + prior[shared2] + (shared7 >> 8)
                            if ((shared8 & -256) !== 0) shared8 = shared8 < 0 ? 0 : 255
                            shared9 = curveLow[shared8] | (curveHigh[shared8] << 8)
                            shared10 = ((range >> 8) * shared9) >> 7
                            if (shared6 === 1) {
                                range = shared10
                                l[slot] = shared7 + (((CHANCE_ONE - shared9) * gain) >> 11)
                            } else {
                                low += shared10
                                range -= shared10
                                l[slot] = shared7 - ((shared9 * gain) >> 11)
                            }
                            while (range < LEAST_RANGE) {
                                range = range << 8
                                if (low >= TOP) {
                                    this.carry(at)
                                    low -= TOP
                                }
                                if (at < limit) buffer[at] = low >> 16
                                at++
                                low = (low & 65535) << 8
                            }
                            if (shared6 === 1) break
                            shared5++
                            if (shared5 === BUCKETS) {
                                this.at = at
                                this.range = range
                                this.low = low
                                shared5 += this.escape(shared4)
                                at = this.at
                                range = this.range
                                low = this.low
                                break
                            }
                        }
                        shared6 = shift
                        if (shared5 > 1) shared6 += shared5 - 1
                        shared7 = shared5 > 9 ? 9 : shared5
                        shared8 = shared6
                        shared9 = AT_TOP + shared7 * 24 + scale
                        shared10 = 2
                        while (shared8 > 0) {
                            if (shared10 > 0) {
                                shared8--
                                shared11 = (sizeNow >> shared8) & 1
                                shared12 = prior[shared9]
                                shared13 = curveLow[shared12] | (curveHigh[shared12] << 8)
                                shared14 = ((range >> 8) * shared13) >> 7
                                if (shared11 === 1) {
                                    range = shared14
                                } else {
                                    low += shared14
                                    range -= shared14
                                }
                                shared10--
                                shared9 = AT_SECOND + (shared7 * 2 + shared11) * 12 + (scale >> 1)
                            } else {
                                shared11 = shared8 > 8 ? 8 : shared8
                                shared8 -= shared11
                                shared12 = (sizeNow >> shared8) & ((1 << shared11) - 1)
                                range = range >> shared11
                                low += shared12 * range
                            }
                            while (range < LEAST_RANGE) {
                                range = range << 8
                                if (low >= TOP) {
                                    this.carry(at)
                                    low -= TOP
                                }
                                if (at < limit) buffer[at] = low >> 16
                                at++
                                low = (low & 65535) << 8
                            }
                        }
                    }
                    if (isChange)
                        this.remember(
                            lane,
                            l,
                            value,
                            isTold ? -1 : at * 16 - roots[range >> 16] - placeBefore
                        )
                    l[LAST] = value
                    l[AGE] = shared1 + 1
                    shared4 = delta > MOST ? MOST : delta < -MOST ? -MOST : delta
                    shared5 = shared4 * 16
                    shared10 = shared4 - ((predicted + 2) >> 2)
                    shared6 = shared10 < 0 ? shared10 * -16 : shared10 * 16
                    shared7 = 5
                    shared8 = 4
                    shared9 = 2
                    if (shared1 < 32) {
                        shared7 = (roots[shared1] - 1) >> 1
                        if (shared7 < 4) shared8 = shared7
                        if (shared7 < 2) shared9 = shared7
                    }
                    shared12 = l[FAST]
                    l[FAST] = shared12 + ((shared6 - shared12) >> shared9)
                    l[SLOW] = slow + ((shared6 - slow) >> shared8)
                    shared11 = l[MISS_LAST]
                    l[MISS_LAST] =
                        shared11 + (((shared5 < 0 ? -shared5 : shared5) - shared11) >> shared7)
                    shared13 = shared5 - fromLong
                    shared14 = l[MISS_LONG]
                    l[MISS_LONG] =
                        shared14 + (((shared13 < 0 ? -shared13 : shared13) - shared14) >> shared7)
                    shared13 = shared5 - fromTrend
                    shared14 = l[MISS_TREND]
                    l[MISS_TREND] =
                        shared14 + (((shared13 < 0 ? -shared13 : shared13) - shared14) >> shared7)
                    shared13 = shared5 - fromShort
                    shared14 = l[MISS_SHORT]
                    l[MISS_SHORT] =
                        shared14 + (((shared13 < 0 ? -shared13 : shared13) - shared14) >> shared7)
                    if (lane > 1) {
                        shared13 = shared5 - fromNeighbour
                        shared14 = l[MISS_NEIGHBOUR]
                        l[MISS_NEIGHBOUR] =
                            shared14 +
                            (((shared13 < 0 ? -shared13 : shared13) - shared14) >> shared7)
                        shared15 = shared5 - fromRelative
                        shared16 = l[MISS_RELATIVE]
                        l[MISS_RELATIVE] =
                            shared16 +
                            (((shared15 < 0 ? -shared15 : shared15) - shared16) >> shared7)
                    }
                    shared13 = fromShort - shared5
                    l[MEAN_SHORT] = shared13 - ((shared13 / (shared1 > 1 ? 3 : 2)) | 0)
                    shared14 = fromLong - shared5
                    l[MEAN_LONG] = shared14 - ((shared14 / (shared1 > 14 ? 16 : shared1 + 1)) | 0)
                    l[DELTA_BEFORE] = l[DELTA]
                    l[DELTA] = shared4
                    l[RESIDUAL] = shared10
                    neighbourDeltaBefore = neighbourDelta
                    neighbourDelta = shared4
                    neighbour = shared10 === 0 ? 1 : shared6 < slow ? 2 : shared6 < slow * 2 ? 3 : 4
                    neighbourSign = shared10 === 0 ? 0 : shared10 < 0 ? 1 : 2
                    if (delta === 0) {
                        l[HISTORY] = (l[HISTORY] * 2 + 1) & 31
                        l[RUN] = run + 1
                        shared15 = l[SAME_RATE]
                        l[SAME_RATE] = shared15 + ((65535 - shared15) >> shared7)
                    } else {
                        neighbour++
                        l[HISTORY] = (l[HISTORY] * 2) & 31
                        l[RUN] = 0
                        shared15 = l[SAME_RATE]
                        l[SAME_RATE] = shared15 - (shared15 >> shared7)
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
            }
            lane++
        }
        if (lane <= channels) {
            keptSurprise = neighbour * 4 + neighbourSign
            this.keptDelta = neighbourDelta
            this.keptDeltaBefore = neighbourDeltaBefore
        }
        this.lane = lane
        this.keptSurprise = keptSurprise
        this.at = at
        this.range = range
        this.low = low
        if (this.lane <= this.channels) return ROW_UNFINISHED
        this.lane = -1
        let fits!: boolean
        const range2 = this.range
        const low2 = this.low
        const settled = this.at - this.start
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
        if (this.start + length > this.limit) {
            fits = false
        } else {
            this.settled = settled
            this.bytes = length
            this.ending = ending
            this.hasCarried = false
            this.rows = this.rows + 1
            fits = true
        }
        if (!fits) return ROW_FULL
        this.time = time
        return ROW_ADDED
    }

    private irregular(qualities: number[]): void {
        const rows = this.rows
        const now = this.qualityNow
        let isNew = 0
        for (let i = 0; i < this.channels; i++) if (qualities[i] !== now[i]) isNew = 1
        if (rows === 1) this.hasNewStep = true
        else if (rows > 1)
            this.hasNewStep = this.flag(AT_STEP + (rows > 2 ? 1 : 0), this.hasNewStep ? 1 : 0) === 1
        if (rows < 2 || this.hasNewStep)
            isNew = this.flag(AT_QUALITY + (rows > 2 ? 2 : rows), isNew)
        else isNew = 1
        if (isNew === 0) return
        this.gaps = 0
        for (let i = 0; i < this.channels; i++) {
            isNew = qualities[i] !== now[i] ? 1 : 0
            if (this.flag(AT_QUALITY_OF + (rows > 0 ? 1 : 0), isNew) === 1)
                now[i] = this.raw(4, qualities[i])
            if (now[i] >= FIRST_GAP) this.gaps = this.gaps + 1
        }
    }
}
