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
const HEAP_BYTES = 64 * 1024

/** Finds and measures the heap. Remembers where it was: a full search is slow. */
export class HeapProbe {
    private chunk = 0

    /** @param memory the VM's memory @returns undefined while no program runs */
    read(memory: Uint8Array): HeapInfo | undefined {
        const words = new Uint32Array(memory.buffer, 0, memory.byteLength >> 2)
        if (!isHeap(words, this.chunk)) this.chunk = findHeap(words)
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
}

function isHeap(words: Uint32Array, chunk: number): boolean {
    if (chunk === 0 || words[chunk] !== 0) return false
    const end = words[chunk + 1]
    const size = end - chunk * 4
    return (
        size > HEAP_BYTES - 64 &&
        size <= HEAP_BYTES &&
        (end & 3) === 0 &&
        words[end >> 2] === FINAL_WORD
    )
}

function findHeap(words: Uint32Array): number {
    for (let i = 1; i < words.length - HEAP_BYTES / 4; i++) if (isHeap(words, i)) return i
    return 0
}
