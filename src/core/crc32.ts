import { Bytes } from "./bytes.js"
import { filled } from "./list.js"

/** Reflected polynomial 0xEDB88320, as a signed 32-bit integer. */
const POLYNOMIAL = -0x12477ce0

/** Steps for one nibble, signed; made at first use, so that nodes without a store do not keep them. */
let nibbleSteps: number[] | undefined = undefined

function makeNibbleSteps(): number[] {
    const steps = filled(16, 0)
    for (let i = 0; i < 16; i++) {
        let step = i
        for (let bit = 0; bit < 4; bit++)
            step = (step & 1) !== 0 ? (step >>> 1) ^ POLYNOMIAL : step >>> 1
        steps[i] = step
    }
    return steps
}

/**
 * CRC-32 of IEEE 802.3, as in zlib and PNG; the checksum of "123456789" is
 * 0xCBF43926. It shares no factor with crc16 of crc.ts, whose value over a frame
 * that ends in its own CRC-16 tells nothing.
 *
 * @param from first byte
 * @param to one past the last byte
 * @param start 0, or the result so far when the data comes in pieces
 * @returns a signed 32-bit integer: no arithmetic on the board leaves int32
 */
export function crc32(bytes: Bytes, from: number, to: number, start: number): number {
    if (nibbleSteps === undefined) nibbleSteps = makeNibbleSteps()
    const steps = nibbleSteps
    let crc = ~start
    for (let i = from; i < to; i++) {
        const byte = bytes[i]
        crc = steps[(crc ^ byte) & 15] ^ (crc >>> 4)
        crc = steps[(crc ^ (byte >> 4)) & 15] ^ (crc >>> 4)
    }
    return ~crc
}
