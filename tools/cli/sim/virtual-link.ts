/** The receiving side of a run on the virtual clock: what {@link MqttLink} is for brokers behind a stream. */
import { answerTime } from "../../../sim/net/broker/time-answerer.js"
import { type VirtualBroker } from "../../../sim/net/virtual-broker.js"
import { LEAF_COMMAND, TOPIC_ROOT, topicOf } from "../../../src/core/protocol/topics.js"
import { type FrameOrigin } from "../../decoder/index.js"

/** What a run asks of its receiving side. */
export interface ReportLink {
    /**
     * Asks a node to send all it has and to report.
     * @returns whether the broker has the command
     */
    requestReport(origin: FrameOrigin, id: string): Promise<boolean>
    close(): Promise<void>
}

export class VirtualLink implements ReportLink {
    private readonly ends: (() => void)[]

    constructor(
        private readonly broker: VirtualBroker,
        onMessage: (topic: string, payload: Uint8Array) => void
    ) {
        this.ends = [answerTime(broker), broker.subscribe(`${TOPIC_ROOT}/#`, onMessage)]
    }

    requestReport(origin: FrameOrigin, id: string): Promise<boolean> {
        return Promise.resolve(
            this.broker.publish(
                topicOf(origin.site, origin.node, LEAF_COMMAND),
                JSON.stringify({ id, do: "report" })
            )
        )
    }

    close(): Promise<void> {
        for (const end of this.ends) end()
        return Promise.resolve()
    }
}
