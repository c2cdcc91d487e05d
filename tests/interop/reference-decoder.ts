/**
 * A decoder of frames written from docs/frame-format.md alone, in the document's
 * order and words: slow, plain, and sharing nothing with src/. It shows that the
 * document is complete; tests hold the project's decoder against it.
 */
import { readFileSync } from "node:fs"

interface Tables {
    readonly prior: readonly number[]
    readonly curve: readonly number[]
    readonly roots: readonly number[]
    readonly rates: readonly number[]
    readonly steps: readonly number[]
}

const { prior, curve, roots, rates, steps } = JSON.parse(
    readFileSync(new URL("../../docs/test-vectors/tables.json", import.meta.url), "utf8")
) as Tables

/** A decoded frame. */
export interface ReferenceFrame {
    readonly schemaId: number
    readonly bootId: number
    readonly sequence: number
    readonly unixTime: boolean
    readonly channels: number
    readonly rows: readonly ReferenceRow[]
}

interface ReferenceRow {
    readonly time: number
    readonly values: readonly number[]
    readonly qualities: readonly number[]
}

/** Where the regions of `prior` begin, and their sizes. */
const SAME_SCALE = { begin: 1, sizes: [24, 9] }
const SAME_RUN = { begin: 217, sizes: [8, 8, 6] }
const SAME_HISTORY = { begin: 601, sizes: [32, 4] }
const STAND_RUN = { begin: 729, sizes: [4, 6] }
const STAND_RATE = { begin: 753, sizes: [8] }
const GRID = { begin: 761, sizes: [16, 6] }
const GRID_SCALE = { begin: 857, sizes: [8, 24] }
const SIGN = { begin: 1049, sizes: [8, 24, 4] }
const SIGN_BEFORE = { begin: 1817, sizes: [3, 3, 7] }
const SIZE = { begin: 1880, sizes: [108, 10] }
const SIZE_BEFORE = { begin: 2960, sizes: [6, 6, 10] }
const SIZE_AGE = { begin: 3320, sizes: [8, 12, 10] }
const TOP = { begin: 4280, sizes: [10, 24] }
const SECOND = { begin: 4520, sizes: [10, 2, 12] }
const FLAGS = 4760
const FIRST_LENGTH = { begin: 4776, sizes: [3, 32] }
const FIRST_TOP = { begin: 4872, sizes: [32] }

function entry(region: { begin: number; sizes: readonly number[] }, ...indices: number[]): number {
    const at = region.sizes.reduce((sum, size, i) => {
        const index = indices[i] ?? NaN
        if (!(index >= 0 && index < size)) throw new Error(`context ${index} of ${size}`)
        return sum * size + index
    }, 0)
    return region.begin + at
}

const limited = (x: number, low: number, high: number) => Math.max(low, Math.min(high, x))
const wrapped = (x: number) => Number(BigInt.asIntN(32, BigInt(x)))
const shifted = (x: number, bits: number) => Math.floor(x / 2 ** bits)
const quotient = (a: number, b: number) => Math.trunc(a / b)
const sign = (x: number) => (x === 0 ? 0 : x < 0 ? 1 : 2)

/** A table of numbers that begin at 0. */
class Slots {
    private readonly slots = new Map<string, number>()

    get(name: string): number {
        return this.slots.get(name) ?? 0
    }

    add(name: string, change: number): void {
        this.slots.set(name, this.get(name) + change)
    }
}

class RangeDecoder {
    /** The number behind the point, and the interval, in units of the current 24 bits. */
    low = 0
    range = 2 ** 24
    code = 0
    /** Bytes read, the current ones included. */
    read = 0

    constructor(private readonly bytes: Uint8Array) {
        for (let i = 0; i < 3; i++) this.code = this.code * 256 + this.next()
    }

    decide(chance: number): 0 | 1 {
        const bound = shifted(shifted(this.range, 8) * chance, 7)
        const bit = this.code - this.low < bound ? 1 : 0
        if (bit === 1) this.range = bound
        else {
            this.low += bound
            this.range -= bound
        }
        this.fill()
        return bit
    }

