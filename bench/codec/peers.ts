/**
 * The codecs ours is measured against, each as the bytes it needs for one
 * frame's readings, column after column, without an envelope. Codecs from
 * libraries are really run; bit-packing ones are sized exactly by their rules.
 */
import { brotliCompressSync, constants, deflateRawSync } from "node:zlib"
import { createRequire } from "node:module"
import { zigzag } from "../../src/core/bytes.js"

/** Columns of a frame; cells without a value repeat the one before. */
export interface Block {
    readonly columns: readonly Int32Array[]
    readonly rows: number
    /** Bytes that describe gaps, the same for every peer. */
    readonly gapBytes: number
}

interface Zstd {
    init(): Promise<void>
    compress(data: Uint8Array, level: number): Uint8Array
    createCCtx(): number
    compressUsingDict(
        context: number,
        data: Uint8Array,
        dictionary: Uint8Array,
        level: number
    ): Uint8Array
}

const zstd = createRequire(import.meta.url)("@bokuweb/zstd-wasm") as Zstd

/** Loads the zstd library. Call once before {@link PEERS}. */
export async function initPeers(): Promise<void> {
    await zstd.init()
}

const varintBytes = (v: number): number =>
    v < 128 ? 1 : v < 16384 ? 2 : v < 2097152 ? 3 : v < 268435456 ? 4 : 5
const bitLength = (v: number): number => 32 - Math.clz32(v)

function fits16(column: Int32Array): boolean {
    return column.every(v => v >= -32768 && v <= 32767)
}

/** int16 where the channel's values allow it, else int32. */
function raw(block: Block, planar: boolean): Buffer {
    const sizes = block.columns.map(c => (fits16(c) ? 2 : 4))
    const out = Buffer.alloc(sizes.reduce((a, b) => a + b, 0) * block.rows)
    let at = 0
    const put = (c: number, r: number): void => {
        const v = block.columns[c][r]
        if (sizes[c] === 2) out.writeInt16LE(v, at)
        else out.writeInt32LE(v, at)
        at += sizes[c] as number
    }
    if (planar)
        for (let c = 0; c < sizes.length; c++) for (let r = 0; r < block.rows; r++) put(c, r)
    else for (let r = 0; r < block.rows; r++) for (let c = 0; c < sizes.length; c++) put(c, r)
    return out
}

/** Delta, zigzag, varint. */
function deltaVarint(block: Block, planar: boolean): Buffer {
    const out: number[] = []
    const put = (c: number, r: number): void => {
        const column = block.columns[c]
        const before = r === 0 ? 0 : column[r - 1]
        let v = zigzag((column[r] - before) | 0)
        while (v >= 128) {
            out.push((v & 127) | 128)
            v >>>= 7
        }
        out.push(v)
    }
    const n = block.columns.length
    if (planar) for (let c = 0; c < n; c++) for (let r = 0; r < block.rows; r++) put(c, r)
    else for (let r = 0; r < block.rows; r++) for (let c = 0; c < n; c++) put(c, r)
    return Buffer.from(out)
}

const deflate = (b: Buffer): number => deflateRawSync(b, { level: 9, memLevel: 9 }).length
const brotli = (b: Buffer): number =>
    brotliCompressSync(b, {
        params: {
            [constants.BROTLI_PARAM_QUALITY]: 11,
            [constants.BROTLI_PARAM_LGWIN]: 22,
            [constants.BROTLI_PARAM_SIZE_HINT]: b.length,
        },
    }).length
const zstd19 = (b: Buffer): number => zstd.compress(b, 19).length
const bestLayout =
    (make: (block: Block, planar: boolean) => Buffer, pack: (b: Buffer) => number) =>
    (block: Block): number =>
        Math.min(
            pack(make(block, true)),
            block.columns.length === 1 ? Infinity : pack(make(block, false))
        )

function json(block: Block): number {
    const rows: number[][] = []
    for (let r = 0; r < block.rows; r++) rows.push(block.columns.map(c => c[r]))
    return JSON.stringify(rows).length
}

const cborInt = (v: number): number => {
    const n = v < 0 ? -1 - v : v
    return n < 24 ? 1 : n < 256 ? 2 : n < 65536 ? 3 : 5
}

/** RFC 8428: a record per reading; names of one letter; time in the first record of a row. */
function senml(block: Block): number {
    let bytes = 5
    for (let r = 0; r < block.rows; r++)
        block.columns.forEach((c, i) => {
            bytes += 1 + 1 + (i < 24 ? 2 : 3) + 1 + cborInt(c[r])
            if (i === 0) bytes += 1 + cborInt(r)
        })
    return bytes
}

const scratch = new DataView(new ArrayBuffer(8))

/** A value as a 64-bit double or as a 32-bit integer. */
function word(value: number, width: 32 | 64): bigint {
    if (width === 32) return BigInt.asUintN(32, BigInt(value))
    scratch.setFloat64(0, value)
    return scratch.getBigUint64(0)
}

