import { Bytes } from "../bytes.js"
import { FIRST_GAP } from "../quality.js"
import { ROW_COUNT_BYTES, TIES_COUNTED } from "./format.js"
import {
    AT_FIRST,
    AT_GRID,
    AT_GRID_SCALE,
    AT_NEUTRAL,
    AT_ROW,
    AT_SAME_HISTORY,
    AT_SAME_RUN,
    AT_SAME_SCALE,
    AT_SECOND,
    AT_SIGN,
    AT_SIGN_BEFORE,
    AT_SIZE,
    AT_SIZE_AGE,
    AT_SIZE_BEFORE,
    AT_TOP,
} from "./layout.js"

/** Decisions of a row, in the order they can come. */
const NODE_STEP = 0
const NODE_QUALITY = 1
const NODE_QUALITY_OF = 2
const NODE_STEP_COMMON = 3
const NODE_FIRST_FROM = 4
const NODE_SAME = 5
const NODE_GRID = 6
const NODE_SIGN = 7
const NODE_SIZE = 8
const NODE_TOP = 9
const NODE_EXPONENT = 10
const NODE_LOW = 11
const NODE_CODE = 12
const NODE_STEP_INDEX = 13
const NODE_REGULAR = 14
const NODE_LANE = 15

/**
 * A size is coded in unary while it is likely to be small; from this bit length
 * on its length goes in as it is. That bounds the work for one value.
 */
const UNARY_LIMIT = 10
/** The same for the first value of a lane, which is no difference and often large. */
const UNARY_LIMIT_FIRST = 20

/** Adaptive slots of a lane. */
const SLOTS = 22
const SLOT_HISTORY = 0
const SLOT_GRID = 8
const SLOT_SIGN = 9
const SLOT_SIZE = 12
/** Adaptive slots of the row and of first values, behind those of the lanes. */
const ROW_SLOTS = 8

/** The range before anything is coded; it is kept above 2¹⁶. */
const TOP = 16777216
/** Bound of differences in statistics; larger ones count as this. */
const MOST = 16777216
const PREDICTORS = 6

/**
 * The model and the range coder of a frame's rows, for both directions: the
 * encoder and the decoder run this same code, so they cannot disagree. All
 * memory is taken in the constructor. Lane 0 holds the time steps, lane 1 + c
 * channel c. Written as one long method because calls cost the VM as much as
 * twenty additions.
 */
export class RowCoder {
    /** Rows coded so far. */
    rows = 0
    /** Encoder: next byte to write. Decoder: next byte to read. */
    at = 0
    /** Bytes of the frame, envelope left out, if it ended here. */
    bytesNeeded = 0
    /** Rows before the last one that gave the same length. */
    ties = 0
    /** Decoder: bits no encoder writes were met. */
    bad = false
    /** Time of the last row, ticks. */
    time = 0
    /** Low end of the coder's interval; the decoder's is relative to the code word. */
    low = 0
    range = TOP
    /** Encoder: the byte that a carry can still change, −1 before the first one. */
    cache = -1
    /** Encoder: bytes of 255 after the cache, which a carry would run through. */
    pending = 0

    /** Lengths of late and how many rows gave each before: one that recurs does so within a byte. */
    private readonly tieLengths: number[] = [-1, -1, -1, -1]
    private readonly tieCounts: number[] = [0, 0, 0, 0]
    private start = 0
    private regularChance = 0
    private readonly slots: number[] = []
    private readonly rates: number[] = []
    private readonly curve: number[] = []
    private readonly age: number[] = []
    private readonly last: number[] = []
    private readonly quality: number[] = []
    private readonly fast: number[] = []
    private readonly slow: number[] = []
    private readonly history: number[] = []
    private readonly run: number[] = []
    private readonly residual: number[] = []
    private readonly delta: number[] = []
    private readonly deltaBefore: number[] = []
    private readonly meanShort: number[] = []
    private readonly meanLong: number[] = []
    private readonly sameRate: number[] = []
    private readonly grid: number[] = []
    private readonly gridAge: number[] = []
    private readonly misses: number[] = []

