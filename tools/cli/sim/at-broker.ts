/** What simulated nodes need at a broker on the network, and how nothing of them stays there. */
import { type Duplex } from "node:stream"
import { setTimeout as sleep } from "node:timers/promises"
import { NodeLink } from "../../../sim/jacdac/node-link.js"
import { type Endpoint } from "../../../sim/net/endpoint.js"
import { type SimNode } from "../../../sim/world/node.js"
import { type World } from "../../../sim/world/world.js"
import {
    LEAF_CLOCK,
    LEAF_SCHEMA,
    LEAF_STATE,
    LEAF_STATUS,
    topicOf,
} from "../../../src/core/protocol/topics.js"
import { type FrameCollector, type FrameOrigin } from "../../decoder/index.js"
import { type Broker } from "../mqtt/broker.js"
import { MqttLink } from "../mqtt/link.js"
import { openStream } from "../mqtt/stream.js"
import { ConnectedNode } from "../settings/connected-node.js"
import { provision } from "../settings/provision.js"

/** Longest wait for the last wills of nodes that were switched off, ms. */
const WILLS_MS = 2000
const LOOK_MS = 20

/** The broker as nodes reach it: TLS is done for them, as a board does for its program. */
export class BrokerEndpoint implements Endpoint {
    readonly immediate = false
    readonly description: string

    constructor(private readonly broker: Broker) {
        this.description = broker.shown
    }

    connect(): Duplex {
        return openStream(this.broker)
    }
}

/** Sets user and password as `suitcase settings` does, over USB, and starts the program with them. */
export async function giveLogin(world: World, node: SimNode, broker: Broker): Promise<void> {
    const settings = { "mqtt.user": broker.user, "mqtt.pass": broker.password }
    const link = new NodeLink(world, node)
    const record = { v: 1 as const, device: node.deviceId, settings, program: null }
    await link.during(
        ConnectedNode.open(link, node.deviceId).then(store =>
            provision(store, record, { program: undefined, restart: true, note: () => undefined })
        )
    )
}

/** Ends the sessions of nodes that are off, and removes all that they left. */
export async function tidyUp(
    broker: Broker,
    link: MqttLink,
    collector: FrameCollector,
    origins: readonly FrameOrigin[]
): Promise<void> {
    // A node that has no other name is called at the broker what it is called here. Should its old
    // connection still stand, this ends it.
    for (const { node } of origins) await MqttLink.endSession(broker, node).catch(() => undefined)
    // The last will is retained too.
    const isOn = (origin: FrameOrigin) => collector.stateOf(origin)?.online === true
    for (let ms = 0; ms < WILLS_MS && origins.some(isOn); ms += LOOK_MS) await sleep(LOOK_MS)
    for (const { site, node } of origins)
        for (const leaf of [LEAF_STATE, LEAF_SCHEMA, LEAF_CLOCK, LEAF_STATUS])
            link.retain(topicOf(site, node, leaf), "")
    await link.drain()
}
