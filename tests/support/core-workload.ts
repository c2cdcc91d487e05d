/**
 * What the board and Node both compute in core-on-the-vm.test.ts: this very file
 * runs in the VM and in Node. All inputs come from a generator, so that neither
 * compiler can fold anything.
 */
import { CRC16_START, crc16, crc8 } from "../../src/core/crc.js"
import { divRound, isqrt, medianInPlace, mulDiv, qDiv, qMul } from "../../src/core/fixed.js"
import { FrameEncoder } from "../../src/core/frame/encoder.js"
import { Sampler } from "../../src/core/sampling/sampler.js"

let state = 12345
function next(): number {
    state = (Math.imul(state, 1103515245) + 12345) | 0
    return (state >> 8) & 0xffff
}
function int32(): number {
    const kind = next() & 7
    if (kind < 5) return (next() & 1023) - 512
    if (kind === 5) return -2147483648
    if (kind === 6) return 2147483647
    return (next() << 16) | next()
}
const QUALITIES = [0, 0, 0, 0, 1, 3, 8, 15]

/** One frame of rows of `channels` channels, as hex; as many rows as fit. */
export function frame(budget: number, channels: number, sequence: number): string {
    const buffer = Buffer.alloc(budget)
    const encoder = new FrameEncoder(buffer, channels, 4711)
    encoder.begin(next(), sequence, (sequence & 1) !== 0)
    const values: number[] = []
    const qualities: number[] = []
    for (let i = 0; i < channels; i++) {
        values.push(0)
        qualities.push(0)
    }
    let time = 1700000000 + next()
    // Few cells: a frame is one run without a pause, and those are limited.
    for (let row = 0; row * channels < 16; row++) {
        time = time + ((next() & 3) === 0 ? next() : 60)
        for (let i = 0; i < channels; i++) {
            values[i] = int32()
            qualities[i] = QUALITIES[next() & 7]
        }
        if (!encoder.add(time, values, qualities)) break
    }
    const length = encoder.finish()
    const used = Buffer.alloc(length)
    for (let i = 0; i < length; i++) used[i] = buffer[i]
    return used.toString("hex")
}

/** Results of arithmetic at the limits, as text. */
export function arithmetic(): string {
    const a = int32()
    const numerator = next() - 32768
    const denominator = next() + 1
    const bytes = Buffer.from([next() & 255, next() & 255, next() & 255])
    const median = [int32(), int32(), int32(), int32(), int32()]
    const sampler = new Sampler("mean", 3)
    for (let i = 0; i < 3; i++) sampler.add(int32(), QUALITIES[next() & 7])
    sampler.close()
    const b = int32()
    const fraction = next() & 15
    const results = [
        qMul(a, b, fraction),
        qDiv(a, b, fraction),
        isqrt(next() * 65536 + next()),
        divRound(a, denominator),
        mulDiv(a, numerator, denominator),
        crc16(bytes, 0, 3, CRC16_START),
        crc8(bytes, 0, 3),
        medianInPlace(median, 5),
        sampler.value,
        sampler.quality,
    ]
    return JSON.stringify(results)
}
