/**
 * Asks for the records of nodes: those of which frames wait, because a schema or a clock record did not
 * arrive. A broker may have lost it, or send no retained messages to subscriptions with wildcards, as
 * RabbitMQ, or none again to a listener that was killed before it had them, as NATS.
 */
import { type FrameOrigin } from "../../decoder/index.js"

/** How often to look, and how many nodes are asked at a time at most. */
const LOOK_MS = 2000
const MOST_AT_ONCE = 10
/** Pauses before a node is asked: after the first look, then after each question, ms. */
const PAUSES_MS = [2000, 60_000, 300_000, 1_800_000, 21_600_000]
/** Nodes of which is remembered when they were asked. */
const MAX_ASKED = 20_000

export interface DescriberOptions {
    /** Nodes with frames that wait. */
    readonly waiting: () => readonly FrameOrigin[]
    /** Asks the broker and the node. @returns whether the broker has the command */
    readonly ask: (origin: FrameOrigin, id: string) => Promise<boolean>
    readonly nowMs?: () => number
}

export class Describer {
    /** Questions so far. */
    asked = 0
    private readonly nowMs: () => number
    /** When a node may be asked next, and how often it was. */
    private readonly due = new Map<string, { atMs: number; times: number }>()
    private timer: NodeJS.Timeout | undefined

    constructor(private readonly options: DescriberOptions) {
        this.nowMs = options.nowMs ?? (() => performance.now())
    }

    start(): void {
        this.timer = setInterval(() => void this.look(), LOOK_MS)
        this.timer.unref()
    }

    close(): void {
        clearInterval(this.timer)
    }

    /** Asks who is due. */
    async look(): Promise<void> {
        const now = this.nowMs()
        const waiting = this.options.waiting()
        this.forget(new Set(waiting.map(keyOf)))
        let room = MOST_AT_ONCE
        for (const origin of waiting) {
            const key = keyOf(origin)
            const known = this.due.get(key)
            if (known === undefined) {
                if (this.due.size < MAX_ASKED)
                    this.due.set(key, { atMs: now + PAUSES_MS[0], times: 0 })
                continue
            }
            if (known.atMs > now || room === 0) continue
            room--
            known.times++
            known.atMs = now + PAUSES_MS[Math.min(known.times, PAUSES_MS.length - 1)]
            this.asked++
            // A node does not carry out the same command twice.
            const id = `describe-${Date.now().toString(36)}-${this.asked}`
            await this.options.ask(origin, id)
        }
    }

    /** What does not wait any more is asked soon should it wait again, but no sooner than it may. */
    private forget(waiting: ReadonlySet<string>): void {
        for (const [key, { atMs }] of this.due)
            if (!waiting.has(key) && atMs < this.nowMs()) this.due.delete(key)
    }
}

function keyOf({ site, node }: FrameOrigin): string {
    return `${site}/${node}`
}
