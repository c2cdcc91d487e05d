/** UF2, the format in which an RP2040 in its boot mode takes its flash: blocks of 512 B with 256 B each. */
import { UF2DecodeError, blockSize, decodeBlock, encodeBlock } from "uf2"
import { hex } from "./chips.js"
import { ImageError, type ImageReason } from "./image-error.js"

/** Family of the RP2040 (microsoft/uf2, utils/uf2families.json). */
export const RP2040_FAMILY = 0xe48bff56
const FAMILY_PRESENT = 0x2000
const NOT_MAIN_FLASH = 0x0001
/** Bytes of flash in a block, and what its boot ROM programs at a time. */
export const BLOCK_PAYLOAD = 256
/** What flash is erased in, B. */
const SECTOR_BYTES = 4096

/** Bytes that lie at one place in flash. */
export interface Segment {
    readonly address: number
    readonly bytes: Uint8Array
}

/**
 * One file that writes all segments. Each of them is filled up with 0xFF to whole sectors, because the
 * boot ROM erases sectors.
 *
 * @param segments that do not overlap, each at the start of a sector
 */
export function uf2File(segments: readonly Segment[]): Uint8Array {
    const blocks = [...segments]
        .sort((a, b) => a.address - b.address)
        .flatMap(({ address, bytes }) => {
            const size = Math.ceil(bytes.length / SECTOR_BYTES) * SECTOR_BYTES
            const whole = new Uint8Array(size).fill(0xff)
            whole.set(bytes)
            return Array.from({ length: size / BLOCK_PAYLOAD }, (_, i) => ({
                flashAddress: address + i * BLOCK_PAYLOAD,
                payload: whole.subarray(i * BLOCK_PAYLOAD, (i + 1) * BLOCK_PAYLOAD),
            }))
        })
    const file = new Uint8Array(blocks.length * blockSize)
    blocks.forEach((block, blockNumber) => {
        const data = {
            ...block,
            blockNumber,
            flags: FAMILY_PRESENT,
            totalBlocks: blocks.length,
            boardFamily: RP2040_FAMILY,
        }
        encodeBlock(data, file, blockNumber * blockSize)
    })
    return file
}

/**
 * What a file for the RP2040 writes, joined to segments.
 *
 * @throws ImageError for anything that its boot ROM would not take whole
 */
export function uf2Segments(file: Uint8Array): Segment[] {
    const count = file.length / blockSize
    if (file.length === 0 || !Number.isInteger(count))
        throw new ImageError(
            `it has ${file.length} B, no multiple of ${blockSize} as a UF2 file has: it is cut off, or no UF2 file`
        )
    const blocks = Array.from({ length: count }, (_, i) => blockAt(file, i, count))
        .filter(({ flags }) => (flags & NOT_MAIN_FLASH) === 0)
        .sort((a, b) => a.flashAddress - b.flashAddress)
    const segments: { address: number; parts: Uint8Array[]; end: number }[] = []
    for (const { flashAddress, payload } of blocks) {
        const last = segments.at(-1)
        if (last !== undefined && flashAddress < last.end)
            throw new ImageError(`it writes ${hex(flashAddress)} twice`)
        if (last?.end === flashAddress) {
            last.parts.push(payload)
            last.end += payload.length
        } else
            segments.push({
                address: flashAddress,
                parts: [payload],
                end: flashAddress + payload.length,
            })
    }
    return segments.map(({ address, parts, end }) => {
        const bytes = new Uint8Array(end - address)
        let at = 0
        for (const part of parts) {
            bytes.set(part, at)
            at += part.length
        }
        return { address, bytes }
    })
}

function blockAt(file: Uint8Array, index: number, count: number) {
    const at = index * blockSize
    const problem = (text: string, reason: ImageReason = "damaged") =>
        new ImageError(`block ${index + 1} of ${count} of the UF2 file ${text}`, reason)
    let block
    try {
        block = decodeBlock(file.subarray(at, at + blockSize))
    } catch (e) {
        if (e instanceof UF2DecodeError || e instanceof RangeError) throw problem("is damaged")
        throw e
    }
    const { flags, boardFamily, blockNumber, totalBlocks, flashAddress, payload } = block
    if ((flags & FAMILY_PRESENT) === 0 || boardFamily !== RP2040_FAMILY)
        throw problem(
            "is not for an RP2040: take the file for a Raspberry Pi Pico (W)",
            "other chip"
        )
    if (blockNumber !== index || totalBlocks !== count)
        throw problem(
            `says that it is number ${blockNumber + 1} of ${totalBlocks}: the file is damaged`
        )
    if (payload.length !== BLOCK_PAYLOAD || flashAddress % BLOCK_PAYLOAD !== 0)
        throw problem(`has ${payload.length} B for ${hex(flashAddress)}, not whole pages`)
    return { flags, flashAddress, payload: payload.slice() }
}
