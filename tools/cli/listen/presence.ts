/** Tells people when nodes come and go, and what they say is wrong with them. */
import { type FrameOrigin, type NodeState, type Status } from "../../decoder/index.js"
import { troublesOf, type Trouble } from "./troubles.js"

/** Nodes whose last state is remembered. */
const MAX_NODES = 10_000

export class Presence {
    private readonly known = new Map<string, NodeState>()
    private readonly troubles = new Map<string, readonly Trouble[]>()

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

    /** Notes what is wrong with a node, once, and when it is over. */
    status(origin: FrameOrigin, status: Status): void {
        const node = `${origin.site}/${origin.node}`
        const before = this.troubles.get(node) ?? []
        const now = troublesOf(status)
        if (now.length === 0) this.troubles.delete(node)
        else if (before.length > 0 || this.troubles.size < MAX_NODES) this.troubles.set(node, now)
        for (const { words } of now)
            if (!before.some(known => known.words === words)) this.note(`${node} ${words}`)
        for (const { over } of before)
            if (!now.some(known => known.over === over)) this.note(`${node} ${over}`)
    }
}
