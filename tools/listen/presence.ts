/** Tells people when nodes come and go. */
import { type FrameOrigin, type NodeState } from "../decoder/index.js"

/** Nodes whose last state is remembered. */
const MAX_NODES = 10_000

export class Presence {
    private readonly known = new Map<string, NodeState>()

    constructor(private readonly note: (text: string) => void) {}

    /** Notes a change; what is only said again is no change. */
    change(origin: FrameOrigin, state: NodeState): void {
        const node = `${origin.site}/${origin.node}`
        const before = this.known.get(node)
        this.known.set(node, state)
        if (this.known.size > MAX_NODES) this.known.delete(this.known.keys().next().value as string)
        if (before?.online === state.online && before.boot === state.boot) return
        const restarted = before !== undefined && before.boot !== state.boot
        if (!state.online) this.note(`${node} is offline`)
        else this.note(`${node} is online${restarted ? " after a restart" : ""}`)
    }
}
