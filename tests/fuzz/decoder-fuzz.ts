/**
 * Throws damaged and random frames at the decoder. Whatever comes in, it must
 * end in rows or in a FrameError, in bounded time and memory. Frames are made
 * valid again after most mutations (checksum), so that the rows themselves
 * are reached. Everything follows from the seed.
 */
import { CRC16_START, crc16 } from "../../src/core/crc.js"
import { FrameError } from "../../src/core/frame/decoder.js"
import { FrameEncoder } from "../../src/core/frame/encoder.js"
import { FRAME_CRC_BYTES } from "../../src/core/frame/format.js"
import { decodeAnyFrame } from "../../tools/decoder/any-frame.js"
import { SeededRandom } from "../../sim/time/random.js"

/** How the inputs ended. */
export interface FuzzResult {
    decoded: number
    /** Refusals by error code. */
    readonly refused: Map<string, number>
    /** Most CPU time for one input, ms: other work of the machine does not count. */
    slowestCpuMs: number
    /** Most cells that one input gave per byte of it. */
    mostCells: number
}

/** A failure that a fuzz run found. */
export class FuzzFinding extends Error {
    override name = "FuzzFinding"

    constructor(problem: string, input: Uint8Array) {
        super(`${problem}\n  input: ${Buffer.from(input).toString("hex")}`)
    }
}

/** See src/core/frame/format.ts. */
const MAX_CELLS = 32768

/**
 * @param runs number of inputs
 * @param seed the same seed gives equal inputs
 * @throws FuzzFinding with the offending input in hex
 */
export function fuzzDecoder(runs: number, seed: number): FuzzResult {
    const random = new SeededRandom(seed)
    const corpus = Array.from({ length: 64 }, () => validFrame(random))
    const result: FuzzResult = { decoded: 0, refused: new Map(), slowestCpuMs: 0, mostCells: 0 }
    for (let i = 0; i < runs; i++) {
        const input = mutated(corpus, random)
        const start = process.cpuUsage()
        tryDecode(input, result)
        const { user, system } = process.cpuUsage(start)
        result.slowestCpuMs = Math.max(result.slowestCpuMs, (user + system) / 1000)
    }
    return result
}

function tryDecode(input: Uint8Array, result: FuzzResult): void {
    try {
        const frame = decodeAnyFrame(input)
        if (
            frame.values.length !== frame.rows * frame.channels ||
            frame.qualities.length !== frame.values.length ||
            frame.times.length !== frame.rows
        )
            throw new FuzzFinding("row count and cells disagree", input)
        if (frame.values.some(value => value !== (value | 0)))
            throw new FuzzFinding("a value is not an int32", input)
        if (frame.values.length > MAX_CELLS) throw new FuzzFinding("too many cells", input)
        result.decoded++
        result.mostCells = Math.max(result.mostCells, frame.values.length / input.length)
    } catch (e) {
        if (!(e instanceof FrameError)) {
            if (e instanceof FuzzFinding) throw e
            throw new FuzzFinding(`the decoder threw ${String(e)}`, input)
        }
        result.refused.set(e.code, (result.refused.get(e.code) ?? 0) + 1)
    }
}

/** A frame of some plausible station. */
function validFrame(random: SeededRandom): Uint8Array {
    const channels = 1 + (random.uint32() % 8)
    const buffer = new Uint8Array(60 + (random.uint32() % 500))
    const encoder = new FrameEncoder(buffer, channels, random.uint32() & 0xffff)
    encoder.begin(random.uint32() & 0xffff, random.uint32() & 0xffff, random.float() < 0.8)
    const values = Array.from({ length: channels }, () => (random.uint32() % 40_000) - 20_000)
    let time = 1_700_000_000
    for (;;) {
        time += random.float() < 0.9 ? 60 : random.uint32() % 5000
        for (let i = 0; i < channels; i++) values[i] = values[i] + (random.uint32() % 64) - 32
        const qualities = values.map(() => (random.float() < 0.97 ? 0 : random.uint32() & 15))
        if (!encoder.add(time, values, qualities.map(known))) break
    }
    return buffer.slice(0, encoder.finish())
}

/** Codes 4 to 7 are not in use. */
function known(quality: number): number {
    return quality > 3 && quality < 8 ? 0 : quality
}

function mutated(corpus: readonly Uint8Array[], random: SeededRandom): Uint8Array {
    const kind = random.uint32() % 8
    const base = corpus[random.uint32() % corpus.length]
    if (kind === 0) {
        const bytes = new Uint8Array(random.uint32() % 200)
        random.fill(bytes)
        return bytes
    }
    let bytes: Uint8Array = Uint8Array.from(base)
    if (kind === 1) bytes = bytes.slice(0, random.uint32() % (bytes.length + 1))
    else if (kind === 2) bytes = spliced(base, corpus[random.uint32() % corpus.length], random)
    else
        for (let i = random.uint32() % 6; i >= 0 && bytes.length > 0; i--) {
            const at = random.uint32() % bytes.length
            bytes[at] = kind < 6 ? bytes[at] ^ (1 << (random.uint32() & 7)) : random.uint32()
        }
    return kind === 3 ? bytes : sealed(bytes)
}

function spliced(a: Uint8Array, b: Uint8Array, random: SeededRandom): Uint8Array {
    const cutA = random.uint32() % (a.length + 1)
    const cutB = random.uint32() % (b.length + 1)
    return Uint8Array.from([...a.subarray(0, cutA), ...b.subarray(cutB)])
}

/** Makes the checksum right. */
function sealed(bytes: Uint8Array): Uint8Array {
    const end = bytes.length - FRAME_CRC_BYTES
    if (end < 0) return bytes
    const crc = crc16(bytes, 0, end, CRC16_START)
    bytes[end] = crc & 0xff
    bytes[end + 1] = crc >> 8
    return bytes
}
