/**
 * Remembers which sealed messages came. Bounded: per node and salt the newest
 * {@link WINDOW} counters, and the {@link MAX_SALTS} salts used last. A salt
 * gets in only by a message with the right tag, so strangers cannot fill it.
 *
 * What is forgotten: a message older than the window is refused, seen or not.
 * One whose salt was pushed out, or that was seen before this memory was made,
 * counts as new; the (node, boot, sequence) memory may still know its frame.
 */
import type { OpenedFrame } from "./sealed.js"

/** Counters remembered per salt. Nodes send in order, so few of them ever matter. */
const WINDOW = 256
/** One salt is one boot of one node. */
const MAX_SALTS = 4096

/**
 * "repeat": the very same message came before, as QoS 1 allows. "reused": the
 * nonce came before with other content. "old": too far back to tell.
 */
export type Novelty = "new" | "repeat" | "reused" | "old"

/** For a file: JSON. */
export interface SavedSalt {
    /** Node and salt. */
    readonly key: string
    /** Counters that came, and their tags as decimal text. */
    readonly seen: readonly (readonly [number, string])[]
}

export class ReplayGuard {
    private readonly salts = new Map<string, SaltWindow>()

    /** Notes an authentic message. */
    accept(node: string, { salt, counter, tag }: OpenedFrame): Novelty {
        const key = `${node}/${salt}`
        const window = this.salts.get(key) ?? new SaltWindow()
        // Moved to the end: the map's order is that of the last use.
        this.salts.delete(key)
        this.salts.set(key, window)
        if (this.salts.size > MAX_SALTS) this.salts.delete(this.salts.keys().next().value as string)
        return window.accept(counter, tag)
    }

    *save(): Iterable<SavedSalt> {
        for (const [key, window] of this.salts) yield { key, seen: window.seen() }
    }

    restore({ key, seen }: SavedSalt): void {
        const window = new SaltWindow()
        for (const [counter, tag] of seen) window.accept(counter, BigInt(tag))
        this.salts.set(key, window)
    }
}

class SaltWindow {
    private highest = 0
    /** Counter and tag by counter modulo {@link WINDOW}. Counters start at 1: 0 counts as used. */
    private readonly counters = new Uint32Array(WINDOW)
    private readonly tags = new BigUint64Array(WINDOW)

    /** Oldest first. */
    seen(): [number, string][] {
        return [...this.counters]
            .map((counter, slot): [number, string] => [counter, String(this.tags[slot])])
            .filter(([counter]) => counter > 0)
            .sort(([a], [b]) => a - b)
    }

    accept(counter: number, tag: bigint): Novelty {
        if (counter <= this.highest - WINDOW) return "old"
        const slot = counter & (WINDOW - 1)
        if (this.counters[slot] === counter) return this.tags[slot] === tag ? "repeat" : "reused"
        this.counters[slot] = counter
        this.tags[slot] = tag
        this.highest = Math.max(this.highest, counter)
        return "new"
    }
}