/** Zero bits before and behind the difference (XOR) of two values; undefined when they are equal. */
function xorZeros(
    a: number,
    b: number,
    width: 32 | 64
): { readonly lead: number; readonly trail: number } | undefined {
    const x = word(a, width) ^ word(b, width)
    if (x === 0n) return undefined
    const digits = x.toString(2)
    return { lead: width - digits.length, trail: digits.length - 1 - digits.lastIndexOf("1") }
}

/** Gorilla (Pelkonen 2015), on doubles or on 32-bit words. */
function gorilla(block: Block, width: 32 | 64): number {
    let bits = 0
    for (const column of block.columns) {
        bits += width
        let lead = -1
        let trail = 0
        for (let r = 1; r < block.rows; r++) {
            const zeros = xorZeros(column[r], column[r - 1], width)
            if (zeros === undefined) {
                bits += 1
                continue
            }
            const newLead = Math.min(31, zeros.lead)
            if (lead >= 0 && newLead >= lead && zeros.trail >= trail)
                bits += 2 + width - lead - trail
            else {
                lead = newLead
                trail = zeros.trail
                bits += 2 + 5 + Math.log2(width) + width - lead - trail
            }
        }
    }
    return Math.ceil(bits / 8)
}

const CHIMP_ROUND = [0, 8, 12, 16, 18, 20, 22, 24]
/** Chimp (Liakos 2022), without the window of 128. */
function chimp(block: Block, width: 32 | 64): number {
    let bits = 0
    for (const column of block.columns) {
        bits += width
        let stored = -1
        for (let r = 1; r < block.rows; r++) {
            const zeros = xorZeros(column[r], column[r - 1], width)
            if (zeros === undefined) {
                bits += 2
                stored = -1
                continue
            }
            let lead = 0
            for (const step of CHIMP_ROUND) if (step <= zeros.lead) lead = step
            if (zeros.trail > 6) {
                bits += 2 + 3 + Math.log2(width) + width - lead - zeros.trail
                stored = -1
            } else if (lead === stored) bits += 2 + width - lead
            else {
                bits += 2 + 3 + width - lead
                stored = lead
            }
        }
    }
    return Math.ceil(bits / 8)
}

/** Sprintz (Blalock 2018): blocks of 8, bit-packed, runs of zero blocks; FIRE or delta. */
function sprintz(block: Block, fire: boolean): number {
    let bits = 0
    for (const column of block.columns) {
        const width = fits16(column) ? 16 : 32
        const header = width === 16 ? 4 : 5
        let accumulator = 0
        let last = 0
        let lastDelta = 0
        let zeroRun = 0
        for (let start = 0; start < block.rows; start += 8) {
            const end = Math.min(block.rows, start + 8)
            let most = 0
            let gradient = 0
            for (let r = start; r < end; r++) {
                const v = column[r]
                const delta = (v - last) | 0
                const predicted = fire ? Math.floor((accumulator * lastDelta) / 2 ** 12) : 0
                const error = (delta - predicted) | 0
                most |= zigzag(error)
                if (fire && (r & 1) === 1) gradient += Math.sign(error) * lastDelta
                last = v
                lastDelta = delta
            }
            if (fire) {
                accumulator += Math.max(-256, Math.min(256, Math.trunc(gradient)))
                accumulator = Math.max(-4096, Math.min(4096, accumulator))
            }
            let n = bitLength(most)
            if (n === width - 1) n = width
            if (n === 0) {
                if (zeroRun === 0) bits += header + 8
                zeroRun = (zeroRun + 1) & 255
            } else {
                zeroRun = 0
                bits += header + n * (end - start)
            }
        }
    }
    return Math.ceil(bits / 8)
}

function riceBits(residuals: ArrayLike<number>, from: number, to: number, k: number): number {
    let bits = 0
    for (let i = from; i < to; i++) bits += (zigzag(residuals[i]) >>> k) + 1 + k
    return bits
}

function bestRice(residuals: ArrayLike<number>, from: number, to: number): number {
    let best = Infinity
    for (let k = 0; k < 31; k++) {
        const bits = riceBits(residuals, from, to, k)
        if (bits < best) best = bits
        else if (bits > best * 2) break
    }
    return best
}

/** Rice on deltas: the best parameter per channel, 5 bits for it. */
function rice(block: Block): number {
    let bits = 0
    for (const column of block.columns) {
        const deltas = new Int32Array(block.rows)
        for (let r = 1; r < block.rows; r++) deltas[r] = (column[r] - column[r - 1]) | 0
        bits += 8 * varintBytes(zigzag(column[0]))
        bits += 5 + bestRice(deltas, 1, block.rows)
    }
    return Math.ceil(bits / 8)
}

/** Residual bits with the best Rice partition order, FLAC's way. */
function partitionedRice(residuals: ArrayLike<number>, order: number, n: number): number {
    let best = Infinity
    for (let parts = 1; parts <= 8; parts *= 2) {
        if (n / parts < 8 || n / parts <= order) break
        let bits = 3
        for (let p = 0; p < parts; p++) {
            const from = Math.max(order, Math.floor((p * n) / parts))
            bits += 5 + bestRice(residuals, from, Math.floor(((p + 1) * n) / parts))
        }
        best = Math.min(best, bits)
    }
    return best === Infinity ? 3 + 5 + bestRice(residuals, order, n) : best
}

