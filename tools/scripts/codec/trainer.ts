/**
 * Trains the statistics that frames start from.
 *
 * Runs the codec's own row coder, with a hook at each decision, over random
 * frames of the recordings; each entry of the table moves along the gradient of
 * the code length (AdaGrad: Duchi, Hazan, Singer 2011). Every recording has the
 * same weight, whatever its length: its code length counts in parts of its own
 * mean. Equal inputs give equal tables.
 */
import { MAX_CHANNELS } from "../../../src/core/frame/format.js"
import { AT_FIRST_LENGTH, PRIOR_BYTES } from "../../../src/core/frame/layout.js"
import { CHANCE_ONE } from "../../../src/core/frame/coder/range-coder.js"
import { RowCoder } from "../../../src/core/frame/coder/row-coder.js"
import { MEMORY_BYTES } from "../../../src/core/frame/memory-layout.js"
import { QUALITY_SKIPPED } from "../../../src/core/quality.js"
import { fixedTables } from "./tables.js"
import { type Series, type Table } from "./traces.js"

/** Passes over the recordings, and readings of each per pass. */
const EPOCHS = 40
const READINGS_PER_EPOCH = 6000
/** Rates by the share of the training that is over. */
const RATES = [
    { until: 0.6, rate: 0.09 },
    { until: 0.85, rate: 0.036 },
    { until: 1, rate: 0.012 },
]
/** Recordings that compress well weigh more, up to this much. */
const MOST_WEIGHT = 4
/**
 * Pull of first values' statistics towards knowing nothing: a few dozen channels
 * say little about where other channels begin.
 */
const FIRST_DECAY = 0.1
const FRAME_ROWS = [20, 40, 60, 120, 120, 240, 480]
/** Row intervals in ticks; half of the frames keep the times that were recorded. */
const INTERVALS = [1, 1, 5, 10, 30, 60, 60, 300, 600, 900, 3600, 1000, 10000, 60000]

type Hook = (a: number, b: number, c: number, bit: number, chance: number) => void

interface Row {
    readonly time: number
    readonly values: number[]
    readonly qualities: number[]
}

/** The codec's row coder, with entries that are fractions while they are trained. */
class TrainedCoder extends RowCoder {
    hook: Hook = () => undefined

    protected override mix(a: number, b: number, c: number, learnt: number): number {
        const { prior } = this.tables
        return ((prior[a] + prior[b] + prior[c]) * 256 + learnt) >> 8
    }

    protected override logitOf(context: number): number {
        return Math.round(this.tables.prior[context])
    }

    protected override heard(a: number, b: number, c: number, bit: number, chance: number): void {
        this.hook(a, b, c, bit, chance)
    }
}

/** What a copy of a recording may be: the same sensor mounted, read or scaled in another way. */
type Change = "none" | "mirrored" | "reversed" | "permuted" | "rescaled"
const CHANGES: readonly Change[] = ["mirrored", "reversed", "permuted", "rescaled"]
const SCALES = [2, 3, 4, 5, 10]
/** Copies count less than what was recorded. */
const COPY_WEIGHT = 0.5

/** One training. */
export class Trainer {
    private readonly prior = new Float64Array(PRIOR_BYTES).fill(128)
    private readonly squares = new Float64Array(PRIOR_BYTES)
    private readonly coders = new Map<number, TrainedCoder>()
    private readonly meanBits = new Map<Series, number>()
    private readonly buffer = new Uint8Array(1 << 20)
    private state = 12345
    private rate = 0
    private weight = 1

    /** @returns the table: a byte per context, 128 + 16 × logit */
    train(recordings: readonly Series[]): Uint8Array {
        for (let epoch = 0; epoch < EPOCHS; epoch++) {
            const done = epoch / EPOCHS
            this.rate = 16 * (RATES.find(r => done < r.until)?.rate ?? 0)
            for (const recording of recordings) {
                this.trainOn(recording, "none")
                this.trainOn(recording, this.pick(CHANGES))
            }
        }
        return Uint8Array.from(this.prior, Math.round)
    }