    /**
     * @param buffer frame to write or to read
     * @param limit one past the last byte for rows
     * @param channels 1 … 32
     * @param prior trained statistics
     * @param curve 2 bytes per entry: probabilities, 16 bits little-endian, of 256 logits
     * @param roots 256 half-octave logarithms
     * @param steps 4 bytes per entry: 32 common time steps
     * @param decoding direction
     */
    constructor(
        private readonly buffer: Bytes,
        private readonly limit: number,
        private readonly channels: number,
        private readonly prior: Bytes,
        curve: Bytes,
        private readonly roots: Bytes,
        private readonly steps: Bytes,
        private readonly decoding: boolean
    ) {
        for (let i = 0; i < 256; i++) this.curve.push(curve[2 * i] + curve[2 * i + 1] * 256)
        for (let i = 0; i < 128; i++) this.rates.push(Math.floor(1200 / (i + 16)))
        for (let i = 0; i < (channels + 1) * SLOTS + ROW_SLOTS; i++) this.slots.push(0)
        for (let i = 0; i < (channels + 1) * PREDICTORS; i++) this.misses.push(0)
        for (let i = 0; i <= channels; i++) {
            this.age.push(0)
            this.last.push(0)
            this.quality.push(0)
            this.fast.push(0)
            this.slow.push(0)
            this.history.push(0)
            this.run.push(0)
            this.residual.push(0)
            this.delta.push(0)
            this.deltaBefore.push(0)
            this.meanShort.push(0)
            this.meanLong.push(0)
            this.sameRate.push(0)
            this.grid.push(0)
            this.gridAge.push(0)
        }
    }

    /** Starts a frame whose rows begin at a byte of the buffer. */
    begin(at: number): void {
        this.start = at
        this.at = at
        this.bytesNeeded = 0
        this.ties = 0
        for (let i = 0; i < 4; i++) this.tieLengths[i] = -1
        this.rows = 0
        this.time = 0
        this.low = 0
        this.range = TOP
        this.cache = -1
        this.pending = 0
        this.bad = false
        this.regularChance = 64000
        for (let i = 0; i < this.slots.length; i++) this.slots[i] = 0
        for (let i = 0; i < this.misses.length; i++) this.misses[i] = 0
        for (let i = 0; i <= this.channels; i++) {
            this.age[i] = 0
            this.last[i] = 0
            this.quality[i] = 0
            this.fast[i] = 0
            this.slow[i] = 0
            this.history[i] = 0
            this.run[i] = 0
            this.residual[i] = 0
            this.delta[i] = 0
            this.deltaBefore[i] = 0
            this.meanShort[i] = 0
            this.meanLong[i] = 0
            this.sameRate[i] = 19661
            this.grid[i] = 0
            this.gridAge[i] = 0
        }
        if (this.decoding)
            for (let i = 0; i < 3; i++) {
                this.low = this.low * 256 + (this.at < this.limit ? this.buffer[this.at] : 0)
                this.at++
            }
    }