/** LPC coefficients by autocorrelation and Levinson-Durbin, all orders up to the limit. */
function lpc(x: ArrayLike<number>, n: number, limit: number): number[][] {
    const w = new Float64Array(n)
    for (let i = 0; i < n; i++) {
        const t = Math.abs((2 * i) / (n - 1 || 1) - 1)
        w[i] = x[i] * (t < 0.5 ? 1 : 0.5 * (1 + Math.cos(Math.PI * (2 * t - 1))))
    }
    const r: number[] = []
    for (let lag = 0; lag <= limit; lag++) {
        let sum = 0
        for (let i = lag; i < n; i++) sum += w[i] * w[i - lag]
        r.push(sum)
    }
    const result: number[][] = []
    let error = r[0]
    let a: number[] = []
    for (let order = 1; order <= limit && error > 0; order++) {
        let k = r[order]
        a.forEach((value, j) => (k -= value * r[order - 1 - j]))
        k /= error
        const next = a.map((value, j) => value - k * a[order - 2 - j])
        next.push(k)
        a = next
        error *= 1 - k * k
        result.push(a)
    }
    return result
}

/** FLAC-like: constant, fixed orders 0–4, LPC orders 1–8, partitioned Rice. */
function flac(block: Block): number {
    let bits = 0
    const n = block.rows
    for (const column of block.columns) {
        const width = fits16(column) ? 16 : 32
        let best = column.every(v => v === column[0]) ? 8 + width : 8 + width * n
        let residual = Float64Array.from(column)
        for (let order = 0; order <= 4 && order < n; order++) {
            best = Math.min(best, 8 + order * width + partitionedRice(residual, order, n))
            const next = new Float64Array(n)
            for (let i = order + 1; i < n; i++) next[i] = residual[i] - residual[i - 1]
            residual = next
        }
        for (const a of lpc(column, n, 8)) {
            const order = a.length
            if (order >= n) break
            const precision = 12
            const most = Math.max(...a.map(Math.abs))
            if (!(most > 0)) continue
            const shift = Math.max(0, Math.min(15, precision - 2 - Math.floor(Math.log2(most))))
            const q = a.map(v => Math.round(v * 2 ** shift))
            const out = new Float64Array(n)
            let bad = false
            for (let i = order; i < n; i++) {
                let sum = 0
                for (let j = 0; j < order; j++) sum += q[j] * column[i - 1 - j]
                out[i] = column[i] - Math.floor(sum / 2 ** shift)
                if (Math.abs(out[i]) >= 2 ** 31) bad = true
            }
            if (bad) continue
            best = Math.min(
                best,
                8 + 4 + 5 + order * (precision + width) + partitionedRice(out, order, n)
            )
        }
        bits += best
    }
    return Math.ceil(bits / 8)
}

/** Bytes of other recordings, column after column and row after row, that zstd may refer to. */
export interface Dictionary {
    readonly planar: Buffer
    readonly byRow: Buffer
}

/** Bytes that each recording gives to a dictionary: more of them change little and take long. */
const DICTIONARY_SHARE = 1024

/** @param samples blocks of each recording but the one that is measured */
export function dictionaryOf(samples: readonly (readonly Block[])[]): Dictionary {
    const made = (planar: boolean) =>
        Buffer.concat(
            samples.map(blocks =>
                Buffer.concat(blocks.map(b => deltaVarint(b, planar))).subarray(0, DICTIONARY_SHARE)
            )
        )
    return { planar: made(true), byRow: made(false) }
}

let context: number | undefined

/** zstd with a dictionary of other recordings, as ours has statistics of them. */
export function zstdWith(dictionary: Dictionary): (block: Block) => number {
    context ??= zstd.createCCtx()
    const pack = (bytes: Buffer, other: Buffer): number =>
        zstd.compressUsingDict(context ?? 0, bytes, other, 19).length
    return block =>
        Math.min(
            pack(deltaVarint(block, true), dictionary.planar),
            pack(deltaVarint(block, false), dictionary.byRow)
        )
}

/** Every peer, by name: bytes for a block. */
export const PEERS: Readonly<Record<string, (block: Block) => number>> = {
    raw: b => raw(b, true).length,
    json,
    "senml-cbor": senml,
    "delta-varint": b => deltaVarint(b, true).length,
    "delta-deflate": bestLayout(deltaVarint, deflate),
    "delta-brotli": bestLayout(deltaVarint, brotli),
    "delta-zstd": bestLayout(deltaVarint, zstd19),
    "raw-brotli": bestLayout(raw, brotli),
    gorilla: b => Math.min(gorilla(b, 64), gorilla(b, 32)),
    chimp: b => Math.min(chimp(b, 64), chimp(b, 32)),
    "sprintz-fire": b => sprintz(b, true),
    "sprintz-delta": b => sprintz(b, false),
    rice,
    flac,
}
