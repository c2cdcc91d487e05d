/** What one node says around a command that was sent to it. */
import {
    LEAF_ACK,
    LEAF_SCHEMA,
    LEAF_STATE,
    LEAF_STATUS,
} from "../../../src/core/protocol/topics.js"
import {
    RecordError,
    parseAck,
    parseState,
    parseStatus,
    parseTopic,
    type Ack,
    type Status,
} from "../../decoder/index.js"

export class NodeWatch {
    /** Whether anything of the node was there. */
    isKnown = false
    /** Undefined while the node did not say. */
    isOnline: boolean | undefined
    /** The latest status record. */
    status: Status | undefined
    private ack: Ack | undefined
    private wake: () => void = () => undefined

    /**
     * @param id that of the command
     * @param stop ends all waits
     */
    constructor(
        private readonly id: string,
        private readonly stop: AbortSignal
    ) {
        stop.addEventListener("abort", () => this.wake(), { once: true })
    }

    /** Takes every message of the node; malformed ones are ignored. */
    message(topic: string, payload: Uint8Array): void {
        if (payload.length === 0) return
        try {
            this.take(parseTopic(topic)?.leaf, payload)
        } catch (e) {
            if (!(e instanceof RecordError)) throw e
        }
        this.wake()
    }

    /** Waits until the node's state came, for at most N ms. */
    async untilKnown(ms: number): Promise<void> {
        await this.until(() => this.isOnline !== undefined, ms)
    }

    /** @returns undefined when none came within N ms */
    async answer(ms: number): Promise<Ack | undefined> {
        await this.until(() => this.ack !== undefined, ms)
        return this.ack
    }

    private take(leaf: string | undefined, payload: Uint8Array): void {
        switch (leaf) {
            case LEAF_STATE:
                this.isOnline = parseState(payload).online
                this.isKnown = true
                break
            case LEAF_STATUS:
                this.status = parseStatus(payload)
                this.isKnown = true
                break
            case LEAF_SCHEMA:
                this.isKnown = true
                break
            case LEAF_ACK: {
                const ack = parseAck(payload)
                if (ack.id === this.id) this.ack = ack
                break
            }
            default:
        }
    }

    private async until(condition: () => boolean, ms: number): Promise<void> {
        let isLate = false
        const timer = setTimeout(() => {
            isLate = true
            this.wake()
        }, ms)
        while (!condition() && !isLate && !this.stop.aborted)
            await new Promise<void>(resolve => (this.wake = resolve))
        clearTimeout(timer)
    }
}
