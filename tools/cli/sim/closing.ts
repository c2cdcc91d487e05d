/**
 * The end of a run: every node is asked to send what it holds and to report
 * what it sampled. A node acknowledges only after both, on the same connection,
 * so with the acknowledgement all of it has arrived.
 */
import { performance } from "node:perf_hooks"
import { setTimeout as sleep } from "node:timers/promises"
import { type World } from "../../../sim/world/world.js"
import { type FrameOrigin } from "../../decoder/index.js"
import { type ReportLink } from "./virtual-link.js"

/**
 * A node may be in the middle of a row when it is asked; then the figures differ
 * by that row. Or it may just be connecting, and miss the question. Asking again
 * a little later settles both.
 */
const ATTEMPTS = 3
/** Longer than sampling a row takes, virtual ms. */
const PAUSE_MS = 2000
/** Longest virtual time for an answer from a node that shares this process with its broker, ms. */
const VIRTUAL_LIMIT_MS = 120_000
/** The same for a node that sleeps deeply, and is there for its reports only, ms. */
const SLEEPER_LIMIT_MS = 3 * 3_600_000
/** Longest real time for an answer, ms. */
const REAL_LIMIT_MS = 5000
/** Virtual time between looks at the real clock, ms. */
const STEP_MS = 1000
/** Real time given to the network between steps, ms. */
const NETWORK_TURN_MS = 20

export interface ClosingOptions {
    readonly world: World
    readonly link: ReportLink
    /** Nodes heard of so far, and how many there are. */
    readonly origins: () => readonly FrameOrigin[]
    readonly nodes: number
    /** Whether all that the node says it sampled has arrived. */
    readonly isComplete: (origin: FrameOrigin) => boolean
    /** Whether broker and nodes live in this process, so that virtual time is enough. */
    readonly isInProcess: boolean
}

export class Closing {
    private readonly acknowledged = new Map<string, string>()

    /** Nodes that answered at least once. */
    get answered(): number {
        return this.acknowledged.size
    }

    /** Takes a node's answer to a command. */
    acknowledge(origin: FrameOrigin, payload: Uint8Array): void {
        const id = /^\{"id":"(end-\d)","ok":true\}$/.exec(Buffer.from(payload).toString("latin1"))
        if (id?.[1] !== undefined) this.acknowledged.set(origin.node, id[1])
    }

    /** @throws NodePanic when a program stops */
    async run(options: ClosingOptions): Promise<void> {
        // A run may end before all nodes had the time to connect.
        await this.await(options, () => options.origins().length >= options.nodes)
        for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
            const id = `end-${attempt}`
            const asked = options
                .origins()
                .filter(origin => !this.hasAnswered(origin) || !options.isComplete(origin))
            if (asked.length === 0) return
            if (attempt > 1) await options.world.run(PAUSE_MS)
            for (const origin of asked) if (!(await options.link.requestReport(origin, id))) return
            await options.world.network.settle()
            await this.await(options, () =>
                asked.every(origin => this.acknowledged.get(origin.node) === id)
            )
        }
    }

    private hasAnswered(origin: FrameOrigin): boolean {
        return this.acknowledged.has(origin.node)
    }

    private async await(options: ClosingOptions, condition: () => boolean): Promise<void> {
        const { world, isInProcess } = options
        const isSleeper = world.nodes.some(({ sleeps }) => sleeps > 0)
        const limitMs = isSleeper ? SLEEPER_LIMIT_MS : VIRTUAL_LIMIT_MS
        const virtualLimit = world.clock.now + limitMs * 1000
        const realLimit = performance.now() + REAL_LIMIT_MS
        while (!condition() && performance.now() < realLimit) {
            if (isInProcess && world.clock.now >= virtualLimit) return
            await world.runUntil(condition, STEP_MS)
            if (!isInProcess) await sleep(NETWORK_TURN_MS)
        }
    }
}