    plain(bits: number): number {
        this.range = shifted(this.range, bits)
        const value = quotient(this.code - this.low, this.range)
        if (value >= 2 ** bits) throw new Error("plain bits that no encoder writes")
        this.low += value * this.range
        this.fill()
        return value
    }

    /** One of a number of equal parts; how many of them stand for what is meant is for {@link take}. */
    part(whole: number): { readonly unit: number; readonly place: number } {
        const unit = quotient(this.range, whole)
        const place = quotient(this.code - this.low, unit)
        if (place >= whole) throw new Error("a part that no encoder writes")
        return { unit, place }
    }

    take(unit: number, before: number, parts: number): void {
        this.low += unit * before
        this.range = unit * parts
        this.fill()
    }

    /** Half bits up to now, from some point on. */
    get position(): number {
        return 16 * this.read - (roots[shifted(this.range, 16)] ?? NaN)
    }

    gamma(): number {
        let zeros = 0
        while (zeros < 5 && this.plain(1) === 0) zeros++
        return zeros === 0 ? 1 : 2 ** zeros + this.plain(zeros)
    }

    /** Plain bits, the highest first, in groups of eight. */
    plainLong(bits: number): number {
        let value = 0
        for (let left = bits; left > 0;) {
            const group = Math.min(8, left)
            value = value * 2 ** group + this.plain(group)
            left -= group
        }
        return value
    }

    private fill(): void {
        while (this.range < 2 ** 16) {
            this.range *= 256
            this.low *= 256
            this.code = this.code * 256 + this.next()
            // Only the difference counts.
            const whole = Math.floor(this.code / 2 ** 24) * 2 ** 24
            this.code -= whole
            this.low -= whole
        }
    }

    private next(): number {
        const byte = this.bytes[this.read] ?? 0
        this.read++
        return byte
    }
}

/** What a lane remembers. */
class Lane {
    last = 0
    age = 0
    run = 0
    history = 0
    sameRate = 19661
    fast = 0
    slow = 0
    residual = 0
    d = 0
    dBefore = 0
    long = 0
    short = 0
    grid = 0
    gridAge = 0
    readonly misses = [0, 0, 0, 0, 0, 0]
    readonly slots = new Slots()
    memory: Memory | undefined
}

/** The values that are remembered, while they are. */
class Memory {
    readonly entries: { readonly value: number; count: number }[] = []
    now = 0
    gain = 0
    cost = 32

    constructor(first: number) {
        this.entries.push({ value: first, count: 1 })
    }

    get total(): number {
        return this.entries.reduce((sum, { count }) => sum + count, 0)
    }

    /** @returns false when it is given up */
    learn(value: number, met: Met, c: number | undefined): boolean {
        const at = this.entries.findIndex(entry => entry.value === value)
        const entry = this.entries[at]
        const e = c ?? this.cost
        if (c !== undefined) this.cost = Math.min(255, this.cost + shifted(c - this.cost + 4, 3))
        this.gain -= shifted(this.gain, 4)
        const root = (x: number) => roots[x] ?? NaN
        if (entry === undefined) this.gain += 4 * (root(met.others) - root(met.whole))
        else this.gain += 4 * (root(entry.count) - root(met.whole)) + e
        this.gain = Math.min(this.gain, 80)
        if (this.gain < -64) return false

        if (entry === undefined) {
            if (this.entries.length === 16) this.entries.pop()
            this.entries.push({ value, count: 1 })
            this.now = this.entries.length - 1
        } else {
            entry.count += 3
            if (this.total > 64)
                for (const other of this.entries) other.count = shifted(other.count + 1, 1)
            this.now = at
        }
        return true
    }
}

/** What a memory was when a value met it. */
interface Met {
    readonly others: number
    readonly whole: number
}

interface Neighbour {
    surprise: number
    sign: number
    delta: number
    deltaBefore: number
}

class FrameDecoder {
    private readonly coder: RangeDecoder
    private readonly flagSlots = new Slots()
    private readonly lanes: Lane[]
    private readonly quality: number[]
    private readonly channels: number
    private neighbour: Neighbour = { surprise: 0, sign: 0, delta: 0, deltaBefore: 0 }
    private neighbourValue = 0
    private regularChance = 32000
    private step = 0
    /** Rows so far by total length. */
    private readonly taken = new Map<number, number>()

