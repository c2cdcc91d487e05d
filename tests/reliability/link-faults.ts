/** What can be wrong with a broker or a network while links are cut (link-cuts.ts). */
import { type Connection } from "../../sim/net/connection.js"
import { randomAcks, type AckFate } from "../../sim/net/virtual-broker.js"
import { SeededRandom } from "../../sim/time/random.js"
import { type Testbed } from "./testbed.js"

export type Direction = "up" | "down"

/** A fault at work. */
export interface ActiveFault {
    /** A new connection, before anything happens on it; its link ends after N bytes. */
    readonly meet?: (connection: Connection, at: number) => void
    readonly stop: () => void
    /** How often it struck: never would be a test of something else. */
    readonly strikes: () => number
}

export interface Fault {
    readonly name: string
    /** A session that did not end within this time is whole. Default: 20 s. */
    readonly wholeMs?: number
    /** Connections with the same place of the cut; default 1. */
    readonly connections?: number
    /** How a link ends; default: it is reset, and both sides are told. */
    readonly end?: (connection: Connection, direction: Direction) => void
    readonly begin: (bed: Testbed, direction: Direction) => ActiveFault
}

/** How often acknowledgements that were held are let go, ms. */
const RELEASE_MS = 3000
/** From an acknowledgement to those that nobody asked for, ms. */
const INJECT_MS = 50
/** Ids that a node does not come to. */
const UNUSED_ID = 60_000
/** A stall that the node waits out, and one that it does not. */
const SHORT_STALL_MS = 5000
const LONG_STALL_MS = 60_000

function acks(bed: Testbed, decide: (packetId: number) => AckFate): ActiveFault {
    let strikes = 0
    bed.broker.faults.onAck = ({ packetId }) => {
        const fate = decide(packetId)
        if (fate !== "send") strikes++
        return fate
    }
    return {
        strikes: () => strikes,
        stop: () => {
            bed.broker.faults.onAck = undefined
            bed.broker.dropAcks()
        },
    }
}

function heldAcks(bed: Testbed, order: "kept" | "reversed"): ActiveFault {
    const { strikes, stop } = acks(bed, () => "hold")
    let isOver = false
    const release = () => {
        if (isOver) return
        bed.broker.releaseAcks(order)
        bed.world.clock.after(RELEASE_MS * 1000, release)
    }
    release()
    return {
        strikes,
        stop: () => {
            isOver = true
            stop()
        },
    }
}

/** After each acknowledgement one for a message that was never sent, and an old one once more. */
function injectedAcks(bed: Testbed): ActiveFault {
    const client = bed.node.deviceId
    const sent: number[] = []
    let strikes = 0
    const inject = (packetId: number) => {
        if (bed.broker.injectAck(client, packetId)) strikes++
    }
    const { stop } = acks(bed, packetId => {
        sent.push(packetId)
        bed.world.clock.after(INJECT_MS * 1000, () => {
            inject(sent[Math.max(0, sent.length - 5)])
            inject(UNUSED_ID + (sent.length % 5000))
        })
        return "send"
    })
    return { strikes: () => strikes, stop }
}

function badLink(
    bed: Testbed,
    trouble: { readonly latencyMs: number; readonly jitterMs: number; readonly lossRate: number }
): ActiveFault {
    const { link } = bed.node
    const { latencyUs } = link
    let strikes = 0
    link.latencyUs = trouble.latencyMs * 1000
    link.jitterUs = trouble.jitterMs * 1000
    link.lossRate = trouble.lossRate
    link.isRechunking = true
    return {
        meet: () => strikes++,
        strikes: () => strikes,
        stop: () => {
            link.latencyUs = latencyUs
            link.jitterUs = 0
            link.lossRate = 0
            link.isRechunking = false
        },
    }
}

/** Counts the connections that it met. */
function each(meet: (connection: Connection, at: number, nth: number) => void): ActiveFault {
    let strikes = 0
    return {
        meet: (connection, at) => meet(connection, at, strikes++),
        stop: () => undefined,
        strikes: () => strikes,
    }
}

export const FAULTS: readonly Fault[] = [
    {
        name: "with acknowledgements held for up to 3 s",
        begin: bed => heldAcks(bed, "kept"),
    },
    {
        name: "with acknowledgements in reverse order",
        begin: bed => heldAcks(bed, "reversed"),
    },
    {
        name: "with every third acknowledgement dropped",
        wholeMs: 40_000,
        begin: bed => {
            let n = 0
            return acks(bed, () => (n++ % 3 === 0 ? "drop" : "send"))
        },
    },
    {
        name: "with every acknowledgement doubled",
        begin: bed => acks(bed, () => "duplicate"),
    },
    {
        name: "with acknowledgements that nobody asked for",
        begin: injectedAcks,
    },
    {
        name: "with every second CONNECT refused",
        connections: 2,
        begin: bed => {
            const { faults } = bed.broker
            return {
                ...each((_connection, _at, nth) => {
                    faults.refuseCode = nth % 2 === 0 ? 1 + (Math.floor(nth / 2) % 5) : 0
                }),
                stop: () => (faults.refuseCode = 0),
            }
        },
    },
    {
        name: "with bytes that stall for 5 s half-way there",
        wholeMs: 30_000,
        begin: (_bed, direction) =>
            each((connection, at) =>
                connection.after(direction, Math.floor(at / 2), () =>
                    connection.stall(direction, SHORT_STALL_MS)
                )
            ),
    },
    {
        name: "with a stall of a minute instead of the cut",
        wholeMs: 40_000,
        end: (connection, direction) => connection.stall(direction, LONG_STALL_MS),
        begin: () => each(() => undefined),
    },
    {
        name: "half-open from there on instead",
        end: connection => connection.halfOpen(),
        begin: () => each(() => undefined),
    },
    {
        name: "with 1 to 3 s latency, packets split and joined",
        wholeMs: 60_000,
        begin: bed => badLink(bed, { latencyMs: 1000, jitterMs: 2000, lossRate: 0 }),
    },
    {
        name: "with 15 % of the segments lost",
        wholeMs: 60_000,
        begin: bed => badLink(bed, { latencyMs: 10, jitterMs: 50, lossRate: 0.15 }),
    },
    {
        name: "with bad acknowledgements, latency and loss together",
        wholeMs: 60_000,
        begin: bed => {
            const link = badLink(bed, { latencyMs: 100, jitterMs: 500, lossRate: 0.05 })
            const random = new SeededRandom("cuts")
            const decide = randomAcks(random, { drop: 0.05, duplicate: 0.2, delay: 0.3 })
            const { strikes, stop } = acks(bed, packetId =>
                decide({ clientId: bed.node.deviceId, packetId })
            )
            return {
                strikes,
                stop: () => {
                    stop()
                    link.stop()
                },
            }
        },
    },
]

/** Nothing but the cut. */
export const ONLY_CUT: Fault = {
    name: "with nothing else wrong",
    begin: () => each(() => undefined),
}
