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
import { CHANCE_ONE, ROW_ADDED, ROW_FULL, ROW_PART, RowTables } from "./rows.js"

const SETUP = 0
const STAND = 1
const SAME = 2
const GRID_HIT = 3
const SIGN = 4
const TOP = 16777216
const MOST = 16777216
const STANDS = 7
const FLAG_RATE = 75
const REGULAR_AT_FIRST = 32000
const SAME_RATE_AT_FIRST = 19661
const SLOT_EMPTY = -65536
/**
 * RowCoder of rows.ts for encoders alone, with the same fields and methods: they
 * are described there.
 */
export class RowEncoder {
    rows = 0
    bytes = 0
    settled = 0
    time = 0
    private at = 0
    private low = 0
    private range = TOP
    private start = 0
    private ending = 0
    private ties1 = 0
    private ties2 = 0
    private ties3 = 0
    private hasCarried = false
    private lane = -1
    private step = 0
    private hasNewStep = false
    private gaps = 0
    private regularChance = 0
    private neighbour = 0
    private neighbourSign = 0
    private neighbourValue = 0
    private neighbourDelta = 0
    private neighbourDeltaBefore = 0
    private readonly lanes: number[][] = []
    private readonly qualityNow: number[]
    private readonly flagSlots: number[]

    constructor(
        private readonly buffer: Bytes,
        private readonly limit: number,
        private readonly channels: number,
        private readonly tables: RowTables
    ) {
        this.flagSlots = filled(FLAGS, 0)
        this.qualityNow = filled(channels, 0)
        for (let i = 0; i <= channels; i++) this.lanes.push(filled(LANE_FIELDS, 0))
    }

    begin(at: number): void {
        this.rows = 0
        this.bytes = 0
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
        this.gamma(this.channels)
    }