    constructor(private readonly bytes: Uint8Array) {
        this.coder = new RangeDecoder(bytes)
        this.channels = this.coder.gamma()
        if (this.channels > 32) throw new Error("too many channels")
        this.lanes = Array.from({ length: this.channels + 1 }, () => new Lane())
        this.quality = new Array<number>(this.channels).fill(0)
    }

    decode(firstTime: number): { channels: number; rows: ReferenceRow[] } {
        const rows: ReferenceRow[] = []
        let time = firstTime
        do {
            if (this.coder.read - 3 >= this.bytes.length) throw new Error("no last row")
            if ((rows.length + 1) * this.channels > 32768) throw new Error("too many cells")
            const values = this.row(rows.length)
            if (rows.length > 0) time = (time + this.step + 2 ** 32) % 2 ** 32
            rows.push({ time, values, qualities: [...this.quality] })
        } while (!this.isLast())
        return { channels: this.channels, rows }
    }

    private isLast(): boolean {
        const { low, range, code, read } = this.coder
        const s = read - 3
        for (let e = 1; ; e++) {
            const unit = 2 ** (24 - 8 * e)
            const taken = this.taken.get(s + e) ?? 0
            const ending = (Math.ceil(low / unit) + taken) * unit
            if (e < 3 && ending >= low + range) continue
            this.taken.set(s + e, taken + 1)
            return s + e === this.bytes.length && ending === code
        }
    }

    private row(number: number): number[] {
        if (number < 2 || !this.isRegular()) this.irregular(number)
        else this.neighbour = { surprise: 0, sign: 0, delta: 0, deltaBefore: 0 }
        return this.quality.map((quality, i) => (quality >= 8 ? 0 : this.lane(i + 1)))
    }

    private isRegular(): boolean {
        const chance = this.regularChance
        const bit = this.coder.decide(chance)
        if (bit === 1) this.regularChance += shifted(32768 - chance, 4)
        else this.regularChance -= shifted(chance, 3)
        return bit === 1
    }

    private irregular(number: number): void {
        const hasNewStep = number === 1 || (number > 1 && this.flag(FLAGS + (number === 2 ? 3 : 4)))
        const hasNewQualities =
            (number >= 2 && !hasNewStep) || this.flag(FLAGS + Math.min(number, 2))
        if (hasNewQualities)
            for (let i = 0; i < this.channels; i++)
                if (this.flag(FLAGS + (number === 0 ? 5 : 6))) this.quality[i] = this.coder.plain(4)
        this.neighbour = { surprise: 0, sign: 0, delta: 0, deltaBefore: 0 }
        if (hasNewStep) this.step = this.lane(0)
        this.neighbour = { surprise: 0, sign: 0, delta: 0, deltaBefore: 0 }
    }

    private lane(index: number): number {
        const lane = this.lanes[index]
        if (lane.age === 0) {
            lane.last = this.first(index)
            lane.age = 1
            if (index > 0) lane.memory = new Memory(lane.last)
        } else this.next(index, lane)
        if (index > 0) this.neighbourValue = lane.last
        return lane.last
    }

    private flag(context: number): boolean {
        const slot = context < FLAGS + 16 ? String(context) : undefined
        const learnt = slot === undefined ? 0 : shifted(this.flagSlots.get(slot), 8)
        const chance = curve[limited((prior[context] ?? NaN) + learnt, 0, 255)] ?? NaN
        const bit = this.coder.decide(chance)
        if (slot !== undefined) this.flagSlots.add(slot, shifted((32768 * bit - chance) * 75, 11))
        return bit === 1
    }

    private first(index: number): number {
        if (index === 0) {
            if (!this.flag(FLAGS + 7)) return this.difference(2)
            const step = steps[this.coder.gamma() - 1]
            if (step === undefined) throw new Error("no such common step")
            return step
        }
        if (index > 1 && this.flag(FLAGS + (index === 2 ? 8 : 9)))
            return wrapped(this.neighbourValue + this.difference(1))
        return this.difference(0)
    }

