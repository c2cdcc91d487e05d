/**
 * The nodes that are remembered. Names are cheap to invent, so there are two books: one of
 * nodes that have delivered a frame that could be read, and one of strangers, which has
 * little room and never takes any from the first. In each, those that were not heard of
 * for longest go first, and no site takes all of it.
 */
import { BootSession, type SavedBoot } from "./boot-session.js"
import { exactText, parseSchema, type Schema } from "./schema-record.js"
import type { NodeState } from "./state-record.js"
import type { Status } from "./status-record.js"

/** How much a book holds: nodes, and bytes of their records; of one site and in all. */
interface Room {
    readonly nodes: number
    readonly siteNodes: number
    readonly bytes: number
    readonly siteBytes: number
    readonly bootsPerNode: number
    readonly schemasPerNode: number
}

const PROVEN: Room = {
    nodes: 20_000,
    siteNodes: 12_000,
    bytes: Infinity,
    siteBytes: Infinity,
    bootsPerNode: 1000,
    schemasPerNode: 8,
}
/** As many nodes: after a broker's retained records came, a whole fleet is still to deliver its first frames. */
const STRANGERS: Room = {
    nodes: 20_000,
    siteNodes: 12_000,
    bytes: 24_000_000,
    siteBytes: 16_000_000,
    bootsPerNode: 1000,
    // A node that was calibrated while it was offline describes itself as it was before, and after each.
    schemasPerNode: 4,
}
/** What a boot takes, B. */
const BOOT_BYTES = 500
/** Boots of all nodes. */
const MAX_BOOTS = 40_000
/** Boots that each node keeps when there are more. */
const KEPT_BOOTS = 2
/** Parsed schemas that nodes share. */
const SHARED_SCHEMAS = 1024

export interface NodeMemory {
    readonly site: string
    readonly node: string
    /** Whether a frame of it could be read. */
    isProven: boolean
    /** By id, the latest last. */
    readonly schemas: Map<number, Schema>
    /** By id, the latest heard of last. */
    readonly boots: Map<number, BootSession>
    status: Status | undefined
    state: NodeState | undefined
    /** Unix ms by which the latest reading so far was taken, at the earliest. */
    earliestMs: number | undefined
    /** The newest row so far: its boot and time, and the step to it from the row before. */
    newest: { readonly boot: number; readonly unixMs: number; readonly stepMs: number } | undefined
    /** Bytes of its records, and of its status record alone. */
    bytes: number
    statusBytes: number
}

/** For a file: JSON. */
export interface SavedNode {
    readonly site: string
    readonly node: string
    readonly isProven: boolean
    readonly schemas: readonly string[]
    readonly boots: readonly SavedBoot[]
    readonly status?: Status | undefined
    readonly state?: NodeState | undefined
    readonly earliestMs?: number | undefined
    readonly newest?: NodeMemory["newest"]
}

export class NodeBook {
    private readonly proven = new Book(PROVEN)
    private readonly strangers: Book
    private readonly shared = new Map<string, Schema>()
    private nextOrdinal = 0
    private bootCount = 0

    /** @param onForgotten told of a stranger that made room */
    constructor(onForgotten: (node: NodeMemory) => void) {
        this.strangers = new Book(STRANGERS, onForgotten)
    }

    /** @returns undefined when it was never heard of, or forgotten */
    find(site: string, node: string): NodeMemory | undefined {
        return this.proven.find(site, node) ?? this.strangers.find(site, node)
    }

    /** The node, which was heard of now. */
    heard(site: string, node: string): NodeMemory {
        const known = this.proven.touch(site, node) ?? this.strangers.touch(site, node)
        if (known !== undefined) return known
        const memory: NodeMemory = {
            site,
            node,
            isProven: false,
            schemas: new Map(),
            boots: new Map(),
            status: undefined,
            state: undefined,
            earliestMs: undefined,
            newest: undefined,
            bytes: 0,
            statusBytes: 0,
        }
        this.strangers.add(memory)
        return memory
    }

    /** A frame of the node could be read. */
    prove(memory: NodeMemory): void {
        if (memory.isProven) return
        memory.isProven = true
        this.strangers.remove(memory)
        this.proven.add(memory)
    }

    /** @throws RecordError when it is no schema record */
    learnSchema(memory: NodeMemory, payload: Uint8Array): Schema {
        const text = exactText(payload)
        const known = this.shared.get(text)
        const schema = known ?? parseSchema(payload)
        if (known === undefined) {
            this.shared.set(text, schema)
            if (this.shared.size > SHARED_SCHEMAS)
                this.shared.delete(this.shared.keys().next().value as string)
            this.grow(memory, payload.length)
        }
        memory.schemas.delete(schema.id)
        memory.schemas.set(schema.id, schema)
        const { schemasPerNode } = memory.isProven ? PROVEN : STRANGERS
        if (memory.schemas.size > schemasPerNode) dropFirst(memory.schemas)
        return schema
    }

    /** Keeps a status record. @param bytes its length */
    learnStatus(memory: NodeMemory, status: Status, bytes: number): void {
        memory.status = status
        this.grow(memory, bytes - memory.statusBytes)
        memory.statusBytes = bytes
    }

    /** The place in the order of boots for one that may have been heard of now. */
    takeOrdinal(): number {
        return this.nextOrdinal++
    }

