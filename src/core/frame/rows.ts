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

/** What became of a row. */
export const ROW_FULL = 0
/** It is in the frame. */
export const ROW_ADDED = 1
/** Some of its lanes are to come: call again with the same arguments. */
export const ROW_PART = 2

/** Steps of a lane: its scale and prediction, then up to four binary decisions. */
const SETUP = 0
const STAND = 1
const SAME = 2
const GRID_HIT = 3
const SIGN = 4

/** The interval before anything is coded; it is kept above 2¹⁶. */
const TOP = 16777216
/** Chances are in parts of this. */
export const CHANCE_ONE = 32768
/** Bound of differences in statistics; larger ones count as this. */
const MOST = 16777216
/** After this many repeats a value stands: that is coded by itself, and teaches nothing. */
const STANDS = 7
/** The slots' rate for flags, which are rare. */
const FLAG_RATE = 75
const REGULAR_AT_FIRST = 32000
const SAME_RATE_AT_FIRST = 19661
/** A slot of a lane when nothing is learnt: takes the middle off the sum of three entries. */
const SLOT_EMPTY = -65536

/** The tables of src/core/frame/tables.ts. */
export interface RowTables {
    /** Trained statistics, see layout.ts. */
    prior: Bytes
    /** Chances of 256 logits: their low bytes and their high ones. */
    curveLow: Bytes
    curveHigh: Bytes
    /** Logarithms of 0 … 255 in half octaves. */
    roots: Bytes
    /** Rates at which slots learn, by age up to 127. */
    rates: Bytes
    /** 32 common time steps, 32 bits little-endian. */
    steps: Bytes
}

/**
 * The model and the range coder of a frame's rows, for both directions: the
 * encoder and the decoder run this same code, so they cannot disagree. The
 * encoder's is made from it without what asks for the direction: after a change
 * run `npm run specialise:codec`, which writes row-encoder.ts. All memory is taken
 * in the constructor. Lane 0 holds the time steps, lane 1 + c channel c. What
 * happens for each reading is in one long method, {@link code}, because a call
 * costs the VM as much as twenty additions or more; what is rare has methods of
 * its own.
 */
export class RowCoder {
    /** Rows coded so far. */
    rows = 0
    /** Bytes of the rows if the frame ended after the last one. */
    bytes = 0
    /** Bytes of the rows that nothing to come can change, but for a carry. */
    settled = 0
    /** Decoder: the frame may end here; its last bytes say so. */
    isEnd = false
    /** Decoder: bits no encoder writes were met. */
    bad = false
    /** Time of the last row, ticks. */
    time = 0

    /** Next byte to write or to read. */
    private at = 0
    /**
     * Low end of the coder's interval, in 2⁻²⁴ of the byte before `at`; for the
     * decoder less the code word, so that both move it the same way.
     */
    private low = 0
    private range = TOP
    private start = 0
    /** The number that ends the frame after the last row. */
    private ending = 0
    /** Rows before that would end with as many bytes as one, two, three more than the settled ones. */
    private ties1 = 0
    private ties2 = 0
    private ties3 = 0
    /** Encoder: the open row has carried into bytes of the rows before. */
    private hasCarried = false

    /** Next lane of the open row; −1: no row is open. */
    private lane = -1
    private step = 0
    private hasNewStep = false
    /** Channels without a value. */
    private gaps = 0
    /** Chance that a row has the usual time step and no new quality. */
    private regularChance = 0
    /** Surprise (0 … 5) and its sign (0, 1 −, 2 +), value, last differences of the lane before. */
    private neighbour = 0
    private neighbourSign = 0
    private neighbourValue = 0
    private neighbourDelta = 0
    private neighbourDeltaBefore = 0

    private readonly lanes: number[][] = []
    private readonly qualityNow: number[]
    private readonly flagSlots: number[]

    /**
     * @param buffer frame to write or to read
     * @param limit one past the last byte for rows
     * @param channels 1 … 32
     * @param decoding direction
     */
    constructor(
        private readonly buffer: Bytes,
        private readonly limit: number,
        private readonly channels: number,
        private readonly tables: RowTables,
        private readonly decoding: boolean
    ) {
        this.flagSlots = filled(FLAGS, 0)
        this.qualityNow = filled(channels, 0)
        for (let i = 0; i <= channels; i++) this.lanes.push(filled(LANE_FIELDS, 0))
    }

