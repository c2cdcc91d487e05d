/**
 * Frames that cannot be read yet: their schema, or the time of their boot, has
 * not come. Bounded: when there are too many, the oldest go.
 */
import type { DecodedFrame } from "../../src/core/frame/decoder.js"

export interface HeldFrame {
    readonly site: string
    readonly node: string
    readonly frame: DecodedFrame
}

export class HeldFrames {
    /** Frames dropped because there were too many. */
    discarded = 0
    private frames: HeldFrame[] = []
    private cells = 0

    /** @param maxCells readings that may wait; further ones push the oldest frame out */
    constructor(private readonly maxCells: number) {}

    get count(): number {
        return this.frames.length
    }

    add(held: HeldFrame): void {
        this.frames.push(held)
        this.cells += weight(held)
        while (this.cells > this.maxCells) {
            this.cells -= weight(this.frames.shift() as HeldFrame)
            this.discarded++
        }
    }

    /** The frames of a node that wait, oldest first. */
    of(origin: { readonly site: string; readonly node: string }): HeldFrame[] {
        return this.frames.filter(held => held.site === origin.site && held.node === origin.node)
    }

    /** Takes out the frames that meet a condition, oldest first. */
    take(condition: (held: HeldFrame) => boolean): HeldFrame[] {
        const taken: HeldFrame[] = []
        const kept: HeldFrame[] = []
        for (const held of this.frames) (condition(held) ? taken : kept).push(held)
        for (const held of taken) this.cells -= weight(held)
        this.frames = kept
        return taken
    }
}

/** An empty frame takes memory too. */
function weight(held: HeldFrame): number {
    return held.frame.values.length + 1
}
