/** Tells people when nodes come and go, and when they hold their frames back. */
import { type FrameOrigin, type NodeState, type Status } from "../../decoder/index.js"
import { heldInWords } from "./held.js"

/** Nodes whose last state is remembered. */
const MAX_NODES = 10_000

export class Presence {
    private readonly known = new Map<string, NodeState>()
    private readonly held = new Map<string, string>()

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

    /** Notes why a node holds its frames back, once, and when it does no more. */
    status(origin: FrameOrigin, status: Status): void {
        const node = `${origin.site}/${origin.node}`
        const words = heldInWords(status)
        if (words === this.held.get(node)) return
        if (words === undefined) this.held.delete(node)
        else if (this.held.size < MAX_NODES) this.held.set(node, words)
        this.note(`${node} ${words ?? "holds its frames back no more"}`)
    }
}