    /** Starts a frame whose rows begin at a byte of the buffer. */
    begin(at: number): void {
        this.rows = 0
        this.bytes = 0
        this.isEnd = false
        this.bad = false
        this.time = 0
        this.at = at
        this.start = at
        this.low = 0
        this.range = TOP
        this.settled = 0
        this.ties1 = 0
        this.ties2 = 0
        this.ties3 = 0
        this.hasCarried = false
        this.lane = -1
        this.step = 0
        this.neighbourValue = 0
        this.hasNewStep = false
        this.gaps = 0
        this.regularChance = REGULAR_AT_FIRST
        for (let i = 0; i < FLAGS; i++) this.flagSlots[i] = 0
        for (let i = 0; i <= this.channels; i++) this.lanes[i][AGE] = 0
        for (let i = 0; i < this.channels; i++) this.qualityNow[i] = 0
        if (this.decoding)
            for (let i = 0; i < 3; i++) {
                this.low = this.low * 256 - (this.at < this.limit ? this.buffer[this.at] : 0)
                this.at++
            }
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
     * @param most lanes to code before it returns {@link ROW_PART}
     * @returns ROW_ADDED, ROW_PART or ROW_FULL
     */
    code(time: number, values: number[], qualities: number[], most: number): number {
        const decoding = this.decoding
        const channels = this.channels
        const buffer = this.buffer
        const limit = this.limit
        const tables = this.tables
        const prior = tables.prior
        const curveLow = tables.curveLow
        const curveHigh = tables.curveHigh
        const roots = tables.roots
        const qualityNow = this.qualityNow
        let bit = 0

        if (this.lane < 0) {
            // A row begins. Regular: the time step of the row before, and its qualities.
            if (!decoding && this.rows !== 0) {
                bit = 1
                const step = (time - this.time) | 0
                if (step !== this.step) {
                    this.step = step
                    this.hasNewStep = true
                    bit = 0
                }
                for (let i = 0; i < channels; i++) if (qualities[i] !== qualityNow[i]) bit = 0
            }
            if (this.rows > 1) {
                const chance = this.regularChance
                const bound = ((this.range >> 8) * chance) >> 7
                if (decoding) bit = this.low + bound > 0 ? 1 : 0
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
            if (bit === 0) this.irregular(qualities)
            this.lane = this.hasNewStep ? 0 : 1
            this.hasNewStep = false
            this.neighbour = 0
            this.neighbourSign = 0
            this.neighbourDelta = 0
            this.neighbourDeltaBefore = 0
        }

        const lanes = this.lanes
        const gaps = this.gaps
        let lane = this.lane
        let stop = lane + most
        if (stop > channels) stop = channels + 1
        let neighbour = this.neighbour
        let neighbourSign = this.neighbourSign
        let neighbourDelta = this.neighbourDelta
        let neighbourDeltaBefore = this.neighbourDeltaBefore
        let at = this.at
        let low = this.low
        let range = this.range

        for (;;) {
            if (gaps > 0 && lane > 0)
                while (lane <= channels && qualityNow[lane - 1] >= FIRST_GAP) {
                    if (decoding) values[lane - 1] = 0
                    lane++
                }
            if (lane >= stop) break
            const l = lanes[lane]
            const age = l[AGE]
            if (age === 0) {
                this.at = at
                this.low = low
                this.range = range
                const value = this.first(lane, lane > 0 ? values[lane - 1] : this.step)
                at = this.at
                low = this.low
                range = this.range
                if (this.bad) return ROW_FULL
                if (decoding && lane > 0) values[lane - 1] = value
                lane++
                continue
            }
            const last = l[LAST]
            const run = l[RUN]
            let delta = decoding ? 0 : ((lane > 0 ? values[lane - 1] : this.step) - last) | 0

            let node = SETUP
            if (run > STANDS && lane > 0) node = STAND
            // The decision: where its three entries are, its slot, how fast that learns.
            let i0!: number
            let i1!: number
            let i2 = AT_NEUTRAL
            let s0!: number
            const rate = tables.rates[age > 127 ? 127 : age]
            let gain = rate
            let p1!: number
            let p2!: number
            let p3!: number
            let p4!: number
            let p5!: number
            let predicted!: number
            let offset!: number
            let fraction!: number
            let unit = 1
            let scale!: number
            let shift = 0
            let ageClass!: number
            let sameContext!: number
            let sizeContext!: number
            let sizeBefore!: number
            let sizeAge!: number
            let slow!: number
            let mayBeSame = false
            let size = 0

            for (;;) {
                if (node === SETUP) {
                    // Predictions of the difference, in sixteenths, and the two that did best.
                    p1 = l[MEAN_LONG]
                    p2 = (l[DELTA] + l[DELTA_BEFORE]) * 8
                    p3 = l[MEAN_SHORT]
                    let best = 0
                    let least = l[MISS_LAST]
                    let second = p1
                    let lesser = l[MISS_LONG]
                    if (lesser < least) {
                        second = 0
                        best = p1
                        const swap = least
                        least = lesser
                        lesser = swap
                    }
                    let miss = l[MISS_TREND]
                    if (miss < lesser)
                        if (miss < least) {
                            lesser = least
                            second = best
                            least = miss
                            best = p2
                        } else {
                            lesser = miss
                            second = p2
                        }
                    miss = l[MISS_SHORT]
                    if (miss < lesser)
                        if (miss < least) {
                            lesser = least
                            second = best
                            least = miss
                            best = p3
                        } else {
                            lesser = miss
                            second = p3
                        }
                    if (lane > 1) {
                        p4 = neighbourDelta * 16
                        miss = l[MISS_NEIGHBOUR]
                        if (miss < lesser)
                            if (miss < least) {
                                lesser = least
                                second = best
                                least = miss
                                best = p4
                            } else {
                                lesser = miss
                                second = p4
                            }
                        p5 = neighbourDeltaBefore * 16 - p4
                        miss = l[MISS_RELATIVE]
                        if (miss < lesser)
                            if (miss < least) {
                                lesser = least
                                second = best
                                least = miss
                                best = p5
                            } else {
                                lesser = miss
                                second = p5
                            }
                    }
                    // In quarters.
                    predicted =
                        lesser * 4 < least * 5 + 8 ? (best + second + 4) >> 3 : (best + 2) >> 2

                    // The scale of the surprises to come, in steps of the channel's grid.
                    offset = predicted + 2
                    let was = l[RESIDUAL]
                    const hadResidual = was !== 0
                    let x = l[FAST]
                    slow = l[SLOW]
                    let y = slow
                    const grid = l[GRID]
                    if (grid > 1) {
                        unit = grid
                        offset = ((predicted / unit) | 0) + 2
                        x = (x / unit) | 0
                        y = (y / unit) | 0
                        was = (was / unit) | 0
                    }
                    fraction = offset & 3
                    offset = offset >> 2
                    const q1 =
                        x < 256
                            ? roots[x]
                            : x < 65536
                              ? roots[x >> 8] + 16
                              : x < 16777216
                                ? roots[x >> 16] + 32
                                : roots[x >> 24] + 48
                    const q2 =
                        y < 256
                            ? roots[y]
                            : y < 65536
                              ? roots[y >> 8] + 16
                              : y < 16777216
                                ? roots[y >> 16] + 32
                                : roots[y >> 24] + 48
                    scale = (q1 + q2 + 1) >> 1
                    let spread = q1 - q2 + 4
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
                    if (hadResidual) {
                        before = (was < 0 ? -was : was) >> shift
                        before = before > 7 ? 5 : before > 3 ? 4 : before > 1 ? 3 : before + 1
                    }
                    sizeBefore = AT_SIZE_BEFORE + (before * 6 + neighbour) * BUCKETS
                    sizeAge = AT_SIZE_AGE + (ageClass * 12 + (scale >> 1)) * BUCKETS

                    // Whether it stays is not asked when that is unlikely.
                    node = unit > 1 ? GRID_HIT : SIGN
                    if (run <= STANDS)
                        if (lane === 0) mayBeSame = false
                        else if (age > 2 && l[SAME_RATE] * (y + 8) < 419430) mayBeSame = true
                        else {
                            sameContext = AT_SAME_SCALE + scale * 9 + spread
                            node = SAME
                        }
                }
                if (node === SIGN) {
                    if (!decoding) {
                        const residual =
                            unit > 1 ? ((delta / unit) | 0) - offset : (delta - offset) | 0
                        bit = 0
                        if (residual < 0) {
                            bit = 1
                            size = -residual - 1
                        } else if (offset === 0 && !mayBeSame) size = residual - 1
                        else size = residual
                    }
                    const was = l[RESIDUAL]
                    const signBefore = was === 0 ? 0 : was < 0 ? 1 : 2
                    const o = offset < -3 ? 0 : offset > 3 ? 6 : offset + 3
                    i0 = AT_SIGN + ((mayBeSame ? 7 : o) * 24 + scale) * 4 + fraction
                    i1 = AT_SIGN_BEFORE + (signBefore * 3 + neighbourSign) * 7 + o
                    i2 = AT_NEUTRAL
                    s0 = SLOT_SIGN + signBefore
                    gain = rate
                } else if (node === SAME) {
                    if (!decoding) bit = delta === 0 ? 1 : 0
                    const history = l[HISTORY]
                    let recent = history & 3
                    if (run > 0) recent = run > 3 ? 6 : run > 1 ? 5 : 4
                    let o = offset < 0 ? -offset : offset
                    if (o > 3) o = 3
                    i0 = sameContext
                    i1 = AT_SAME_RUN + (ageClass * 8 + recent) * 6 + neighbour
                    i2 = AT_SAME_HISTORY + history * 4 + o
                    s0 = SLOT_SAME + (history & 7)
                    gain = rate * 4
                } else if (node === STAND) {
                    if (!decoding) bit = delta === 0 ? 1 : 0
                    i0 =
                        AT_STAND_RUN +
                        (run > 63 ? 18 : run > 31 ? 12 : run > 15 ? 6 : 0) +
                        neighbour
                    i1 = AT_STAND_RATE + (l[SAME_RATE] >> 13)
                    s0 = SLOT_STAND
                    gain = rate * 4
                } else {
                    if (!decoding) bit = ((delta / unit) | 0) * unit === delta ? 1 : 0
                    let kind = 5
                    if (unit < 4) kind = 0
                    else if (unit < 8) kind = 1
                    else if (((unit / 10) | 0) * 10 === unit) kind = 2
                    else if (((unit / 5) | 0) * 5 === unit) kind = 3
                    else if (unit < 32) kind = 4
                    i0 = AT_GRID + l[GRID_AGE] * 6 + kind
                    i1 = AT_GRID_SCALE + ageClass * 24 + scale
                    i2 = AT_NEUTRAL
                    s0 = SLOT_GRID
                    gain = rate
                }

                const learnt = l[s0]
                let x = prior[i0] + prior[i1] + prior[i2] + (learnt >> 8)
                if ((x & -256) !== 0) x = x < 0 ? 0 : 255
                const chance = curveLow[x] | (curveHigh[x] << 8)
                const bound = ((range >> 8) * chance) >> 7
                if (decoding) bit = low + bound > 0 ? 1 : 0
                // train(i0, i1, i2)
                if (bit === 1) {
                    range = bound
                    l[s0] = learnt + (((CHANCE_ONE - chance) * gain) >> 11)
                } else {
                    low += bound
                    range -= bound
                    l[s0] = learnt - ((chance * gain) >> 11)
                }
                while (range < 65536) {
                    range = range << 8
                    if (decoding) {
                        low = low * 256 - (at < limit ? buffer[at] : 0)
                        at++
                    } else {
                        if (low >= TOP) {
                            this.carry(at)
                            low -= TOP
                        }
                        if (at < limit) buffer[at] = low >> 16
                        at++
                        low = (low & 65535) << 8
                    }
                }

                if (node === SIGN) break
                if (node === GRID_HIT) {
                    if (bit === 1) {
                        if (l[GRID_AGE] < 15) l[GRID_AGE] = l[GRID_AGE] + 1
                    } else {
                        // Off the grid: single steps from here, with the scale that belongs to them.
                        unit = 1
                        const y = slow
                        const q =
                            y < 256
                                ? roots[y]
                                : y < 65536
                                  ? roots[y >> 8] + 16
                                  : y < 16777216
                                    ? roots[y >> 16] + 32
                                    : roots[y >> 24] + 48
                        shift = q > 9 ? (q >> 1) - 4 : 0
                        offset = (predicted + 2) >> 2
                        fraction = (predicted + 2) & 3
                    }
                    node = SIGN
                } else if (bit === 1) {
                    size = -1
                    break
                } else if (node === STAND) node = SETUP
                else node = unit > 1 ? GRID_HIT : SIGN
            }

            if (size < 0) {
                if (run > STANDS) {
                    // A channel that stands still has nothing more to teach.
                    l[RUN] = run + 1
                    if (decoding) values[lane - 1] = last
                    neighbour = 1
                    neighbourSign = 0
                    neighbourDeltaBefore = neighbourDelta
                    neighbourDelta = 0
                    this.neighbourValue = last
                    lane++
                    continue
                }
            } else {
                const isNegative = bit
                // The size's bit length above the scale, in unary up to the escape.
                const high = size >> shift
                let bucket = 0
                let threshold = 1
                for (;;) {
                    i0 = sizeContext + bucket
                    i1 = sizeBefore + bucket
                    i2 = sizeAge + bucket
                    s0 = SLOT_SIZE + bucket
                    const learnt = l[s0]
                    let x = prior[i0] + prior[i1] + prior[i2] + (learnt >> 8)
                    if ((x & -256) !== 0) x = x < 0 ? 0 : 255
                    const chance = curveLow[x] | (curveHigh[x] << 8)
                    const bound = ((range >> 8) * chance) >> 7
                    if (decoding) bit = low + bound > 0 ? 1 : 0
                    else bit = high < threshold ? 1 : 0
                    // train(i0, i1, i2)
                    if (bit === 1) {
                        range = bound
                        l[s0] = learnt + (((CHANCE_ONE - chance) * rate) >> 11)
                    } else {
                        low += bound
                        range -= bound
                        l[s0] = learnt - ((chance * rate) >> 11)
                        bucket++
                        threshold = threshold << 1
                    }
                    while (range < 65536) {
                        range = range << 8
                        if (decoding) {
                            low = low * 256 - (at < limit ? buffer[at] : 0)
                            at++
                        } else {
                            if (low >= TOP) {
                                this.carry(at)
                                low -= TOP
                            }
                            if (at < limit) buffer[at] = low >> 16
                            at++
                            low = (low & 65535) << 8
                        }
                    }
                    if (bit === 1) break
                    if (bucket === BUCKETS) {
                        let length = BUCKETS
                        if (!decoding) while (length < 31 && high >= 1 << length) length++
                        this.at = at
                        this.low = low
                        this.range = range
                        bucket = BUCKETS + this.raw(5, length - BUCKETS)
                        at = this.at
                        low = this.low
                        range = this.range
                        break
                    }
                }
                let lowBits = shift
                if (bucket > 1) lowBits += bucket - 1
                if (decoding && lowBits > 30) {
                    this.bad = true
                    return ROW_FULL
                }
                if (decoding) size = bucket === 0 ? 0 : 1 << (bucket - 1 + shift)

                // The two highest of the low bits are not quite even; the others go in as they are.
                if (bucket > 9) bucket = 9
                let topContext = AT_TOP + bucket * 24 + scale
                let tops = 2
                while (lowBits > 0) {
                    if (tops > 0) {
                        lowBits--
                        const x = prior[topContext]
                        const chance = curveLow[x] | (curveHigh[x] << 8)
                        const bound = ((range >> 8) * chance) >> 7
                        if (decoding) {
                            bit = low + bound > 0 ? 1 : 0
                            size += bit << lowBits
                        } else bit = (size >> lowBits) & 1
                        // train(topContext, 0, 0)
                        if (bit === 1) range = bound
                        else {
                            low += bound
                            range -= bound
                        }
                        tops--
                        topContext = AT_SECOND + (bucket * 2 + bit) * 12 + (scale >> 1)
                    } else {
                        const count = lowBits > 8 ? 8 : lowBits
                        lowBits -= count
                        range = range >> count
                        if (decoding) {
                            const digit = (-low / range) | 0
                            if (digit >= 1 << count) {
                                this.bad = true
                                return ROW_FULL
                            }
                            size += digit << lowBits
                            low += digit * range
                        } else low += ((size >> lowBits) & ((1 << count) - 1)) * range
                    }
                    while (range < 65536) {
                        range = range << 8
                        if (decoding) {
                            low = low * 256 - (at < limit ? buffer[at] : 0)
                            at++
                        } else {
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
                if (decoding) {
                    let residual = isNegative === 1 ? -size - 1 : size
                    if (isNegative === 0 && offset === 0 && !mayBeSame) residual++
                    delta = ((residual + offset) * unit) | 0
                }
            }

            // What is learnt from the value.
            const value = (last + delta) | 0
            if (decoding) {
                if (lane > 0) values[lane - 1] = value
                else this.step = value
            }
            l[LAST] = value
            l[AGE] = age + 1
            const d = delta > MOST ? MOST : delta < -MOST ? -MOST : delta
            const d16 = d * 16
            const e = d - ((predicted + 2) >> 2)
            const size16 = e < 0 ? e * -16 : e * 16
            // Means begin as plain ones and end as running ones.
            let pace = 5
            let pace4 = 4
            let pace2 = 2
            if (age < 32) {
                pace = (roots[age] - 1) >> 1
                if (pace < 4) pace4 = pace
                if (pace < 2) pace2 = pace
            }
            l[FAST] = l[FAST] + ((size16 - l[FAST]) >> pace2)
            l[SLOW] = slow + ((size16 - slow) >> pace4)
            let miss = l[MISS_LAST]
            let off = d16 < 0 ? -d16 : d16
            l[MISS_LAST] = miss + ((off - miss) >> pace)
            miss = l[MISS_LONG]
            off = d16 - p1
            if (off < 0) off = -off
            l[MISS_LONG] = miss + ((off - miss) >> pace)
            miss = l[MISS_TREND]
            off = d16 - p2
            if (off < 0) off = -off
            l[MISS_TREND] = miss + ((off - miss) >> pace)
            miss = l[MISS_SHORT]
            off = d16 - p3
            if (off < 0) off = -off
            l[MISS_SHORT] = miss + ((off - miss) >> pace)
            if (lane > 1) {
                miss = l[MISS_NEIGHBOUR]
                off = d16 - p4
                if (off < 0) off = -off
                l[MISS_NEIGHBOUR] = miss + ((off - miss) >> pace)
                miss = l[MISS_RELATIVE]
                off = d16 - p5
                if (off < 0) off = -off
                l[MISS_RELATIVE] = miss + ((off - miss) >> pace)
            }
            let mean = p3 - d16
            l[MEAN_SHORT] = mean - ((mean / (age > 1 ? 3 : 2)) | 0)
            mean = p1 - d16
            l[MEAN_LONG] = mean - ((mean / (age > 14 ? 16 : age + 1)) | 0)
            l[DELTA_BEFORE] = l[DELTA]
            l[DELTA] = d
            l[RESIDUAL] = e
            neighbourDeltaBefore = neighbourDelta
            neighbourDelta = d
            neighbour = e === 0 ? 1 : size16 < slow ? 2 : size16 < slow * 2 ? 3 : 4
            neighbourSign = e === 0 ? 0 : e < 0 ? 1 : 2
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
            } else this.neighbourValue = value
            lane++
        }

        this.at = at
        this.low = low
        this.range = range
        if (lane <= channels) {
            this.lane = lane
            this.neighbour = neighbour
            this.neighbourSign = neighbourSign
            this.neighbourDelta = neighbourDelta
            this.neighbourDeltaBefore = neighbourDeltaBefore
            return ROW_PART
        }
        this.lane = -1

        // How the frame would end here: with the first number in the interval of as few
        // bytes as possible that no row before has taken.
        let word = 0
        let settled = at - this.start
        if (decoding) {
            settled -= 3
            for (let i = at - 3; i < at; i++) word = word * 256 + (i < limit ? buffer[i] : 0)
            low += word
        }
        const grown = settled - this.settled
        if (grown > 0) {
            this.ties1 = grown === 1 ? this.ties2 : grown === 2 ? this.ties3 : 0
            this.ties2 = grown === 1 ? this.ties3 : 0
            this.ties3 = 0
        }
        let length = settled + 1
        let ties2 = this.ties2
        let ties3 = this.ties3
        let ending = (((low + 65535) >> 16) + this.ties1) << 16
        if (ending < low + range) this.ties1 = this.ties1 + 1
        else {
            ending = (((low + 255) >> 8) + ties2) << 8
            length++
            if (ending < low + range) ties2++
            else {
                ending = low + ties3
                length++
                ties3++
            }
            this.ties2 = ties2
            this.ties3 = ties3
        }
        if (!decoding && this.start + length > limit) return ROW_FULL
        this.settled = settled
        this.bytes = length
        this.ending = ending
        this.hasCarried = false
        this.rows = this.rows + 1
        if (decoding) {
            this.isEnd = ending === word
            this.time = this.rows === 1 ? time : (this.time + this.step) >>> 0
            for (let i = 0; i < channels; i++) qualities[i] = qualityNow[i]
        } else this.time = time
        return ROW_ADDED
    }

    /**
     * Encoder: writes the bytes that end the frame after the last whole row.
     *
     * @returns one past the last byte
     */
    finish(): number {
        const buffer = this.buffer
        let at = this.start + this.settled
        if (this.hasCarried) {
            // A row that is not taken has carried: take it back.
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

    /** The first value of a lane. @param value the encoder's @returns it */
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

    /** A rare decision with one entry; the first few also have a slot. @returns the bit */
    private flag(entry: number, bit: number): number {
        const slot = entry - AT_FLAGS
        const isLearning = slot < FLAGS
        let x = this.tables.prior[entry]
        if (isLearning) x += this.flagSlots[slot] >> 8
        if (x < 0) x = 0
        else if (x > 255) x = 255
        const chance = this.tables.curveLow[x] | (this.tables.curveHigh[x] << 8)
        const bound = ((this.range >> 8) * chance) >> 7
        if (this.decoding) bit = this.low + bound > 0 ? 1 : 0
        // train(entry, 0, 0)
        if (bit === 1) this.range = bound
        else {
            this.low = this.low + bound
            this.range = this.range - bound
        }
        if (isLearning)
            this.flagSlots[slot] =
                this.flagSlots[slot] + (((bit * CHANCE_ONE - chance) * FLAG_RATE) >> 11)
        if (this.range < 65536) this.settle()
        return bit
    }

    /** Up to 8 bits as they are. @returns them */
    private raw(bits: number, value: number): number {
        this.range = this.range >> bits
        if (this.decoding) {
            value = (-this.low / this.range) | 0
            if (value >= 1 << bits) {
                this.bad = true
                value = 0
            }
        }
        this.low = this.low + value * this.range
        if (this.range < 65536) this.settle()
        return value
    }

    /** A number of 1 … 63, short when it is small. @returns it */
    private gamma(value: number): number {
        let length = 0
        if (!this.decoding) while (value >> (length + 1) !== 0) length++
        let bits = 0
        while (bits < 5 && this.raw(1, bits < length ? 0 : 1) === 0) bits++
        if (bits === 0) return 1
        return (1 << bits) | this.raw(bits, value & ((1 << bits) - 1))
    }

    /** Moves bytes until the interval is large enough again. */
    private settle(): void {
        while (this.range < 65536) {
            this.range = this.range << 8
            const at = this.at
            this.at = at + 1
            if (this.decoding) this.low = this.low * 256 - (at < this.limit ? this.buffer[at] : 0)
            else {
                if (this.low >= TOP) {
                    this.carry(at)
                    this.low = this.low - TOP
                }
                if (at < this.limit) this.buffer[at] = this.low >> 16
                this.low = (this.low & 65535) << 8
            }
        }
    }

    /** Encoder: adds one to the number that the bytes before `at` are. */
    private carry(at: number): void {
        // Bytes beyond the limit are not there; the row is lost then anyway.
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

    /** Takes a change into the channel's greatest common divisor. */
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
