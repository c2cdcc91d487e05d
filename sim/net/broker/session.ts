/** The state that a broker keeps for a client id (section 4.1). */
import { matches } from "./topics.js"

/** Messages to a client that were sent and not acknowledged. */
const MAX_IN_FLIGHT = 20
/** Messages kept for a client that is away; further ones are dropped and counted. */
const MAX_QUEUED = 1000

/** A QoS 1 message on its way to a client. */
export interface Outgoing {
    readonly topic: string
    readonly payload: Buffer
    readonly retain: boolean
    /** 0 while it was not sent. */
    id: number
}

export class Session {
    /** Topic filters and the QoS granted. */
    readonly subscriptions = new Map<string, 0 | 1>()
    /** Oldest first; those in flight come before those that wait. */
    readonly outgoing: Outgoing[] = []
    /** Messages for which there was no room. */
    dropped = 0

    private lastId = 0

    constructor(
        readonly clientId: string,
        public isClean: boolean
    ) {}

    /** The highest QoS of all subscriptions that cover the topic, or undefined. */
    qosOf(topic: string): 0 | 1 | undefined {
        let best: 0 | 1 | undefined
        for (const [filter, qos] of this.subscriptions)
            if (best !== 1 && matches(filter, topic)) best = qos
        return best
    }

    queue(message: Omit<Outgoing, "id">): void {
        if (this.outgoing.length >= MAX_QUEUED) this.dropped++
        else this.outgoing.push({ ...message, id: 0 })
    }

    /** Messages that may be sent now for the first time; they get their ids. */
    takeReady(): Outgoing[] {
        const ready = this.outgoing.slice(0, MAX_IN_FLIGHT).filter(message => message.id === 0)
        for (const message of ready) message.id = this.freeId()
        return ready
    }

    /** Messages that were sent and not acknowledged. */
    get inFlight(): Outgoing[] {
        return this.outgoing.filter(message => message.id !== 0)
    }

    private freeId(): number {
        do this.lastId = (this.lastId % 65535) + 1
        while (this.outgoing.some(message => message.id === this.lastId))
        return this.lastId
    }
}
