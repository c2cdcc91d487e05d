/**
 * Which part of the nodes a node belongs to. The server says so, in the last token of the subjects of
 * frames (docs/scale.md has its mapping); what is here follows it, for records, which it leaves alone.
 */
import { type NatsConnection } from "@nats-io/transport-node"
import {
    LEAF_ENVELOPE,
    LEAF_FRAME,
    LEAF_SEALED,
    TOPIC_ROOT,
} from "../../../src/core/protocol/topics.js"
import { UsageError } from "../errors.js"

/** What is in parts. */
const LEAVES = [LEAF_FRAME, LEAF_SEALED, LEAF_ENVELOPE]
/** A site that no node has, as for `listen --check`. */
const SITE = "check"
/** This many names fit no other number of parts by chance. */
const PROBES = 64
const MAX_PARTS = 1024

const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193

/** FNV-1a, 32 bits, of site and node: what {{partition(N,1,2)}} of a nats-server is. */
export function hashOf(site: string, node: string): number {
    let hash = FNV_OFFSET
    for (const byte of Buffer.from(site + node)) hash = Math.imul(hash ^ byte, FNV_PRIME) >>> 0
    return hash
}

/** "suitcase.town.hall-1.frame.3" → "suitcase/town/hall-1/frame": as its node published it. */
export function topicOfSubject(subject: string): string {
    return subject.split(".").slice(0, 4).join("/")
}

/**
 * Asks the server, by sending empty messages and looking where they come out.
 *
 * @returns number of parts
 * @throws UsageError when its mapping is not that of docs/scale.md
 */
export async function readMapping(connection: NatsConnection): Promise<number> {
    const counts = await Promise.all(LEAVES.map(leaf => partsOf(connection, leaf)))
    const [parts] = counts
    if (parts === undefined || counts.some(count => count !== parts))
        throw new UsageError(
            "the server does not spread frames over parts, or not all kinds of them alike: it " +
                "needs the mappings of docs/scale.md, and this user has to be let write and read " +
                `${TOPIC_ROOT}.${SITE}.>`
        )
    return parts
}

/** @returns undefined when they are not spread as they should be */
async function partsOf(connection: NatsConnection, leaf: string): Promise<number | undefined> {
    const parts = new Map<string, number>()
    const subscription = connection.subscribe(`${TOPIC_ROOT}.${SITE}.*.${leaf}.*`, {
        callback: (_error, message) => {
            const [, , node, , part] = message.subject.split(".")
            parts.set(node, Number(part))
        },
    })
    const run = `${process.pid}-${Date.now().toString(36)}`
    const names = Array.from({ length: PROBES }, (_, i) => `${run}-${i}`)
    for (const name of names) connection.publish(`${TOPIC_ROOT}.${SITE}.${name}.${leaf}`)
    // What the server had to send for these comes before its answer.
    await connection.flush()
    subscription.unsubscribe()
    for (let count = 1; count <= MAX_PARTS; count++)
        if (names.every(name => parts.get(name) === hashOf(SITE, name) % count)) return count
    return undefined
}
