/**
 * Jacdac frames on a TCP stream, as the stock tools exchange them on port 8082:
 * one length byte and the frame; from 255 B on, 0xff and the length as u16.
 */

const LONG = 0xff
const MAX_LENGTH = 0xffff

/** @throws RangeError when the frame is longer than 65,535 B */
export function withLengthPrefix(frame: Uint8Array): Uint8Array {
    const length = frame.length
    if (length > MAX_LENGTH)
        throw new RangeError(`a frame on TCP has at most ${MAX_LENGTH} B, got ${length} B`)
    const prefix = length < LONG ? [length] : [LONG, length & 0xff, length >> 8]
    return Buffer.concat([Uint8Array.from(prefix), frame])
}

/** Cuts a byte stream into frames; the stream may come in pieces of any size. */
export class LengthPrefixReader {
    private rest: Uint8Array = new Uint8Array(0)

    /** @returns the frames that are complete now, oldest first */
    push(piece: Uint8Array): Uint8Array[] {
        const bytes = this.rest.length === 0 ? piece : Buffer.concat([this.rest, piece])
        const frames: Uint8Array[] = []
        let at = 0
        for (;;) {
            const [start, length] = header(bytes, at)
            if (start + length > bytes.length) break
            // A copy: `slice` of a Buffer would go on sharing its memory.
            frames.push(Uint8Array.from(bytes.subarray(start, start + length)))
            at = start + length
        }
        this.rest = Uint8Array.from(bytes.subarray(at))
        return frames
    }
}

/** @returns start and length of the frame; a length that nothing fills while the header is cut */
function header(bytes: Uint8Array, at: number): readonly [number, number] {
    const left = bytes.length - at
    const first = bytes[at] ?? 0
    if (left === 0 || (first === LONG && left < 3)) return [at, Infinity]
    if (first !== LONG) return [at + 1, first]
    return [at + 3, bytes[at + 1] | (bytes[at + 2] << 8)]
}
