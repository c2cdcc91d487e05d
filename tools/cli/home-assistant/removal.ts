/** Finds what --home-assistant left at a broker, and clears it. */
import { type FrameOrigin } from "../../decoder/index.js"
import { fieldsOf } from "./publisher.js"
import { ownerOf } from "./topics.js"

export class Removal {
    /** Owner by config topic. */
    private readonly configs = new Map<string, FrameOrigin>()
    private readonly states = new Set<string>()

    /** @param site only nodes of this site; undefined = all */
    constructor(private readonly site: string | undefined) {}

    /** Takes retained messages of {@link filtersOf}; those of others are left alone. */
    message(topic: string, payload: Uint8Array): void {
        if (payload.length === 0) return
        if (ownerOf(topic) !== undefined) this.states.add(topic)
        const owner = topic.endsWith("/config")
            ? ownerOf(fieldsOf(payload)["state_topic"])
            : undefined
        if (owner !== undefined && (this.site === undefined || owner.site === this.site))
            this.configs.set(topic, owner)
    }

    /** Configs first, so that entities go before their states do. */
    clear(retain: (topic: string, payload: string) => void): { entities: number; nodes: number } {
        for (const topic of [...this.configs.keys(), ...this.states]) retain(topic, "")
        const nodes = new Set([...this.configs.values()].map(({ site, node }) => `${site}/${node}`))
        return { entities: this.configs.size, nodes: nodes.size }
    }
}
