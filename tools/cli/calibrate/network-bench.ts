/** A node that is reached through its broker, for the records alone: who has its key may change them. */
import { randomUUID } from "node:crypto"
import { realBench, type Bench } from "../../calibration/bench.js"
import { SealedService } from "../../calibration/sealed-service.js"
import { parseTopic } from "../../decoder/index.js"
import { LEAF_ACK } from "../../../src/core/protocol/topics.js"
import { UsageError } from "../errors.js"
import { readKeys } from "../keys/key-file.js"
import { NodeWatch } from "../listen/node-watch.js"
import { brokerOf, type BrokerFlags } from "../mqtt/broker.js"
import { MqttLink } from "../mqtt/link.js"
import { line, type Terminal } from "../terminal.js"

/** Longest wait for the retained records of the node, ms. */
const KNOWN_MS = 1500

export interface NetworkFlags extends Partial<BrokerFlags> {
    readonly node?: string
    readonly site: string
    readonly keys?: string
}

/** @throws UsageError when key, broker or node is not there; BoardError when it refuses */
export async function openNetworkBench(
    { node, site, broker, login, ca, keys }: NetworkFlags & { readonly node: string },
    terminal: Terminal
): Promise<Bench> {
    const note = (text: string) => line(terminal.err, `suitcase: ${text}`)
    if (broker === undefined) throw new UsageError("--node needs --broker")
    const key = keys === undefined ? undefined : readKeys(keys, note).get(node)
    if (key === undefined)
        throw new UsageError(
            keys === undefined
                ? "calibration over the network is sealed with the node's key: say --keys <file>, or take the node on USB"
                : `${keys} has no key for ${node}; without one its calibration goes over USB only`
        )
    const url = brokerOf(
        {
            broker,
            ...(login === undefined ? {} : { login }),
            ...(ca === undefined ? {} : { ca }),
        },
        note
    )
    const watch = new NodeWatch(randomUUID(), new AbortController().signal)
    const link = await MqttLink.dial(url, {
        site,
        nodes: [node],
        onMessage: (topic, payload, isRetained) => {
            watch.message(topic, payload)
            if (!isRetained && parseTopic(topic)?.leaf === LEAF_ACK) service.take(payload)
        },
        onLink: isUp =>
            note(isUp ? `connected to ${url.shown} again` : `lost the connection to ${url.shown}`),
    })
    const service = new SealedService(key, command => link.command({ site, node }, command))
    try {
        await watch.untilKnown(KNOWN_MS)
        if (!watch.isKnown)
            throw new UsageError(
                `no node ${node} of site ${site} is known at ${url.shown}; suitcase listen shows those that are`
            )
        if (watch.isOnline === false)
            throw new UsageError(`${node} is offline; it can be calibrated when it is back`)
        const { device } = await service.identity()
        return realBench(service, device, () => link.close())
    } catch (e) {
        await link.close()
        throw e
    }
}