    code(time: number, values: number[], qualities: number[], most: number): number {
        let shared1!: number
        let shared2!: number
        let run!: number
        let delta!: number
        let node!: number
        let i0!: number
        let i1!: number
        let i2!: number
        let s0!: number
        let gain!: number
        let p1!: number
        let p2!: number
        let p3!: number
        let p4!: number
        let p5!: number
        let predicted!: number
        let offset!: number
        let fraction!: number
        let unit!: number
        let scale!: number
        let shift!: number
        let ageClass!: number
        let sameContext!: number
        let sizeContext!: number
        let sizeBefore!: number
        let sizeAge!: number
        let slow!: number
        let size!: number
        let shared3!: number
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
        let spread!: number
        let before!: number
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
            if (this.rows !== 0) {
                bit = 1
                shared1 = (time - this.time) | 0
                if (shared1 !== this.step) {
                    this.step = shared1
                    this.hasNewStep = true
                    bit = 0
                }
                for (shared2 = 0; shared2 < channels; shared2++)
                    if (qualities[shared2] !== qualityNow[shared2]) bit = 0
            }
            if (this.rows > 1) {
                const chance = this.regularChance
                shared1 = ((this.range >> 8) * chance) >> 7
                if (bit === 1) {
                    this.range = shared1
                    this.regularChance = chance + ((CHANCE_ONE - chance) >> 4)
                } else {
                    this.low += shared1
                    this.range -= shared1
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
                    lane++
                }
            if (lane >= stop) break
            const l = lanes[lane]
            shared1 = l[AGE]
            if (shared1 === 0) {
                this.at = at
                this.low = low
                this.range = range
                this.first(lane, lane > 0 ? values[lane - 1] : this.step)
                at = this.at
                low = this.low
                range = this.range
                lane++
                continue
            }
            shared2 = l[LAST]
            run = l[RUN]
            delta = ((lane > 0 ? values[lane - 1] : this.step) - shared2) | 0
            node = SETUP
            if (run > STANDS && lane > 0) node = STAND
            i2 = AT_NEUTRAL
            const rate = tables.rates[shared1 > 127 ? 127 : shared1]
            gain = rate
            unit = 1
            shift = 0
            let mayBeSame = false
            size = 0
            for (;;) {
                if (node === SETUP) {
                    p1 = l[MEAN_LONG]
                    p2 = (l[DELTA] + l[DELTA_BEFORE]) * 8
                    p3 = l[MEAN_SHORT]
                    shared3 = 0
                    shared4 = l[MISS_LAST]
                    shared5 = p1
                    shared6 = l[MISS_LONG]
                    if (shared6 < shared4) {
                        shared5 = 0
                        shared3 = p1
                        shared7 = shared4
                        shared4 = shared6
                        shared6 = shared7
                    }
                    shared7 = l[MISS_TREND]
                    if (shared7 < shared6)
                        if (shared7 < shared4) {
                            shared6 = shared4
                            shared5 = shared3
                            shared4 = shared7
                            shared3 = p2
                        } else {
                            shared6 = shared7
                            shared5 = p2
                        }
                    shared7 = l[MISS_SHORT]
                    if (shared7 < shared6)
                        if (shared7 < shared4) {
                            shared6 = shared4
                            shared5 = shared3
                            shared4 = shared7
                            shared3 = p3
                        } else {
                            shared6 = shared7
                            shared5 = p3
                        }
                    if (lane > 1) {
                        p4 = neighbourDelta * 16
                        shared7 = l[MISS_NEIGHBOUR]
                        if (shared7 < shared6)
                            if (shared7 < shared4) {
                                shared6 = shared4
                                shared5 = shared3
                                shared4 = shared7
                                shared3 = p4
                            } else {
                                shared6 = shared7
                                shared5 = p4
                            }
                        p5 = neighbourDeltaBefore * 16 - p4
                        shared7 = l[MISS_RELATIVE]
                        if (shared7 < shared6)
                            if (shared7 < shared4) {
                                shared6 = shared4
                                shared5 = shared3
                                shared4 = shared7
                                shared3 = p5
                            } else {
                                shared6 = shared7
                                shared5 = p5
                            }
                    }
                    predicted =
                        shared6 * 4 < shared4 * 5 + 8
                            ? (shared3 + shared5 + 4) >> 3
                            : (shared3 + 2) >> 2
                    offset = predicted + 2
                    shared8 = l[RESIDUAL]
                    const hadResidual = shared8 !== 0
                    shared9 = l[FAST]
                    slow = l[SLOW]
                    shared10 = slow
                    shared11 = l[GRID]
                    if (shared11 > 1) {
                        unit = shared11
                        offset = ((predicted / unit) | 0) + 2
                        shared9 = (shared9 / unit) | 0
                        shared10 = (shared10 / unit) | 0
                        shared8 = (shared8 / unit) | 0
                    }
                    fraction = offset & 3
                    offset = offset >> 2
                    shared12 =
                        shared9 < 256
                            ? roots[shared9]
                            : shared9 < 65536
                              ? roots[shared9 >> 8] + 16
                              : shared9 < 16777216
                                ? roots[shared9 >> 16] + 32
                                : roots[shared9 >> 24] + 48
                    shared13 =
                        shared10 < 256
                            ? roots[shared10]
                            : shared10 < 65536
                              ? roots[shared10 >> 8] + 16
                              : shared10 < 16777216
                                ? roots[shared10 >> 16] + 32
                                : roots[shared10 >> 24] + 48
                    scale = (shared12 + shared13 + 1) >> 1
                    spread = shared12 - shared13 + 4
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
                    before = 0
                    if (hadResidual) {
                        before = (shared8 < 0 ? -shared8 : shared8) >> shift
                        before = before > 7 ? 5 : before > 3 ? 4 : before > 1 ? 3 : before + 1
                    }
                    sizeBefore = AT_SIZE_BEFORE + (before * 6 + neighbour) * BUCKETS
                    sizeAge = AT_SIZE_AGE + (ageClass * 12 + (scale >> 1)) * BUCKETS
                    node = unit > 1 ? GRID_HIT : SIGN
                    if (run <= STANDS)
                        if (lane === 0) mayBeSame = false
                        else if (shared1 > 2 && l[SAME_RATE] * (shared10 + 8) < 419430)
                            mayBeSame = true
                        else {
                            sameContext = AT_SAME_SCALE + scale * 9 + spread
                            node = SAME
                        }
                }
                if (node === SIGN) {
                    shared3 = unit > 1 ? ((delta / unit) | 0) - offset : (delta - offset) | 0
                    bit = 0
                    if (shared3 < 0) {
                        bit = 1
                        size = -shared3 - 1
                    } else if (offset === 0 && !mayBeSame) size = shared3 - 1
                    else size = shared3
                    shared8 = l[RESIDUAL]
                    shared4 = shared8 === 0 ? 0 : shared8 < 0 ? 1 : 2
                    shared5 = offset < -3 ? 0 : offset > 3 ? 6 : offset + 3
                    i0 = AT_SIGN + ((mayBeSame ? 7 : shared5) * 24 + scale) * 4 + fraction
                    i1 = AT_SIGN_BEFORE + (shared4 * 3 + neighbourSign) * 7 + shared5
                    i2 = AT_NEUTRAL
                    s0 = SLOT_SIGN + shared4
                    gain = rate
                } else if (node === SAME) {
                    bit = delta === 0 ? 1 : 0
                    shared3 = l[HISTORY]
                    shared4 = shared3 & 3
                    if (run > 0) shared4 = run > 3 ? 6 : run > 1 ? 5 : 4
                    shared5 = offset < 0 ? -offset : offset
                    if (shared5 > 3) shared5 = 3
                    i0 = sameContext
                    i1 = AT_SAME_RUN + (ageClass * 8 + shared4) * 6 + neighbour
                    i2 = AT_SAME_HISTORY + shared3 * 4 + shared5
                    s0 = SLOT_SAME + (shared3 & 7)
                    gain = rate * 4
                } else if (node === STAND) {
                    bit = delta === 0 ? 1 : 0
                    i0 =
                        AT_STAND_RUN +
                        (run > 63 ? 18 : run > 31 ? 12 : run > 15 ? 6 : 0) +
                        neighbour
                    i1 = AT_STAND_RATE + (l[SAME_RATE] >> 13)
                    s0 = SLOT_STAND
                    gain = rate * 4
                } else {
                    bit = ((delta / unit) | 0) * unit === delta ? 1 : 0
                    shared3 = 5
                    if (unit < 4) shared3 = 0
                    else if (unit < 8) shared3 = 1
                    else if (((unit / 10) | 0) * 10 === unit) shared3 = 2
                    else if (((unit / 5) | 0) * 5 === unit) shared3 = 3
                    else if (unit < 32) shared3 = 4
                    i0 = AT_GRID + l[GRID_AGE] * 6 + shared3
                    i1 = AT_GRID_SCALE + ageClass * 24 + scale
                    i2 = AT_NEUTRAL
                    s0 = SLOT_GRID
                    gain = rate
                }
                shared3 = l[s0]
                shared9 = prior[i0] + prior[i1] + prior[i2] + (shared3 >> 8)
                if ((shared9 & -256) !== 0) shared9 = shared9 < 0 ? 0 : 255
                shared4 = curveLow[shared9] | (curveHigh[shared9] << 8)
                shared5 = ((range >> 8) * shared4) >> 7
                if (bit === 1) {
                    range = shared5
                    l[s0] = shared3 + (((CHANCE_ONE - shared4) * gain) >> 11)
                } else {
                    low += shared5
                    range -= shared5
                    l[s0] = shared3 - ((shared4 * gain) >> 11)
                }
                while (range < 65536) {
                    range = range << 8
                    if (low >= TOP) {
                        this.carry(at)
                        low -= TOP
                    }
                    if (at < limit) buffer[at] = low >> 16
                    at++
                    low = (low & 65535) << 8
                }
                if (node === SIGN) break
                if (node === GRID_HIT) {
                    if (bit === 1) {
                        if (l[GRID_AGE] < 15) l[GRID_AGE] = l[GRID_AGE] + 1
                    } else {
                        unit = 1
                        shared10 = slow
                        shared6 =
                            shared10 < 256
                                ? roots[shared10]
                                : shared10 < 65536
                                  ? roots[shared10 >> 8] + 16
                                  : shared10 < 16777216
                                    ? roots[shared10 >> 16] + 32
                                    : roots[shared10 >> 24] + 48
                        shift = shared6 > 9 ? (shared6 >> 1) - 4 : 0
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
                    l[RUN] = run + 1
                    neighbour = 1
                    neighbourSign = 0
                    neighbourDeltaBefore = neighbourDelta
                    neighbourDelta = 0
                    this.neighbourValue = shared2
                    lane++
                    continue
                }
            } else {
                shared3 = size >> shift
                shared4 = 0
                shared5 = 1
                for (;;) {
                    i0 = sizeContext + shared4
                    i1 = sizeBefore + shared4
                    i2 = sizeAge + shared4
                    s0 = SLOT_SIZE + shared4
                    shared6 = l[s0]
                    shared9 = prior[i0] + prior[i1] + prior[i2] + (shared6 >> 8)
                    if ((shared9 & -256) !== 0) shared9 = shared9 < 0 ? 0 : 255
                    shared7 = curveLow[shared9] | (curveHigh[shared9] << 8)
                    shared8 = ((range >> 8) * shared7) >> 7
                    bit = shared3 < shared5 ? 1 : 0
                    if (bit === 1) {
                        range = shared8
                        l[s0] = shared6 + (((CHANCE_ONE - shared7) * rate) >> 11)
                    } else {
                        low += shared8
                        range -= shared8
                        l[s0] = shared6 - ((shared7 * rate) >> 11)
                        shared4++
                        shared5 = shared5 << 1
                    }
                    while (range < 65536) {
                        range = range << 8
                        if (low >= TOP) {
                            this.carry(at)
                            low -= TOP
                        }
                        if (at < limit) buffer[at] = low >> 16
                        at++
                        low = (low & 65535) << 8
                    }
                    if (bit === 1) break
                    if (shared4 === BUCKETS) {
                        shared10 = BUCKETS
                        while (shared10 < 31 && shared3 >= 1 << shared10) shared10++
                        this.at = at
                        this.low = low
                        this.range = range
                        shared4 = BUCKETS + this.raw(5, shared10 - BUCKETS)
                        at = this.at
                        low = this.low
                        range = this.range
                        break
                    }
                }
                shared6 = shift
                if (shared4 > 1) shared6 += shared4 - 1
                if (shared4 > 9) shared4 = 9
                shared7 = AT_TOP + shared4 * 24 + scale
                shared8 = 2
                while (shared6 > 0) {
                    if (shared8 > 0) {
                        shared6--
                        shared9 = prior[shared7]
                        shared10 = curveLow[shared9] | (curveHigh[shared9] << 8)
                        shared11 = ((range >> 8) * shared10) >> 7
                        bit = (size >> shared6) & 1
                        if (bit === 1) range = shared11
                        else {
                            low += shared11
                            range -= shared11
                        }
                        shared8--
                        shared7 = AT_SECOND + (shared4 * 2 + bit) * 12 + (scale >> 1)
                    } else {
                        shared9 = shared6 > 8 ? 8 : shared6
                        shared6 -= shared9
                        range = range >> shared9
                        low += ((size >> shared6) & ((1 << shared9) - 1)) * range
                    }
                    while (range < 65536) {
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
            shared3 = (shared2 + delta) | 0
            l[LAST] = shared3
            l[AGE] = shared1 + 1
            shared4 = delta > MOST ? MOST : delta < -MOST ? -MOST : delta
            shared5 = shared4 * 16
            shared6 = shared4 - ((predicted + 2) >> 2)
            shared7 = shared6 < 0 ? shared6 * -16 : shared6 * 16
            shared8 = 5
            shared9 = 4
            shared10 = 2
            if (shared1 < 32) {
                shared8 = (roots[shared1] - 1) >> 1
                if (shared8 < 4) shared9 = shared8
                if (shared8 < 2) shared10 = shared8
            }
            l[FAST] = l[FAST] + ((shared7 - l[FAST]) >> shared10)
            l[SLOW] = slow + ((shared7 - slow) >> shared9)
            shared11 = l[MISS_LAST]
            shared12 = shared5 < 0 ? -shared5 : shared5
            l[MISS_LAST] = shared11 + ((shared12 - shared11) >> shared8)
            shared11 = l[MISS_LONG]
            shared12 = shared5 - p1
            if (shared12 < 0) shared12 = -shared12
            l[MISS_LONG] = shared11 + ((shared12 - shared11) >> shared8)
            shared11 = l[MISS_TREND]
            shared12 = shared5 - p2
            if (shared12 < 0) shared12 = -shared12
            l[MISS_TREND] = shared11 + ((shared12 - shared11) >> shared8)
            shared11 = l[MISS_SHORT]
            shared12 = shared5 - p3
            if (shared12 < 0) shared12 = -shared12
            l[MISS_SHORT] = shared11 + ((shared12 - shared11) >> shared8)
            if (lane > 1) {
                shared11 = l[MISS_NEIGHBOUR]
                shared12 = shared5 - p4
                if (shared12 < 0) shared12 = -shared12
                l[MISS_NEIGHBOUR] = shared11 + ((shared12 - shared11) >> shared8)
                shared11 = l[MISS_RELATIVE]
                shared12 = shared5 - p5
                if (shared12 < 0) shared12 = -shared12
                l[MISS_RELATIVE] = shared11 + ((shared12 - shared11) >> shared8)
            }
            shared13 = p3 - shared5
            l[MEAN_SHORT] = shared13 - ((shared13 / (shared1 > 1 ? 3 : 2)) | 0)
            shared13 = p1 - shared5
            l[MEAN_LONG] = shared13 - ((shared13 / (shared1 > 14 ? 16 : shared1 + 1)) | 0)
            l[DELTA_BEFORE] = l[DELTA]
            l[DELTA] = shared4
            l[RESIDUAL] = shared6
            neighbourDeltaBefore = neighbourDelta
            neighbourDelta = shared4
            neighbour = shared6 === 0 ? 1 : shared7 < slow ? 2 : shared7 < slow * 2 ? 3 : 4
            neighbourSign = shared6 === 0 ? 0 : shared6 < 0 ? 1 : 2
            if (delta === 0) {
                l[HISTORY] = (l[HISTORY] * 2 + 1) & 31
                l[RUN] = run + 1
                l[SAME_RATE] = l[SAME_RATE] + ((65535 - l[SAME_RATE]) >> shared8)
            } else {
                neighbour++
                l[HISTORY] = (l[HISTORY] * 2) & 31
                l[RUN] = 0
                l[SAME_RATE] = l[SAME_RATE] - (l[SAME_RATE] >> shared8)
                if (l[GRID] !== 1) this.refineGrid(l, delta)
            }
            if (lane === 0) {
                neighbour = 0
                neighbourSign = 0
                neighbourDelta = 0
                neighbourDeltaBefore = 0
            } else this.neighbourValue = shared3
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
        const settled = at - this.start
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
        if (this.start + length > limit) return ROW_FULL
        this.settled = settled
        this.bytes = length
        this.ending = ending
        this.hasCarried = false
        this.rows = this.rows + 1
        this.time = time
        return ROW_ADDED
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

    private flag(entry: number, bit: number): number {
        const slot = entry - AT_FLAGS
        const isLearning = slot < FLAGS
        let x = this.tables.prior[entry]
        if (isLearning) x += this.flagSlots[slot] >> 8
        if (x < 0) x = 0
        else if (x > 255) x = 255
        const chance = this.tables.curveLow[x] | (this.tables.curveHigh[x] << 8)
        const bound = ((this.range >> 8) * chance) >> 7
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

    private raw(bits: number, value: number): number {
        this.range = this.range >> bits
        this.low = this.low + value * this.range
        if (this.range < 65536) this.settle()
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

    private settle(): void {
        while (this.range < 65536) {
            this.range = this.range << 8
            const at = this.at
            this.at = at + 1
            if (this.low >= TOP) {
                this.carry(at)
                this.low = this.low - TOP
            }
            if (at < this.limit) this.buffer[at] = this.low >> 16
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
}
