/** Takes topics of nodes apart: suitcase/<site>/<node>/<leaf>. */
import { isTopicName } from "../../src/core/protocol/names.js"
import { TOPIC_ROOT } from "../../src/core/protocol/topics.js"

export interface NodeTopic {
    readonly site: string
    readonly node: string
    /** One of the LEAF_… names in src/core/protocol/topics.ts, or something unknown. */
    readonly leaf: string
}

/** @returns undefined when the topic is not one of a node */
export function parseTopic(topic: string): NodeTopic | undefined {
    const [root, site, node, ...leaf] = topic.split("/")
    if (root !== TOPIC_ROOT || site === undefined || node === undefined || leaf.length === 0)
        return undefined
    if (!isTopicName(site) || !isTopicName(node)) return undefined
    return { site, node, leaf: leaf.join("/") }
}
