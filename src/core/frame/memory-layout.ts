import { Bytes } from "../bytes.js"

/**
 * Where the values that are remembered of a channel are. In bytes, because the VM
 * takes eight for a number, and finds a byte among others in one call.
 */

/** Values of a channel that are remembered. */
export const MEMORY_VALUES = 16

/** Sum of the counts. */
export const MEMORY_TOTAL = 0
/** Which of the values the channel has now. */
export const MEMORY_CURRENT = 1
/** What the memory would have saved, in eighths of a bit, + 128. */
export const MEMORY_GAIN = 2
/** Mean of what changes cost without it, in eighths of a bit. */
export const MEMORY_COST = 3
/** How often each value came, more or less. */
export const MEMORY_COUNTS = 4
/** The values' lowest bytes, then the three others of each. */
export const MEMORY_LOWS = MEMORY_COUNTS + MEMORY_VALUES
export const MEMORY_RESTS = MEMORY_LOWS + MEMORY_VALUES
/** Bytes for a channel. */
export const MEMORY_BYTES = MEMORY_RESTS + 3 * MEMORY_VALUES

/** A list of numbers, a Uint8Array, or a buffer of the board. */
export interface MemoryBytes extends Bytes {
    /** @param end where to stop; only boards know it @returns the place, or −1 */
    indexOf(byte: number, from: number, end: number): number
}
