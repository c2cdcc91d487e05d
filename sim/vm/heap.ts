/**
 * Reads the VM's garbage-collected heap from the outside. DeviceScript has no
 * call for it; the layout is in microsoft/devicescript
 * runtime/devicescript/gc_alloc.c: one chunk {next, end, blocks…}, every block
 * led by a word tag << 24 | size in words, tag 1 = free, tag 0x4f at the end.
 * Pointers are 4 bytes as on the boards, so sizes agree with hardware.
 */

export interface HeapInfo {
    /** Bytes of the whole heap (65,524 in this VM). */
    readonly size: number
    /** Free bytes; garbage counts as used until it is collected. */
    readonly free: number
    /** Largest contiguous free block in bytes. */
    readonly largestFree: number
}

const TAG_FREE = 1
const FINAL_WORD = 0x4f000001
/** The heap of this VM and of most boards. */
export const HEAP_BYTES = 64 * 1024
/** Garbage is collected when this share of the heap was allocated since the last time. */
const COLLECT_SHARE = 4

/** devs_gc_t lies right before its chunk: first free block, first chunk, allocations, threshold, words since then. */
const GC_WORDS_BEFORE = 64
/** A block may be this much longer than asked for, words. */
const SLACK_WORDS = 2
/** After more allocations than these the garbage may have been collected unnoticed. */
const MOST_ALLOCATIONS = 64

/** What was allocated. */
interface Taken {
    /** Since the program's start. */
    readonly allocations: number
    /** Words since garbage was collected. */
    readonly words: number
}

/** Finds and measures the heap. Remembers where it was: a full search is slow. */
export class HeapProbe {
    private chunk = 0
    private last: (HeapInfo & Taken) | undefined
    /** Words allocated since garbage was collected, when it was looked at last. */
    private words = 0

    /** Least free bytes right after garbage was collected: what nothing needs any more does not count as used. */
    leastCollected = Infinity

    /** @param heapBytes the heap's size */
    constructor(private readonly heapBytes = HEAP_BYTES) {}

    /**
     * As {@link read}, but saves the walk over all blocks while what was allocated since the last
     * one cannot have brought the heap below what is asked for.
     *
     * @returns undefined when neither figure is below its limit, too
     */
    readBelow(memory: Uint8Array, free: number, largestFree: number): HeapInfo | undefined {
        const words = new Uint32Array(memory.buffer, 0, memory.byteLength >> 2)
        const gc = findGc(words, this.chunk)
        const taken = { allocations: words[gc + 1], words: words[gc + 3] }
        // Fewer than before: garbage was collected meanwhile, or the program started anew.
        const isCollected = taken.words < this.words
        this.words = taken.words
        if (gc !== 0 && !isCollected && this.isSurelyAbove(taken, free, largestFree))
            return undefined
        const info = this.read(memory)
        if (info !== undefined && gc !== 0 && isCollected)
            this.leastCollected = Math.min(this.leastCollected, info.free + 4 * taken.words)
        this.last = info === undefined || gc === 0 ? undefined : { ...info, ...taken }
        return info
    }

    /** @param memory the VM's memory @returns undefined while no program runs */
    read(memory: Uint8Array): HeapInfo | undefined {
        const words = new Uint32Array(memory.buffer, 0, memory.byteLength >> 2)
        if (!isHeap(words, this.chunk, this.heapBytes)) this.chunk = findHeap(words, this.heapBytes)
        if (this.chunk === 0) return undefined
        const end = words[this.chunk + 1] >> 2
        let at = this.chunk + 2
        let free = 0
        let largestFree = 0
        while (at < end) {
            const header = words[at]
            const size = header & 0xffffff
            if (size === 0) return undefined
            if (header >>> 24 === TAG_FREE) {
                free += size
                if (size > largestFree) largestFree = size
            }
            at += size
        }
        return { size: (end - this.chunk) * 4, free: free * 4, largestFree: largestFree * 4 }
    }

    /** Whether what was allocated since the last walk leaves more than that, wherever it was taken from. */
    private isSurelyAbove(taken: Taken, free: number, largestFree: number): boolean {
        const { last } = this
        if (last === undefined) return false
        const more = taken.allocations - last.allocations
        // Less than at the last walk: garbage was collected, or the program started anew.
        if (more < 0 || more > MOST_ALLOCATIONS || taken.words < last.words) return false
        const most = 4 * (taken.words - last.words + SLACK_WORDS * more)
        return last.free - most > free && last.largestFree - most > largestFree
    }
}

/**
 * Makes the heap of a program that has not run yet as small as that of another board,
 * with the collector's threshold that belongs to it.
 *
 * @throws RangeError when the heap is not there, or not as free as it is at the start
 */
export function shrinkHeap(memory: Uint8Array, bytes: number): void {
    const words = new Uint32Array(memory.buffer, 0, memory.byteLength >> 2)
    // A program that restarts may find the heap that the last one had.
    if (findHeap(words, bytes) !== 0) return
    const chunk = findHeap(words, HEAP_BYTES)
    const gc = findGc(words, chunk)
    const isKnown = gc !== 0 && words[gc + 2] === HEAP_BYTES / 4 / COLLECT_SHARE
    const end = words[chunk + 1] >> 2
    const newEnd = chunk + (bytes >> 2) - 1
    let last = chunk + 2
    while (chunk !== 0 && last + (words[last] & 0xffffff) < end) last += words[last] & 0xffffff
    if (!isKnown || last + 2 >= newEnd || words[last] >>> 24 !== TAG_FREE)
        throw new RangeError("the heap of this VM cannot be made smaller")
    words[newEnd] = FINAL_WORD
    words[chunk + 1] = newEnd * 4
    words[last] = (TAG_FREE << 24) | (newEnd - last)
    words[gc + 2] = bytes / 4 / COLLECT_SHARE
}

/** @returns index of the word with the address of the first chunk in devs_gc_t; 0 = not found */
function findGc(words: Uint32Array, chunk: number): number {
    for (let i = chunk - 1; i > chunk - GC_WORDS_BEFORE && i > 0; i--)
        if (words[i] === chunk * 4) return i
    return 0
}

function isHeap(words: Uint32Array, chunk: number, heapBytes: number): boolean {
    if (chunk === 0 || words[chunk] !== 0) return false
    const end = words[chunk + 1]
    const size = end - chunk * 4
    return (
        size > heapBytes - 64 &&
        size <= heapBytes &&
        (end & 3) === 0 &&
        words[end >> 2] === FINAL_WORD
    )
}

function findHeap(words: Uint32Array, heapBytes: number): number {
    for (let i = 1; i < words.length - heapBytes / 4; i++) if (isHeap(words, i, heapBytes)) return i
    return 0
}