    private difference(kind: number): number {
        if (this.flag(FLAGS + 10 + kind)) return 0
        const isNegative = this.flag(FLAGS + 13 + kind)
        let node = 1
        for (let i = 0; i < 5; i++)
            node = 2 * node + (this.flag(entry(FIRST_LENGTH, kind, node)) ? 1 : 0)
        const length = node - 32
        let size = length
        if (length > 1) {
            const top = this.flag(entry(FIRST_TOP, length)) ? 1 : 0
            size = (2 + top) * 2 ** (length - 2) + this.coder.plainLong(length - 2)
        }
        return isNegative ? -size - 1 : size + 1
    }

    /** A decision with contexts and a slot of the lane. */
    private decision(lane: Lane, contexts: number[], slot: string, gainFactor = 1): boolean {
        const sum = [0, 1, 2].reduce((s, i) => s + (prior[contexts[i] ?? 0] ?? NaN), 0)
        const x = limited(sum - 256 + shifted(lane.slots.get(slot), 8), 0, 255)
        const chance = curve[x] ?? NaN
        const gain = (rates[Math.min(lane.age, 127)] ?? NaN) * gainFactor
        const bit = this.coder.decide(chance)
        if (bit === 1) lane.slots.add(slot, shifted((32768 - chance) * gain, 11))
        else lane.slots.add(slot, -shifted(chance * gain, 11))
        return bit === 1
    }

    private next(index: number, lane: Lane): void {
        const stood = index > 0 && lane.run > 7
        if (stood && this.stillStands(lane)) return

        // Prediction.
        const { delta, deltaBefore } = this.neighbour
        const predictions = [0, lane.long, (lane.d + lane.dBefore) * 8, lane.short]
        if (index > 1) predictions.push(16 * delta, 16 * deltaBefore - 16 * delta)
        const order = predictions
            .map((value, i) => ({ value, miss: lane.misses[i] ?? NaN }))
            .sort((x, y) => x.miss - y.miss)
        const [a, b] = order as [(typeof order)[0], (typeof order)[0]]
        const p =
            4 * b.miss < 5 * a.miss + 8
                ? shifted(a.value + b.value + 4, 3)
                : shifted(a.value + 2, 2)

        // Scale.
        let unit = lane.grid > 1 ? lane.grid : 1
        const x = quotient(lane.fast, unit)
        const y = quotient(lane.slow, unit)
        const w = quotient(lane.residual, unit)
        const [q1, q2] = [log(x), log(y)]
        const quarters = quotient(p, unit) + 2
        let offset = shifted(quarters, 2)
        let fraction = quarters - 4 * offset
        const fullScale = shifted(q1 + q2 + 1, 1)
        const spread = limited(q1 - q2 + 4, 0, 8)
        let shift = fullScale < 10 ? 0 : shifted(fullScale, 1) - 4
        const S = fullScale < 10 ? fullScale * 9 + spread : 90 + (fullScale % 2) * 9 + spread
        const scale = Math.min(fullScale, 23)
        const age = lane.age
        const A = age <= 4 ? age - 1 : age <= 8 ? 4 : age <= 16 ? 5 : age <= 40 ? 6 : 7
        const v = shifted(Math.abs(w), shift)
        const before = lane.residual === 0 ? 0 : v <= 1 ? v + 1 : v <= 3 ? 3 : v <= 7 ? 4 : 5

        // Does it stay?
        const isOpen = index > 0 && !stood && age > 2 && lane.sameRate * (y + 8) < 419430
        let difference = 0
        const stays =
            index > 0 &&
            !stood &&
            !isOpen &&
            this.decision(
                lane,
                [
                    entry(SAME_SCALE, scale, spread),
                    entry(SAME_RUN, A, recentOf(lane), this.neighbour.surprise),
                    entry(SAME_HISTORY, lane.history, Math.min(Math.abs(offset), 3)),
                ],
                `same ${lane.history % 8}`,
                4
            )
        const { memory } = lane
        const met = stays ? undefined : meet(memory, isOpen)
        const known = met === undefined ? undefined : this.recall(memory, met, isOpen)
        const positionBefore = this.coder.position
        if (known !== undefined) difference = wrapped(known - lane.last)
        else if (!stays) {
            // Grid.
            if (unit > 1) {
                const contexts = [
                    entry(GRID, lane.gridAge, kindOf(unit)),
                    entry(GRID_SCALE, A, scale),
                ]
                if (this.decision(lane, contexts, "grid"))
                    lane.gridAge = Math.min(15, lane.gridAge + 1)
                else {
                    unit = 1
                    const q = log(lane.slow)
                    shift = q < 10 ? 0 : shifted(q, 1) - 4
                    offset = shifted(p + 2, 2)
                    fraction = p + 2 - 4 * offset
                }
            }
            // Sign.
            const o = limited(offset, -3, 3) + 3
            const t = sign(lane.residual)
            const isNegative = this.decision(
                lane,
                [
                    entry(SIGN, isOpen ? 7 : o, scale, fraction),
                    entry(SIGN_BEFORE, t, this.neighbour.sign, o),
                ],
                `sign ${t}`
            )
            const size = this.size(lane, S, before, A, scale, shift)
            const residual = isNegative ? -size - 1 : offset === 0 && !isOpen ? size + 1 : size
            difference = wrapped((residual + offset) * unit)
        }
        if (memory !== undefined && met !== undefined) {
            const c = known === undefined ? 4 * (this.coder.position - positionBefore) : undefined
            const isKept = memory.learn(wrapped(lane.last + difference), met, c)
            if (!isKept) lane.memory = undefined
        }
        this.learn(lane, difference, p, predictions)
    }

