/** A simulated node as a host on its USB port sees it. */
import { type FrameLink } from "./frame-link.js"
import { type SimNode } from "../world/node.js"
import { type World } from "../world/world.js"

/** Virtual time between looks at the host's side, ms. */
const STEP_MS = 5

export class NodeLink implements FrameLink {
    private readonly listeners = new Set<(frame: Uint8Array) => void>()

    constructor(
        private readonly world: World,
        private readonly node: SimNode
    ) {
        node.onFrame = frame => {
            for (const listener of [...this.listeners]) listener(frame)
        }
    }

    sendFrame(frame: Uint8Array): void {
        this.node.receiveFrame(frame)
    }

    onFrame(listener: (frame: Uint8Array) => void): () => void {
        this.listeners.add(listener)
        return () => this.listeners.delete(listener)
    }

    /** {@link passTime} of its world. */
    async during<T>(work: Promise<T>, limitMs?: number): Promise<T> {
        return await passTime(this.world, work, limitMs)
    }
}

/**
 * Lets virtual time pass while a host does its work.
 *
 * @throws what `work` throws; NodePanic; Error when `work` is not done within `limitMs`
 * of virtual time
 */
export async function passTime<T>(world: World, work: Promise<T>, limitMs = 600_000): Promise<T> {
    let isDone = false
    const done = () => (isDone = true)
    work.then(done, done)
    for (let ms = 0; !isDone; ms += STEP_MS) {
        if (ms > limitMs) throw new Error(`the host is not done after ${limitMs} ms`)
        await world.run(STEP_MS)
        // Lets the host answer what it received.
        await new Promise(resolve => setImmediate(resolve))
    }
    return work
}
