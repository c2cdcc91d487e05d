/**
 * How a station shares out the board's memory. Portable: `suitcase build` shows the
 * same figures. A node's objects come first; of what they leave, the VM lets a quarter
 * of the heap fill with garbage, and frames that wait for the network get the rest.
 * `npm run bench:heap` compares these estimates with what nodes take.
 */

/** Heap of most boards, B; that of an ESP32-S2 is 40 KB. */
export const USUAL_HEAP_BYTES = 65536
/** Below this, frames are shorter, B. */
const SMALL_HEAP_BYTES = 49152

/** Objects of a station with all that an app can name; of its store; per column; per sensor, B. */
const STATION_BYTES = 11000
const STORE_BYTES = 5600
const COLUMN_BYTES = 800
const SENSOR_BYTES = 900
/** Texts and fibers that come and go, B. */
const PASSING_BYTES = 4500

const FRAME_BYTES = 1000
const SMALL_FRAME_BYTES = 400
/** RAM for frames at least, and at most without and beside a store, B. */
const LEAST_OUTBOX_BYTES = 600
const MOST_OUTBOX_BYTES = 14000
const MOST_SPARE_BYTES = 4000

/** Default sizes, B. */
export interface MemoryPlan {
    /** Longest frame. */
    frameBytes: number
    /** RAM for frames that wait for the network on a node without store. */
    outboxBytes: number
    /** RAM for frames while the store fails, on a node with one. */
    spareBytes: number
}

/** @returns heap of the board, B: the linker writes that of the board it links for */
export function boardHeapBytes(): number {
    return 65536
}

/**
 * @param heapBytes heap of the board
 * @param columns columns of a row
 * @param sensors sensors of the station
 */
export function planMemory(heapBytes: number, columns: number, sensors: number): MemoryPlan {
    const frameBytes = heapBytes < SMALL_HEAP_BYTES ? SMALL_FRAME_BYTES : FRAME_BYTES
    const garbage = Math.floor(heapBytes / 4)
    const objects = STATION_BYTES + columns * COLUMN_BYTES + sensors * SENSOR_BYTES
    const left = heapBytes - garbage - objects - PASSING_BYTES - frameBytes
    return {
        frameBytes,
        outboxBytes: within(left, MOST_OUTBOX_BYTES),
        spareBytes: within(left - STORE_BYTES, MOST_SPARE_BYTES),
    }
}

function within(bytes: number, most: number): number {
    if (bytes < LEAST_OUTBOX_BYTES) return LEAST_OUTBOX_BYTES
    return bytes > most ? most : bytes
}