    /** @returns the value that the memory gives */
    private recall(memory: Memory | undefined, met: Met, isOpen: boolean): number | undefined {
        if (memory === undefined || memory.gain <= 40) return undefined
        const { unit, place } = this.coder.part(met.whole)
        let before = met.others
        if (place < before) {
            this.coder.take(unit, 0, before)
            return undefined
        }
        for (const [i, { value, count }] of memory.entries.entries()) {
            if (i === memory.now && !isOpen) continue
            if (place < before + count) {
                this.coder.take(unit, before, count)
                return value
            }
            before += count
        }
        throw new Error("a part of no value")
    }

    private stillStands(lane: Lane): boolean {
        const run = lane.run <= 15 ? 0 : lane.run <= 31 ? 1 : lane.run <= 63 ? 2 : 3
        const contexts = [
            entry(STAND_RUN, run, this.neighbour.surprise),
            entry(STAND_RATE, shifted(lane.sameRate, 13)),
        ]
        if (!this.decision(lane, contexts, "stand", 4)) return false
        lane.run++
        this.neighbour = { surprise: 1, sign: 0, delta: 0, deltaBefore: this.neighbour.delta }
        return true
    }

    private size(
        lane: Lane,
        S: number,
        before: number,
        A: number,
        scale: number,
        shift: number
    ): number {
        const half = shifted(scale, 1)
        let bucket = 0
        while (
            bucket < 10 &&
            !this.decision(
                lane,
                [
                    entry(SIZE, S, bucket),
                    entry(SIZE_BEFORE, before, this.neighbour.surprise, bucket),
                    entry(SIZE_AGE, A, half, bucket),
                ],
                `size ${bucket}`
            )
        )
            bucket++
        if (bucket === 10) bucket += this.coder.plain(5)
        let n = shift + Math.max(bucket - 1, 0)
        if (n > 30) throw new Error("a size that no encoder writes")
        let size = bucket === 0 ? 0 : 2 ** (bucket - 1 + shift)
        const B = Math.min(bucket, 9)
        if (n === 0) return size
        const top = this.coder.decide(curve[prior[entry(TOP, B, scale)] ?? NaN] ?? NaN)
        n--
        size += top * 2 ** n
        if (n === 0) return size
        const second = this.coder.decide(curve[prior[entry(SECOND, B, top, half)] ?? NaN] ?? NaN)
        n--
        size += second * 2 ** n
        return size + this.coder.plainLong(n)
    }