    /**
     * A boot of a node, which was heard of now.
     * @param ordinal of one that is not known yet, when it was taken before
     */
    bootOf(memory: NodeMemory, id: number, ordinal?: number): BootSession {
        let boot = memory.boots.get(id)
        if (boot === undefined) {
            boot = new BootSession(id, ordinal ?? this.takeOrdinal())
            this.bootCount++
            this.grow(memory, BOOT_BYTES)
        }
        // Moved to the end: the map's order is that of the last use.
        memory.boots.delete(id)
        memory.boots.set(id, boot)
        const { bootsPerNode } = memory.isProven ? PROVEN : STRANGERS
        while (memory.boots.size > bootsPerNode) dropFirst(memory.boots)
        if (this.bootCount > MAX_BOOTS) this.trimBoots()
        return boot
    }

    /** All nodes, those not heard of for longest first. */
    *all(): Iterable<NodeMemory> {
        yield* this.strangers.all()
        yield* this.proven.all()
    }

    /** One by one, in the order in which {@link restore} takes them. */
    *save(): Iterable<SavedNode> {
        for (const memory of this.all()) {
            const { site, node, isProven, status, state, earliestMs, newest } = memory
            const schemas = [...memory.schemas.values()].map(schema => schema.text)
            const boots = [...memory.boots.values()].map(boot => boot.save())
            yield { site, node, isProven, schemas, boots, status, state, earliestMs, newest }
        }
    }

    /** Ordinals from here on are not taken. */
    keepOrdinal(ordinal: number): void {
        this.nextOrdinal = Math.max(this.nextOrdinal, ordinal + 1)
    }

    restore(saved: SavedNode): void {
        const memory = this.heard(saved.site, saved.node)
        if (saved.isProven) this.prove(memory)
        for (const text of saved.schemas) this.learnSchema(memory, new TextEncoder().encode(text))
        for (const boot of saved.boots) {
            memory.boots.set(boot.id, BootSession.restore(boot))
            this.bootCount++
            this.keepOrdinal(boot.ordinal)
        }
        memory.status = saved.status
        memory.state = saved.state
        memory.earliestMs = saved.earliestMs
        memory.newest = saved.newest
    }

    /** Counts bytes that a stranger takes. */
    private grow(memory: NodeMemory, bytes: number): void {
        if (!memory.isProven) this.strangers.grow(memory, bytes)
    }

    /** Too many boots: nodes keep their newest few, those not heard of for longest first. */
    private trimBoots(): void {
        this.bootCount = 0
        for (const { boots } of this.all()) this.bootCount += boots.size
        for (const { boots } of this.all())
            while (this.bootCount > 0.9 * MAX_BOOTS && boots.size > KEPT_BOOTS) {
                dropFirst(boots)
                this.bootCount--
            }
    }
}

/** Nodes by site; sites and their nodes in the order in which they were last heard of. */
class Book {
    private readonly sites = new Map<string, { nodes: Map<string, NodeMemory>; bytes: number }>()
    private count = 0
    private bytes = 0

    constructor(
        private readonly room: Room,
        private readonly onForgotten: (node: NodeMemory) => void = () => undefined
    ) {}

    find(site: string, node: string): NodeMemory | undefined {
        return this.sites.get(site)?.nodes.get(node)
    }

    touch(site: string, node: string): NodeMemory | undefined {
        const entry = this.sites.get(site)
        const memory = entry?.nodes.get(node)
        if (entry === undefined || memory === undefined) return undefined
        entry.nodes.delete(node)
        entry.nodes.set(node, memory)
        this.sites.delete(site)
        this.sites.set(site, entry)
        return memory
    }

    add(memory: NodeMemory): void {
        let entry = this.sites.get(memory.site)
        if (entry === undefined) {
            entry = { nodes: new Map(), bytes: 0 }
            this.sites.set(memory.site, entry)
        }
        entry.nodes.set(memory.node, memory)
        entry.bytes += memory.bytes
        this.count++
        this.bytes += memory.bytes
        this.makeRoom(memory)
    }

    grow(memory: NodeMemory, bytes: number): void {
        const entry = this.sites.get(memory.site)
        if (entry?.nodes.get(memory.node) !== memory) return
        memory.bytes += bytes
        entry.bytes += bytes
        this.bytes += bytes
        this.makeRoom(memory)
    }

    remove(memory: NodeMemory): void {
        const entry = this.sites.get(memory.site)
        if (entry?.nodes.get(memory.node) !== memory) return
        entry.nodes.delete(memory.node)
        entry.bytes -= memory.bytes
        this.count--
        this.bytes -= memory.bytes
        if (entry.nodes.size === 0) this.sites.delete(memory.site)
    }

    *all(): Iterable<NodeMemory> {
        for (const { nodes } of this.sites.values()) yield* nodes.values()
    }

    /** @param newest of its site and of all; it stays */
    private makeRoom(newest: NodeMemory): void {
        const { room } = this
        for (;;) {
            const own = this.sites.get(newest.site)
            const isSiteFull =
                own !== undefined && (own.nodes.size > room.siteNodes || own.bytes > room.siteBytes)
            if (!isSiteFull && this.count <= room.nodes && this.bytes <= room.bytes) return
            const from = isSiteFull ? own : this.sites.values().next().value
            const oldest = from?.nodes.values().next().value
            if (oldest === undefined || oldest === newest) return
            this.remove(oldest)
            this.onForgotten(oldest)
        }
    }
}

function dropFirst<K>(map: Map<K, unknown>): void {
    map.delete(map.keys().next().value as K)
}
