/** Tells which nodes of a kit file have fallen silent, each by its own threshold, and when they are back. */
import { LEAF_STATE } from "../../../src/core/protocol/topics.js"
import { parseTopic } from "../../decoder/index.js"
import { type KitNode } from "../../kit/kit.js"
import { isSilenced, thresholdSeconds } from "../../kit/notification.js"
import { span } from "../view/format.js"

/** Looked at this often at least, ms. */
const MOST_PAUSE_MS = 60_000

type Watched = Pick<KitNode, "name" | "site" | "notification">

interface Heard {
    readonly node: Watched
    /** Unix ms of its latest message; that of the start while there was none. */
    at: number
    isKnown: boolean
    isSilent: boolean
}

export class SilenceWatch {
    private readonly nodes = new Map<string, Heard>()
    private timer: NodeJS.Timeout | undefined

    /**
     * @param note writes a line for people
     * @param now Unix ms
     */
    constructor(
        nodes: readonly Watched[],
        private readonly note: (text: string) => void,
        private readonly now: () => number = Date.now
    ) {
        for (const node of nodes)
            this.nodes.set(`${node.site}/${node.name}`, {
                node,
                at: now(),
                isKnown: false,
                isSilent: false,
            })
    }

    start(): void {
        const least = Math.min(
            ...[...this.nodes.values()].map(({ node }) => thresholdSeconds(node))
        )
        const pause = Math.min(MOST_PAUSE_MS, (1000 * least) / 2)
        this.timer = setInterval(() => this.look(), pause)
        this.timer.unref()
    }

    /**
     * @param isRetained whether the broker had it before: that says nothing of now
     */
    message(topic: string, isRetained: boolean): void {
        const origin = parseTopic(topic)
        // That a node went is told by its broker.
        if (origin === undefined || isRetained || origin.leaf === LEAF_STATE) return
        const name = `${origin.site}/${origin.node}`
        const heard = this.nodes.get(name)
        if (heard === undefined) return
        if (heard.isSilent) this.note(`${name} is back after ${span(this.now() - heard.at)}`)
        heard.at = this.now()
        heard.isKnown = true
        heard.isSilent = false
    }

    /** Tells of nodes that have become silent since the last look. */
    look(): void {
        const now = this.now()
        for (const [name, heard] of this.nodes) {
            const { node } = heard
            const limit = 1000 * thresholdSeconds(node)
            if (heard.isSilent || now - heard.at < limit || isSilenced(node, now)) continue
            heard.isSilent = true
            const what = heard.isKnown ? "silent" : "not heard of"
            const { email, phone } = node.notification
            const whom = [email, phone].filter(text => text !== undefined).join(", ")
            this.note(
                `${name} ${what} for ${span(now - heard.at)}, more than ${span(limit)}` +
                    (whom === "" ? "" : `; tell ${whom}`)
            )
        }
    }

    close(): void {
        clearInterval(this.timer)
    }
}