    private learn(lane: Lane, difference: number, p: number, predictions: number[]): void {
        const D = limited(difference, -(2 ** 24), 2 ** 24)
        const e = D - shifted(p + 2, 2)
        const z = Math.abs(e) * 16
        const age = lane.age
        const pace = age < 32 ? shifted((roots[age] ?? NaN) - 1, 1) : 5
        const slow = lane.slow
        const surprise = e === 0 ? 1 : z < slow ? 2 : z < 2 * slow ? 3 : 4
        this.neighbour = {
            surprise: surprise + (difference === 0 ? 0 : 1),
            sign: sign(e),
            delta: D,
            deltaBefore: this.neighbour.delta,
        }
        lane.fast += shifted(z - lane.fast, Math.min(pace, 2))
        lane.slow += shifted(z - slow, Math.min(pace, 4))
        predictions.forEach((prediction, i) => {
            const miss = lane.misses[i] ?? NaN
            lane.misses[i] = miss + shifted(Math.abs(16 * D - prediction) - miss, pace)
        })
        const short = lane.short - 16 * D
        lane.short = short - quotient(short, age > 1 ? 3 : 2)
        const long = lane.long - 16 * D
        lane.long = long - quotient(long, age > 14 ? 16 : age + 1)
        lane.dBefore = lane.d
        lane.d = D
        lane.residual = e
        lane.last = wrapped(lane.last + difference)
        lane.age++
        lane.history = (2 * lane.history + (difference === 0 ? 1 : 0)) % 32
        if (difference === 0) {
            lane.run++
            lane.sameRate += shifted(65535 - lane.sameRate, pace)
        } else {
            lane.run = 0
            lane.sameRate -= shifted(lane.sameRate, pace)
            const g = Math.abs(difference) === 2 ** 31 ? 1 : Math.abs(difference)
            if (lane.grid === 0) lane.grid = g
            else if (g % lane.grid !== 0) {
                lane.grid = greatestCommonDivisor(g, lane.grid)
                lane.gridAge = 0
            }
        }
    }
}

function meet(memory: Memory | undefined, isOpen: boolean): Met | undefined {
    if (memory === undefined) return undefined
    const others = memory.entries.length - (isOpen ? 0 : 1)
    const now = isOpen ? 0 : (memory.entries[memory.now]?.count ?? NaN)
    return { others, whole: memory.total - now + others }
}

function log(x: number): number {
    for (const [bits, more] of [
        [0, 0],
        [8, 16],
        [16, 32],
    ] as const)
        if (x < 2 ** (bits + 8)) return (roots[shifted(x, bits)] ?? NaN) + more
    return (roots[shifted(x, 24)] ?? NaN) + 48
}

function recentOf(lane: Lane): number {
    if (lane.run === 0) return lane.history % 4
    return lane.run === 1 ? 4 : lane.run <= 3 ? 5 : 6
}

function kindOf(unit: number): number {
    if (unit < 4) return 0
    if (unit < 8) return 1
    if (unit % 10 === 0) return 2
    if (unit % 5 === 0) return 3
    return unit < 32 ? 4 : 5
}

function greatestCommonDivisor(a: number, b: number): number {
    return b === 0 ? a : greatestCommonDivisor(b, a % b)
}

function crc16(bytes: Uint8Array): number {
    let crc = 0xffff
    for (const byte of bytes)
        for (let bit = 7; bit >= 0; bit--) {
            const carry = ((crc >> 15) ^ (byte >> bit)) & 1
            crc = ((crc << 1) & 0xffff) ^ (carry === 1 ? 0x1021 : 0)
        }
    return crc
}

/** @throws Error for a frame that does not follow the document */
export function decodeByTheDocument(frame: Uint8Array): ReferenceFrame {
    const view = new DataView(frame.buffer, frame.byteOffset, frame.length)
    const end = frame.length - 2
    const head = view.getUint8(0)
    if (end < 9 || frame.length > 65536) throw new Error("impossible length")
    if (head >> 6 !== 2) throw new Error("version")
    return {
        schemaId: crc16(frame.subarray(0, end)) ^ view.getUint16(end, true),
        bootId: view.getUint16(2, true),
        sequence: (head & 31) * 256 + view.getUint8(1),
        unixTime: (head & 32) !== 0,
        ...new FrameDecoder(frame.subarray(8, end)).decode(view.getUint32(4, true)),
    }
}
