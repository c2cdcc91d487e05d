/**
 * Frames that cannot be read yet: their schema, or the time of their boot, has not come. A frame
 * whose checksum gives a schema that the node has not described may as well be damaged: it is doubtful.
 * By node, so that a record of one costs nothing for the others. Bounded: each kind of node
 * (node-book.ts) has room of its own, and when it is full those that hold most of it give
 * their oldest frames.
 */
import { getU16 } from "../../src/core/bytes.js"
import type { DecodedFrame } from "../../src/core/frame/decoder.js"
import { FRAME_CRC_BYTES } from "../../src/core/frame/format.js"
import type { NodeMemory } from "./node-book.js"

/** Bytes of frames that wait, of nodes that have delivered and of strangers; a frame counts as that much more. */
const PROVEN_BYTES = 32_000_000
const STRANGER_BYTES = 16_000_000
const FRAME_OVERHEAD_BYTES = 100

export interface Doubt {
    /** What tells it from other doubtful frames of its node. */
    readonly key: string
    /** That of its boot, should this be the first that is heard of it. */
    readonly ordinal: number
}

export interface HeldFrame {
    /** Its bytes. */
    readonly payload: Uint8Array
    readonly schemaId: number
    readonly bootId: number
    /** Undefined when it is known to be as it was sent. */
    readonly doubt: Doubt | undefined
    /** Whether its rows have Unix time, else they count from boot. */
    readonly unixTime: boolean
    /** Times of its first and last row in ticks; undefined when it has none. */
    readonly span: { readonly first: number; readonly last: number } | undefined
}

export class HeldFrames {
    /** Frames dropped because there were too many. */
    discarded = 0
    /** Frames that wait. */
    count = 0
    private readonly proven = new Holders(PROVEN_BYTES)
    private readonly strangers = new Holders(STRANGER_BYTES)

    add(node: NodeMemory, held: HeldFrame): void {
        const holders = node.isProven ? this.proven : this.strangers
        this.count++
        const dropped = holders.add(node, held)
        this.count -= dropped
        this.discarded += dropped
    }

    /** The frames of a node that wait, oldest first. */
    of(node: NodeMemory): readonly HeldFrame[] {
        const others = this.proven.of(node)
        const first = this.strangers.of(node)
        return others.length === 0 ? first : [...first, ...others]
    }

    /** Whether any frame of the node may be damaged. */
    hasDoubtful(node: NodeMemory): boolean {
        return this.proven.hasDoubtful(node) || this.strangers.hasDoubtful(node)
    }

    /** Whether this doubtful frame waits already. */
    has(node: NodeMemory, key: string): boolean {
        return this.proven.has(node, key) || this.strangers.has(node, key)
    }

    /** Takes out the frames of a node that meet a condition, oldest first. */
    take(node: NodeMemory, condition: (held: HeldFrame) => boolean): HeldFrame[] {
        const taken = [
            ...this.strangers.take(node, condition),
            ...this.proven.take(node, condition),
        ]
        this.count -= taken.length
        return taken
    }

    /** The node was forgotten. */
    drop(node: NodeMemory): void {
        this.discarded += this.take(node, () => true).length
    }

    /** Nodes with frames that wait. */
    *nodes(): Iterable<NodeMemory> {
        yield* this.proven.nodes()
        for (const node of this.strangers.nodes()) if (this.proven.of(node).length === 0) yield node
    }
}

/**
 * How a frame is kept.
 * @param doubt undefined when it is known to be as it was sent
 */
export function heldFrame(
    payload: Uint8Array,
    frame: DecodedFrame,
    doubt: Doubt | undefined
): HeldFrame {
    const { schemaId, bootId, unixTime, times } = frame
    let span: HeldFrame["span"]
    for (const time of times)
        span = {
            first: Math.min(time, span?.first ?? time),
            last: Math.max(time, span?.last ?? time),
        }
    // A copy: what it was cut from may be a bunch of messages.
    return { payload: payload.slice(), schemaId, bootId, doubt, unixTime, span }
}

/** The checksum alone would do for whole frames: a damaged one must not pass for the true one, nor that for it. */
export function doubtKeyOf(
    payload: Uint8Array,
    { schemaId, bootId, sequence }: DecodedFrame
): string {
    const crc = getU16(payload, payload.length - FRAME_CRC_BYTES)
    return `${bootId}:${sequence}:${crc}:${schemaId}`
}

interface Holder {
    frames: HeldFrame[]
    bytes: number
    /** Keys of those that may be damaged. */
    readonly doubtful: Set<string>
}

class Holders {
    private readonly byNode = new Map<NodeMemory, Holder>()
    private bytes = 0

    constructor(private readonly maxBytes: number) {}

    /** @returns how many had to make room */
    add(node: NodeMemory, held: HeldFrame): number {
        const holder = this.byNode.get(node) ?? { frames: [], bytes: 0, doubtful: new Set() }
        this.byNode.set(node, holder)
        holder.frames.push(held)
        if (held.doubt !== undefined) holder.doubtful.add(held.doubt.key)
        holder.bytes += weight(held)
        this.bytes += weight(held)
        return this.bytes > this.maxBytes ? this.makeRoom() : 0
    }

    of(node: NodeMemory): readonly HeldFrame[] {
        return this.byNode.get(node)?.frames ?? []
    }

    has(node: NodeMemory, key: string): boolean {
        return this.byNode.get(node)?.doubtful.has(key) ?? false
    }

    hasDoubtful(node: NodeMemory): boolean {
        return (this.byNode.get(node)?.doubtful.size ?? 0) > 0
    }

    take(node: NodeMemory, condition: (held: HeldFrame) => boolean): HeldFrame[] {
        const holder = this.byNode.get(node)
        if (holder === undefined) return []
        const taken = holder.frames.filter(condition)
        if (taken.length === 0) return taken
        holder.frames = holder.frames.filter(held => !condition(held))
        for (const held of taken) this.shrink(holder, held)
        if (holder.frames.length === 0) this.byNode.delete(node)
        return taken
    }

    nodes(): Iterable<NodeMemory> {
        return this.byNode.keys()
    }

    /** A twentieth of all, so that not each new frame has to look for it. @returns frames dropped */
    private makeRoom(): number {
        let dropped = 0
        while (this.bytes > 0.95 * this.maxBytes) {
            const largestFirst = [...this.byNode].sort(([, a], [, b]) => b.bytes - a.bytes)
            for (const [node, holder] of largestFirst) {
                const oldest = holder.frames.splice(0, Math.ceil(holder.frames.length / 10))
                for (const held of oldest) this.shrink(holder, held)
                if (holder.frames.length === 0) this.byNode.delete(node)
                dropped += oldest.length
                if (this.bytes <= 0.95 * this.maxBytes) break
            }
        }
        return dropped
    }

    private shrink(holder: Holder, held: HeldFrame): void {
        if (held.doubt !== undefined) holder.doubtful.delete(held.doubt.key)
        holder.bytes -= weight(held)
        this.bytes -= weight(held)
    }
}

function weight(held: HeldFrame): number {
    return held.payload.length + FRAME_OVERHEAD_BYTES
}
