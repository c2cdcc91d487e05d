/** Takes topics of nodes apart: suitcase/<site>/<node>/<leaf>. */
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
    if (root !== TOPIC_ROOT || !isName(site) || !isName(node) || leaf.length === 0) return undefined
    return { site, node, leaf: leaf.join("/") }
}

/** Letters, digits and -_.: only, so that names can be shown and stored anywhere. */
function isName(level: string | undefined): level is string {
    return level !== undefined && /^\w[\w.:-]{0,63}$/.test(level)
}