    /**
     * Codes one row: the encoder reads the arguments; the decoder fills the
     * arrays, wants the time of the first row and leaves each row's in {@link time}.
     *
     * A row that does not fit is not taken: nothing that {@link finish} needs has
     * changed. What the model learnt from it stays, so the frame must be finished
     * then; the next one starts with an empty model anyway.
     *
     * @returns false when the row does not fit
     */
    code(time: number, values: number[], qualities: number[]): boolean {
        const decoding = this.decoding
        const channels = this.channels
        const buffer = this.buffer
        const limit = this.limit
        const prior = this.prior
        const curve = this.curve
        const roots = this.roots
        const slots = this.slots
        const rates = this.rates
        const qualityNow = this.quality
        const ages = this.age
        const lasts = this.last
        const fasts = this.fast
        const slows = this.slow
        const histories = this.history
        const runs = this.run
        const residuals = this.residual
        const deltas = this.delta
        const deltasBefore = this.deltaBefore
        const misses = this.misses
        const sameRates = this.sameRate
        const grids = this.grid
        const gridAges = this.gridAge
        const meansShort = this.meanShort
        const meansLong = this.meanLong
        const rowSlot = (channels + 1) * SLOTS
        const rows = this.rows

        let at = this.at
        let low = this.low
        let range = this.range
        let cache = this.cache
        let pending = this.pending

        let step = lasts[0]
        let stepChanges = 0
        let qualityChanges = 0
        if (!decoding) {
            if (rows !== 0) {
                step = (time - this.time) | 0
                if (step !== lasts[0]) stepChanges = 1
            }
            for (let i = 0; i < channels; i++)
                if (qualities[i] !== qualityNow[i]) qualityChanges = 1
        }

        // Lane in hand: 0 the time step, 1 + c channel c; −1 while the row's own flags are coded.
        let lane = -1
        let qualityChannel = 0
        let node = rows > 1 ? NODE_REGULAR : rows === 1 ? NODE_STEP : NODE_QUALITY
        let neighbour = 0
        let neighbourSign = 0
        let neighbourValue = 0
        let neighbourDelta = 0
        let neighbourDeltaBefore = 0
        let value = 0
        let last!: number
        let age = 0
        let run = 0
        let delta = 0
        let first = false
        let firstKind!: number
        let slot = 0
        let unit = 1
        let p1!: number
        let p2!: number
        let p3!: number
        let p4!: number
        let p5!: number
        let predicted!: number
        let offset!: number
        let fraction!: number
        let scale!: number
        let shift = 0
        let ageClass!: number
        let sameContext!: number
        let sizeContext!: number
        let sizeBefore!: number
        let sizeAge!: number
        let sizeStep = 108
        let sizeBeforeStep = 36
        let sizeAgeStep = 96
        let sizeSlot!: number
        let sizeSlotStep = 1
        let rate = 0
        let i0!: number
        let i1!: number
        let i2!: number
        let s0!: number
        let skipSame!: boolean
        let same = 0
        let negative!: number
        let residual!: number
        let size = 0
        let bucket = 0
        let topBits!: number
        let topContext!: number
        let lowBits = 0

        for (;;) {
            if (node === NODE_LANE) {
                // The lane is complete: its value, and what is learnt from it.
                if (lane < 0) {
                    if (decoding) for (let i = 0; i < channels; i++) qualities[i] = qualityNow[i]
                } else {
                    if (decoding) {
                        if (same === 1) delta = 0
                        else {
                            residual = negative === 1 ? -size - 1 : size
                            if (negative === 0 && offset === 0 && !skipSame) residual++
                            delta = ((residual + offset) * unit) | 0
                        }
                        value = (last + delta) | 0
                        if (lane > 0) values[lane - 1] = value
                    }
                    if (first) {
                        lasts[lane] = value
                        ages[lane] = 1
                        sizeStep = 108
                        sizeBeforeStep = 36
                        sizeAgeStep = 96
                        sizeSlotStep = 1
                    } else if (delta === 0 && run > 7) {
                        // A channel that stands still has nothing more to teach.
                        runs[lane] = run + 1
                        neighbour = 1
                        neighbourSign = 0
                        neighbourDeltaBefore = neighbourDelta
                        neighbourDelta = 0
                    } else {
                        lasts[lane] = value
                        ages[lane] = age + 1
                        const d = delta > MOST ? MOST : delta < -MOST ? -MOST : delta
                        const d16 = d * 16
                        const e = d - ((predicted + 2) >> 2)
                        const size16 = e < 0 ? e * -16 : e * 16
                        const slow = slows[lane]
                        let pace = 5
                        if (age < 32) pace = (roots[age] - 1) >> 1
                        fasts[lane] += (size16 - fasts[lane]) >> (pace > 2 ? 2 : pace)
                        slows[lane] = slow + ((size16 - slow) >> (pace > 4 ? 4 : pace))
                        let off = d16
                        if (off < 0) off = -off
                        let m = lane * PREDICTORS
                        let miss = misses[m]
                        misses[m] = miss + ((off - miss) >> pace)
                        m++
                        off = d16 - p1
                        if (off < 0) off = -off
                        miss = misses[m]
                        misses[m] = miss + ((off - miss) >> pace)
                        m++
                        off = d16 - p2
                        if (off < 0) off = -off
                        miss = misses[m]
                        misses[m] = miss + ((off - miss) >> pace)
                        m++
                        off = d16 - p3
                        if (off < 0) off = -off
                        miss = misses[m]
                        misses[m] = miss + ((off - miss) >> pace)
                        if (lane > 1) {
                            m++
                            off = d16 - p4
                            if (off < 0) off = -off
                            miss = misses[m]
                            misses[m] = miss + ((off - miss) >> pace)
                            m++
                            off = d16 - p5
                            if (off < 0) off = -off
                            miss = misses[m]
                            misses[m] = miss + ((off - miss) >> pace)
                        }
                        let mean = meansShort[lane] - d16
                        meansShort[lane] = mean - ((mean / (age > 1 ? 3 : 2)) | 0)
                        mean = meansLong[lane] - d16
                        meansLong[lane] = mean - ((mean / (age > 14 ? 16 : age + 1)) | 0)
                        deltasBefore[lane] = deltas[lane]
                        deltas[lane] = d
                        residuals[lane] = e
                        neighbourDeltaBefore = neighbourDelta
                        neighbourDelta = d
                        if (delta === 0) {
                            histories[lane] = (histories[lane] * 2 + 1) & 31
                            runs[lane] = run + 1
                            sameRates[lane] += (65536 - sameRates[lane]) >> pace
                            neighbour = e === 0 ? 1 : size16 < slow ? 2 : size16 < slow * 2 ? 3 : 4
                        } else {
                            histories[lane] = (histories[lane] * 2) & 31
                            runs[lane] = 0
                            sameRates[lane] -= sameRates[lane] >> pace
                            neighbour = e === 0 ? 2 : size16 < slow ? 3 : size16 < slow * 2 ? 4 : 5
                            let b = grids[lane]
                            if (b !== 1) {
                                let a = delta < 0 ? -delta : delta
                                // −2³¹ has no positive int32.
                                if (a > 2147483647) a = 1
                                if (b === 0) grids[lane] = a
                                else if (((a / b) | 0) * b !== a) {
                                    while (b !== 0) {
                                        const rest = a - ((a / b) | 0) * b
                                        a = b
                                        b = rest
                                    }
                                    grids[lane] = a
                                    gridAges[lane] = 0
                                }
                            }
                        }
                        neighbourSign = e === 0 ? 0 : e < 0 ? 1 : 2
                    }
                    if (lane === 0) {
                        neighbour = 0
                        neighbourSign = 0
                        neighbourDelta = 0
                        neighbourDeltaBefore = 0
                    } else neighbourValue = value
                }

                // The next lane that has a value in this row.
                lane = lane < 0 && stepChanges === 0 ? 1 : lane + 1
                while (lane > 0 && lane <= channels && qualityNow[lane - 1] >= FIRST_GAP) {
                    if (decoding) values[lane - 1] = 0
                    lane++
                }
                if (lane > channels) break
                last = lasts[lane]
                age = ages[lane]
                run = runs[lane]
                slot = lane * SLOTS
                value = lane === 0 ? step : values[lane - 1]
                delta = (value - last) | 0
                same = 0
                skipSame = false
                if (age === 0) {
                    first = true
                    unit = 1
                    offset = 0
                    scale = 0
                    shift = 0
                    predicted = 0
                    firstKind = lane === 0 ? 2 : 0
                    sizeContext = AT_FIRST + 8 + firstKind * 32
                    sizeBefore = AT_NEUTRAL
                    sizeAge = AT_NEUTRAL
                    sizeStep = 1
                    sizeBeforeStep = 0
                    sizeAgeStep = 0
                    sizeSlot = rowSlot + 4
                    sizeSlotStep = 0
                    rate = rates[0]
                    node = lane === 0 ? NODE_STEP_COMMON : lane === 1 ? NODE_SAME : NODE_FIRST_FROM
                } else {
                    first = false
                    let x = fasts[lane]
                    let slow = slows[lane]
                    const grid = grids[lane]
                    if (run > 7) {
                        p1 = 0
                        p2 = 0
                        p3 = 0
                        p4 = 0
                        p5 = 0
                        predicted = 0
                        offset = 0
                        fraction = 2
                    } else {
                        // Predictions of the difference to the last value; the two that did best.
                        p1 = meansLong[lane]
                        p2 = (deltas[lane] + deltasBefore[lane]) * 8
                        p3 = meansShort[lane]
                        let m = lane * PREDICTORS
                        let best = 0
                        let least = misses[m]
                        m++
                        let second = p1
                        let lesser = misses[m]
                        m++
                        if (lesser < least) {
                            second = 0
                            best = p1
                            const swap = least
                            least = lesser
                            lesser = swap
                        }
                        let miss = misses[m]
                        m++
                        if (miss < lesser) {
                            if (miss < least) {
                                lesser = least
                                second = best
                                least = miss
                                best = p2
                            } else {
                                lesser = miss
                                second = p2
                            }
                        }
                        miss = misses[m]
                        m++
                        if (miss < lesser) {
                            if (miss < least) {
                                lesser = least
                                second = best
                                least = miss
                                best = p3
                            } else {
                                lesser = miss
                                second = p3
                            }
                        }
                        if (lane > 1) {
                            p4 = neighbourDelta * 16
                            p5 = (neighbourDeltaBefore - neighbourDelta) * 16
                            miss = misses[m]
                            m++
                            if (miss < lesser) {
                                if (miss < least) {
                                    lesser = least
                                    second = best
                                    least = miss
                                    best = p4
                                } else {
                                    lesser = miss
                                    second = p4
                                }
                            }
                            miss = misses[m]
                            if (miss < lesser) {
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
                        }
                        predicted =
                            lesser * 4 < least * 5 + 8 ? (best + second + 4) >> 3 : (best + 2) >> 2
                        offset = predicted + 2
                        if (grid > 1) offset = ((predicted / grid) | 0) + 2
                        fraction = offset & 3
                        offset = offset >> 2
                    }

                    // The scale of the surprises to come, in steps of the channel's grid.
                    let was = residuals[lane]
                    unit = 1
                    if (grid > 1) {
                        unit = grid
                        x = (x / unit) | 0
                        slow = (slow / unit) | 0
                        was = (was / unit) | 0
                    }
                    const q1 =
                        x < 256
                            ? roots[x]
                            : x < 65536
                              ? roots[x >> 8] + 16
                              : x < 16777216
                                ? roots[x >> 16] + 32
                                : roots[x >> 24] + 48
                    const q2 =
                        slow < 256
                            ? roots[slow]
                            : slow < 65536
                              ? roots[slow >> 8] + 16
                              : slow < 16777216
                                ? roots[slow >> 16] + 32
                                : roots[slow >> 24] + 48
                    scale = (q1 + q2 + 1) >> 1
                    let spread = q1 - q2 + 4
                    if (spread < 0) spread = 0
                    else if (spread > 8) spread = 8
                    if (scale < 10) {
                        shift = 0
                        sizeContext = scale * 9 + spread
                    } else {
                        shift = (scale >> 1) - 4
                        sizeContext = 90 + (scale & 1) * 9 + spread
                        if (scale > 23) scale = 23
                    }
                    ageClass = age > 40 ? 7 : age > 16 ? 6 : age > 8 ? 5 : age > 4 ? 4 : age - 1
                    let before = 0
                    if (was !== 0) {
                        before = was < 0 ? -was >> shift : was >> shift
                        before = before > 7 ? 5 : before > 3 ? 4 : before > 1 ? 3 : before + 1
                    } else if (residuals[lane] !== 0) before = 1
                    sizeContext += AT_SIZE
                    sizeSlot = slot + SLOT_SIZE
                    rate = rates[age > 127 ? 127 : age]
                    sizeBefore = AT_SIZE_BEFORE + before * 6 + neighbour
                    sizeAge = AT_SIZE_AGE + ageClass * 12 + (scale >> 1)
                    if (lane === 0) node = unit > 1 ? NODE_GRID : NODE_SIGN
                    else if (age > 2 && sameRates[lane] * (slow + 8) < 419430) {
                        skipSame = true
                        node = unit > 1 ? NODE_GRID : NODE_SIGN
                    } else {
                        sameContext = AT_SAME_SCALE + scale * 9 + spread
                        node = NODE_SAME
                    }
                }
            }

            let bit = 0
            if (node < NODE_TOP) {
                // The contexts of the decision, and in the encoder the decision itself.
                i0 = sizeContext
                i1 = sizeBefore
                i2 = sizeAge
                s0 = sizeSlot
                let gain = rate
                if (node === NODE_SIZE) {
                    if (size >> shift < 1 << bucket) bit = 1
                } else if (node === NODE_SAME) {
                    if (delta === 0) bit = 1
                    if (first) {
                        i0 = AT_FIRST + 2 + firstKind
                        i1 = AT_NEUTRAL
                        i2 = AT_NEUTRAL
                        s0 = rowSlot + 5
                    } else {
                        const history = histories[lane]
                        let recent = history & 3
                        if (run > 0) recent = run > 7 ? 7 : run > 3 ? 6 : run > 1 ? 5 : 4
                        let o = offset < 0 ? -offset : offset
                        if (o > 3) o = 3
                        i0 = sameContext
                        gain = rate * 4
                        i1 = AT_SAME_RUN + (ageClass * 8 + recent) * 6 + neighbour
                        i2 = AT_SAME_HISTORY + history * 4 + o
                        s0 = slot + SLOT_HISTORY + (history & 7)
                    }
                } else if (node === NODE_SIGN) {
                    if (unit === 1) residual = (delta - offset) | 0
                    else residual = ((delta / unit) | 0) - offset
                    if (residual < 0) {
                        bit = 1
                        size = -residual - 1
                    } else if (offset === 0 && !skipSame) size = residual - 1
                    else size = residual
                    i2 = AT_NEUTRAL
                    if (first) {
                        i0 = AT_FIRST + 5 + firstKind
                        i1 = AT_NEUTRAL
                        s0 = rowSlot + 6
                    } else {
                        const was = residuals[lane]
                        const signBefore = was === 0 ? 0 : was < 0 ? 1 : 2
                        const o = offset < -3 ? 0 : offset > 3 ? 6 : offset + 3
                        i0 = AT_SIGN + ((skipSame ? 7 : o) * 24 + scale) * 4 + fraction
                        i1 = AT_SIGN_BEFORE + (signBefore * 3 + neighbourSign) * 7 + o
                        s0 = slot + SLOT_SIGN + signBefore
                    }
                } else if (node === NODE_GRID) {
                    if (((delta / unit) | 0) * unit === delta) bit = 1
                    let kind = 5
                    if (unit < 4) kind = 0
                    else if (unit < 8) kind = 1
                    else if (((unit / 10) | 0) * 10 === unit) kind = 2
                    else if (((unit / 5) | 0) * 5 === unit) kind = 3
                    else if (unit < 32) kind = 4
                    i0 = AT_GRID + gridAges[lane] * 6 + kind
                    i1 = AT_GRID_SCALE + ageClass * 24 + scale
                    i2 = AT_NEUTRAL
                    s0 = slot + SLOT_GRID
                } else {
                    i1 = AT_NEUTRAL
                    i2 = AT_NEUTRAL
                    rate = rates[0]
                    if (node === NODE_FIRST_FROM) {
                        const near = (value - neighbourValue) | 0
                        if ((near < 0 ? -near : near) < (value < 0 ? -value : value)) bit = 1
                        i0 = AT_FIRST + (lane === 2 ? 0 : 1)
                        s0 = rowSlot + 7
                    } else if (node === NODE_STEP_COMMON) {
                        for (let i = 0; i < 32; i++)
                            if (this.commonStep(i) === value) {
                                bit = 1
                                size = i
                            }
                        i0 = AT_ROW + 12
                        s0 = rowSlot
                    } else if (node === NODE_STEP) {
                        bit = stepChanges
                        i0 = AT_ROW + (rows > 2 ? 3 : rows)
                        s0 = rowSlot + 1
                    } else if (node === NODE_QUALITY) {
                        bit = qualityChanges
                        i0 = AT_ROW + 4 + (rows > 2 ? 3 : rows)
                        s0 = rowSlot + 2
                    } else {
                        if (qualities[qualityChannel] !== qualityNow[qualityChannel]) bit = 1
                        i0 = AT_ROW + 8 + (rows > 2 ? 3 : rows)
                        s0 = rowSlot + 3
                    }
                }

                // The chance of a one in 65,536.
                const learnt = slots[s0]
                let x = ((prior[i0] + prior[i1] + prior[i2]) * 256 + learnt - 65536) >> 8
                if ((x & -256) !== 0) x = x < 0 ? 0 : 255
                const chance = curve[x]
                const bound = ((range * chance) / 65536) | 0
                if (decoding) {
                    bit = 0
                    if (low < bound) bit = 1
                    else low -= bound
                } else if (bit === 0) low += bound
                // (training looks here)
                if (bit === 1) {
                    range = bound
                    slots[s0] = learnt + (((65536 - chance) * gain) >> 12)
                } else {
                    range -= bound
                    slots[s0] = learnt - ((chance * gain) >> 12)
                }
            } else if (node === NODE_TOP) {
                // The two highest of the low bits are not quite even.
                lowBits--
                bit = (size >> lowBits) & 1
                const chance = curve[prior[topContext]]
                const bound = ((range * chance) / 65536) | 0
                if (decoding) {
                    bit = 0
                    if (low < bound) bit = 1
                    else low -= bound
                    if (bit === 1) size += 1 << lowBits
                } else if (bit === 0) low += bound
                // (training of top bits looks here)
                if (bit === 1) range = bound
                else range -= bound
            } else if (node === NODE_REGULAR) {
                const chance = this.regularChance
                const bound = ((range * chance) / 65536) | 0
                if (decoding) bit = low < bound ? 1 : 0
                else if (stepChanges + qualityChanges === 0) bit = 1
                if (bit === 1) {
                    range = bound
                    this.regularChance = chance + ((65536 - chance) >> 4)
                } else {
                    range -= bound
                    if (decoding) low -= bound
                    else low += bound
                    this.regularChance = chance - (chance >> 3)
                }
            } else {
                // Low bits, which are as good as random, go in as they are.
                const count = lowBits > 8 ? 8 : lowBits
                lowBits -= count
                range = range >> count
                if (decoding) {
                    const digit = (low / range) | 0
                    if (digit >= 1 << count) {
                        this.bad = true
                        return false
                    }
                    if (node === NODE_CODE) qualityNow[qualityChannel] = digit
                    else if (node === NODE_EXPONENT) topBits = digit
                    else size += digit << lowBits
                    low -= digit * range
                } else if (node === NODE_EXPONENT) {
                    topBits = bucket
                    while (topBits < 31 && size >> shift >= 1 << topBits) topBits++
                    low += topBits * range
                } else if (node === NODE_CODE) {
                    qualityNow[qualityChannel] = qualities[qualityChannel]
                    low += qualities[qualityChannel] * range
                } else low += ((size >> lowBits) & ((1 << count) - 1)) * range
                if (node === NODE_EXPONENT) {
                    if (topBits < bucket) {
                        this.bad = true
                        return false
                    }
                    bucket = topBits
                    bit = 1
                    node = NODE_SIZE
                }
            }
            while (range < 65536) {
                range = range << 8
                if (decoding) {
                    low = (low << 8) | (at < limit ? buffer[at] : 0)
                    at++
                } else {
                    if (low < 16711680 || low >= TOP) {
                        const carry = low >> 24
                        if (cache >= 0) {
                            if (at < limit) buffer[at] = cache + carry
                            at++
                        }
                        while (pending > 0) {
                            if (at < limit) buffer[at] = (255 + carry) & 255
                            at++
                            pending--
                        }
                        cache = (low >> 16) & 255
                    } else pending++
                    low = (low & 65535) << 8
                }
            }

            // What follows from it; first the frequent ones.
            if (node === NODE_SIZE) {
                if (bit === 0) {
                    bucket++
                    if (bucket < 10 || first) {
                        sizeContext += sizeStep
                        sizeBefore += sizeBeforeStep
                        sizeAge += sizeAgeStep
                        sizeSlot += sizeSlotStep
                    }
                    if (bucket === (first ? UNARY_LIMIT_FIRST : UNARY_LIMIT)) {
                        node = NODE_EXPONENT
                        lowBits = 5
                    }
                }
                if (bit === 1) {
                    lowBits = shift
                    if (bucket > 1) lowBits += bucket - 1
                    if (lowBits > 30) {
                        this.bad = true
                        return false
                    }
                    if (decoding) size = bucket === 0 ? 0 : 1 << (bucket - 1 + shift)
                    if (lowBits === 0) node = NODE_LANE
                    else {
                        node = NODE_TOP
                        topBits = 0
                        if (bucket > 9) bucket = 9
                        topContext = AT_TOP + bucket * 24 + scale
                    }
                }
            } else if (node === NODE_SIGN) {
                negative = bit
                bucket = 0
                node = NODE_SIZE
            } else if (node === NODE_SAME) {
                same = bit
                node = NODE_SIGN
                if (bit === 1) node = NODE_LANE
                else if (unit > 1) node = NODE_GRID
            } else if (node === NODE_TOP) {
                topBits++
                if (lowBits === 0) node = NODE_LANE
                else if (topBits === 2) node = NODE_LOW
                else topContext = AT_SECOND + (bucket * 2 + bit) * 12 + (scale >> 1)
            } else if (node === NODE_LOW) {
                if (lowBits === 0) node = NODE_LANE
            } else if (node === NODE_REGULAR) node = bit === 1 ? NODE_LANE : NODE_STEP
            else if (node === NODE_GRID) {
                if (bit === 1) {
                    if (gridAges[lane] < 15) gridAges[lane] = gridAges[lane] + 1
                } else {
                    // Off the grid: single steps from here, with the scale that belongs to them.
                    unit = 1
                    const x = slows[lane]
                    const q =
                        x < 256
                            ? roots[x]
                            : x < 65536
                              ? roots[x >> 8] + 16
                              : x < 16777216
                                ? roots[x >> 16] + 32
                                : roots[x >> 24] + 48
                    shift = q > 9 ? (q >> 1) - 4 : 0
                    offset = (predicted + 2) >> 2
                    fraction = (predicted + 2) & 3
                }
                node = NODE_SIGN
            } else if (node === NODE_FIRST_FROM) {
                firstKind = bit
                if (bit === 1) {
                    sizeContext += 32
                    last = neighbourValue
                    delta = (value - last) | 0
                }
                node = NODE_SAME
            } else if (node === NODE_STEP_COMMON) {
                node = NODE_SIGN
                if (bit === 1) {
                    if (decoding) size = 0
                    lowBits = 5
                    node = NODE_STEP_INDEX
                }
            } else if (node === NODE_STEP_INDEX) {
                if (decoding) {
                    // As if the difference had been coded.
                    negative = 0
                    size = this.commonStep(size) - 1
                }
                node = NODE_LANE
            } else if (node === NODE_STEP) {
                stepChanges = bit
                node = NODE_QUALITY
            } else if (node === NODE_QUALITY) node = bit === 1 ? NODE_QUALITY_OF : NODE_LANE
            else if (node === NODE_QUALITY_OF && bit === 1) {
                lowBits = 4
                node = NODE_CODE
            } else {
                qualityChannel++
                node = qualityChannel === channels ? NODE_LANE : NODE_QUALITY_OF
            }
        }

        // How long the frame would be if it ended here: the bytes that are settled, and
        // one that names a number inside the interval, unless 0 is one.
        let length = at - this.start
        let floor = low & 16777215
        if (decoding) {
            // The encoder's low end is the code word less the decoder's.
            let word = 0
            for (let i = at - 3; i < at; i++) word = word * 256 + (i < limit ? buffer[i] : 0)
            floor = (word - low) & 16777215
            length -= 3
        } else {
            length += pending
            if (cache >= 0) length++
        }
        if (floor !== 0 && floor + range <= TOP) length++
        const tie = length & 3
        const ties = this.tieLengths[tie] === length ? this.tieCounts[tie] + 1 : 0
        const count = ties < TIES_COUNTED ? 0 : ROW_COUNT_BYTES
        if (!decoding && this.start + length + count > limit) return false

        this.at = at
        this.low = low
        this.range = range
        this.cache = cache
        this.pending = pending
        this.bytesNeeded = length
        this.ties = ties
        this.tieLengths[tie] = length
        this.tieCounts[tie] = ties
        this.rows = rows + 1
        const timeBefore = this.time
        this.time = time
        if (decoding) this.time = rows === 0 ? time : (timeBefore + lasts[0]) >>> 0
        return true
    }

    private commonStep(index: number): number {
        const steps = this.steps
        const at = index * 4
        return steps[at] | (steps[at + 1] << 8) | (steps[at + 2] << 16) | (steps[at + 3] << 24)
    }
}