    private trainOn(recording: Series, change: Change): void {
        const mean = this.meanBits.get(recording) ?? 3
        this.weight = Math.min(MOST_WEIGHT, 1.5 / mean) * (change === "none" ? 1 : COPY_WEIGHT)
        let readings = 0
        let bits = 0
        while (readings < READINGS_PER_EPOCH) {
            const table = this.pick(recording.tables)
            const rows = Math.min(table.rows, this.pick(FRAME_ROWS))
            const from = Math.floor(this.random() * (table.rows - rows + 1))
            const interval = this.random() < 0.5 ? this.pick(INTERVALS) : 0
            bits += this.code(this.changed(table, from, rows, change), interval)
            readings += rows * table.channels
        }
        if (change === "none") this.meanBits.set(recording, 0.7 * mean + (0.3 * bits) / readings)
    }

    /** Some rows of a table, perhaps changed. */
    private changed(table: Table, from: number, rows: number, change: Change): Row[] {
        const { channels } = table
        const order = Array.from({ length: channels }, (_, i) => i)
        if (change === "permuted") this.shuffle(order)
        const factor = change === "mirrored" ? -1 : change === "rescaled" ? this.pick(SCALES) : 1
        const list = Array.from({ length: rows }, (_, i): Row => {
            const at = (from + i) * channels
            return {
                time: (table.times[from + i] - table.times[from]) >>> 0,
                values: order.map(c => Math.imul(table.values[at + c], factor)),
                qualities: order.map(c => table.gaps[at + c] * QUALITY_SKIPPED),
            }
        })
        if (change !== "reversed") return list
        const end = list.at(-1)?.time ?? 0
        return list.reverse().map(row => ({ ...row, time: end - row.time }))
    }

    /** @param interval ticks between rows, or 0 for their own times @returns bits */
    private code(rows: readonly Row[], interval: number): number {
        const coder = this.coderFor(rows[0]?.values.length ?? 0)
        coder.begin(0)
        for (const [i, { time, values, qualities }] of rows.entries())
            coder.code(interval > 0 ? i * interval : time, values, qualities, MAX_CHANNELS + 1)
        return coder.bytes * 8
    }

    private coderFor(channels: number): TrainedCoder {
        const known = this.coders.get(channels)
        if (known !== undefined) return known
        const coder = new TrainedCoder(
            this.buffer,
            this.buffer.length,
            channels,
            { prior: this.prior, ...fixedTables() },
            new Uint8Array(channels * MEMORY_BYTES),
            false
        )
        coder.hook = (a, b, c, bit, chance) => {
            const gradient = (bit - chance / CHANCE_ONE) * this.weight
            if (a > 0) this.move(a, gradient)
            if (b > 0) this.move(b, gradient)
            if (c > 0) this.move(c, gradient)
        }
        this.coders.set(channels, coder)
        return coder
    }

    private move(entry: number, gradient: number): void {
        if (entry >= AT_FIRST_LENGTH) gradient -= (FIRST_DECAY * (this.prior[entry] - 128)) / 16
        this.squares[entry] += gradient * gradient
        const step = (this.rate * gradient) / Math.sqrt(this.squares[entry] + 0.3)
        this.prior[entry] = Math.max(0, Math.min(255, this.prior[entry] + step))
    }

    private pick<T>(list: readonly T[]): T {
        return list[Math.floor(this.random() * list.length)]
    }

    private shuffle(list: number[]): void {
        for (let i = list.length - 1; i > 0; i--) {
            const j = Math.floor(this.random() * (i + 1))
            const [a, b] = [list[i], list[j]]
            list[i] = b
            list[j] = a
        }
    }

    private random(): number {
        this.state = (Math.imul(this.state, 1103515245) + 12345) >>> 0
        return this.state / 4294967296
    }
}
