/**
 * Adds up what did not arrive, and why: dropped because the outbox was full, in
 * RAM when the power went, or lost, which must not happen.
 */
import { type SimNode } from "../../../sim/world/node.js"
import {
    type FrameCollector,
    type FrameOrigin,
    type Reading,
    type Status,
} from "../../decoder/index.js"

export interface Losses {
    /** Values sampled; what arrived and those below add up to it. */
    sampled: number
    lost: number
    lostByBroker: number
    dropped: number
    lostToPower: number
}

/** Reads that follow each other this quickly are for one value: another range, a median; ms. */
const BURST_MS = 500
/** From this many values on, their number says how often a sensor is read per value. */
const ENOUGH_VALUES = 20

export class LossAccount {
    /** @param isBrokerTrusted a virtual broker loses nothing; one on the network may */
    constructor(private readonly isBrokerTrusted = true) {}

    /** Times that sensors gave a value: by node, life, channel and part. */
    private readonly given = new Map<string, Map<string, number>>()
    private readonly channels = new Map<string, Set<string>>()

    /** Counts what the node's sensors give. */
    watch(node: SimNode): void {
        const counts = new Map<string, number>()
        const latest = new Map<string, number>()
        this.given.set(node.deviceId, counts)
        for (const model of node.bus.models)
            model.onHandedOut = ({ channel, unixMs }) => {
                const key = `${node.link.life}/${channel}/${model.address}`
                const isNew = unixMs - (latest.get(key) ?? -Infinity) >= BURST_MS
                latest.set(key, unixMs)
                if (isNew) counts.set(key, (counts.get(key) ?? 0) + 1)
            }
    }

    /** Learns which channels a node sends. */
    note({ node, channel }: Reading): void {
        const channels = this.channels.get(node)
        if (channels === undefined) this.channels.set(node, new Set([channel]))
        else channels.add(channel)
    }

    /** @param node undefined for one of another run on the same broker */
    lossesOf(collector: FrameCollector, origin: FrameOrigin, node: SimNode | undefined): Losses {
        const newest = collector.statusOf(origin)?.boot
        const losses: Losses = { sampled: 0, lost: 0, lostByBroker: 0, dropped: 0, lostToPower: 0 }
        let earlier = 0
        let current = 0
        let earlierMissing = 0
        for (const { status, readings } of collector.bootsOf(origin)) {
            const sampled = Math.max(status?.readings ?? 0, readings)
            losses.sampled += sampled
            if (status !== undefined && status.boot === newest) {
                current += sampled
                if (status.dropped > 0) losses.dropped += sampled - readings
                else if (!this.isBrokerTrusted && hasDelivered(status))
                    losses.lostByBroker += sampled - readings
                else losses.lost += sampled - readings
            } else {
                earlier += readings
                earlierMissing += sampled - readings
            }
        }
        if (node === undefined || node.link.life === 0) {
            losses.lost += earlierMissing
            return losses
        }
        // The account of a node that lost its RAM ends with its last status record.
        const before = Math.round(this.valuesBefore(node) / this.readsPerValue(node, current))
        losses.lostToPower = Math.max(earlierMissing, before - earlier)
        losses.sampled += losses.lostToPower - earlierMissing
        return losses
    }

    total(
        collector: FrameCollector,
        origins: readonly FrameOrigin[],
        nodeOf: (origin: FrameOrigin) => SimNode | undefined
    ): Losses {
        const sum: Losses = { sampled: 0, lost: 0, lostByBroker: 0, dropped: 0, lostToPower: 0 }
        let framesDropped = 0
        for (const origin of origins) {
            const losses = this.lossesOf(collector, origin, nodeOf(origin))
            for (const key of Object.keys(sum) as (keyof Losses)[]) sum[key] += losses[key]
            for (const { status } of collector.bootsOf(origin))
                framesDropped += status?.dropped ?? 0
        }
        // More is missing than nodes say they gave up.
        if (collector.lostFrames > framesDropped) {
            sum.lost += sum.dropped
            sum.dropped = 0
        }
        return sum
    }

    private valuesBefore(node: SimNode): number {
        let sum = 0
        for (let life = 0; life < node.link.life; life++) sum += this.valuesIn(node, life)
        return sum
    }

    /** Values of the channels that the node sends; of two parts with one channel, the busier one. */
    private valuesIn(node: SimNode, life: number): number {
        const counts = this.given.get(node.deviceId) ?? new Map<string, number>()
        let sum = 0
        for (const channel of this.channels.get(node.deviceId) ?? []) {
            const ofParts = node.bus.models.map(
                ({ address }) => counts.get(`${life}/${channel}/${address}`) ?? 0
            )
            sum += Math.max(0, ...ofParts)
        }
        return sum
    }

    /** An app may take the median of reads that are further apart. */
    private readsPerValue(node: SimNode, values: number): number {
        if (values < ENOUGH_VALUES) return 1
        return Math.max(1, Math.round(this.valuesIn(node, node.link.life) / values))
    }
}

/** Whether the broker has acknowledged all frames that the node made. */
function hasDelivered({ frames, acked, queued }: Status): boolean {
    return queued === 0 && acked >= frames
}
