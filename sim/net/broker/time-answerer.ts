/** Answers the time requests of nodes (docs/mqtt.md) from the simulation's true clock. */
import { timeReply } from "../../../src/core/protocol/time-reply.js"
import { LEAF_TIME_GET, LEAF_TIME_SET, TOPIC_ROOT } from "../../../src/core/protocol/topics.js"
import { type VirtualBroker } from "../virtual-broker.js"

export interface TimeAnswererOptions {
    /** Time from the request to the look at the clock, and from there to the answer, ms; default 0. */
    readonly beforeMs?: () => number
    readonly afterMs?: () => number
    /** Error of the answerer's own clock, ms; default 0. */
    readonly errorMs?: () => number
}

/** @returns ends it */
export function answerTime(broker: VirtualBroker, options: TimeAnswererOptions = {}): () => void {
    const { clock } = broker
    const later = (ms: number, action: () => void) => {
        if (ms === 0) action()
        else clock.after(ms * 1000, action)
    }
    return broker.subscribe(`${TOPIC_ROOT}/+/+/${LEAF_TIME_GET}`, (topic, payload) => {
        const request = payload.toString("latin1")
        later(options.beforeMs?.() ?? 0, () => {
            const reply = timeReply(request, clock.wallMs + (options.errorMs?.() ?? 0))
            if (reply === undefined) return
            const replyTopic = topic.slice(0, -LEAF_TIME_GET.length) + LEAF_TIME_SET
            later(options.afterMs?.() ?? 0, () => broker.publish(replyTopic, reply, { qos: 0 }))
        })
    })
}
