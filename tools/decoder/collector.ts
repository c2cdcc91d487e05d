/**
 * Makes readings of what nodes publish. Feed it every message of the topics
 * suitcase/#, in any order; it calls back with readings, each of them once.
 * Runs in Node and in browsers.
 */
import { getU16 } from "../../src/core/bytes.js"
import {
    FrameError,
    decodeFrame,
    type DecodedFrame,
    type FrameErrorCode,
} from "../../src/core/frame/decoder.js"
import { FRAME_CRC_BYTES } from "../../src/core/frame/format.js"
import { LEAF_FRAME, LEAF_SCHEMA, LEAF_STATUS, topicOf } from "../../src/uplink/wire/topics.js"
import { BootSession } from "./boot-session.js"
import { HeldFrames } from "./held-frames.js"
import { readingsOf, type FrameOrigin, type Reading } from "./reading.js"
import { RecordError } from "./record.js"
import { parseSchema, type Schema } from "./schema-record.js"
import { parseStatus, type Status } from "./status-record.js"
import { parseTopic } from "./topic.js"

/** Boots of all nodes that are remembered; the ones not heard of for longest go first. */
const MAX_BOOTS = 4096
/** Nodes that are remembered. */
const MAX_NODES = 10_000
/** Schemas remembered per node. */
const MAX_SCHEMAS_PER_NODE = 8
const MAX_HELD_READINGS = 500_000

/** A message that was refused. */
export interface Malformed {
    readonly topic: string
    /** The decoder's error code, "channels" when schema and frame disagree, or the record's name. */
    readonly code: FrameErrorCode | "channels" | "schema" | "status"
    readonly message: string
}

export interface CollectorEvents {
    readonly onReading?: (reading: Reading) => void
    readonly onSchema?: (origin: FrameOrigin, schema: Schema) => void
    readonly onStatus?: (origin: FrameOrigin, status: Status) => void
    readonly onMalformed?: (problem: Malformed) => void
}

export interface CollectorCounts {
    /** Readings with a value that were handed out. */
    readings: number
    /** Cells without a value, and how many of them for which reason. */
    gaps: number
    readonly gapsByReason: Map<string, number>
    /** Different frames that came, and their bytes. */
    frames: number
    payloadBytes: number
    /** Frames that came again. */
    duplicates: number
    /** Refused messages by {@link Malformed.code}. */
    readonly malformed: Map<string, number>
}

interface NodeState {
    readonly schemas: Map<number, Schema>
    status: Status | undefined
}

export class FrameCollector {
    readonly counts: CollectorCounts = {
        readings: 0,
        gaps: 0,
        gapsByReason: new Map(),
        frames: 0,
        payloadBytes: 0,
        duplicates: 0,
        malformed: new Map(),
    }

    private readonly nodes = new Map<string, NodeState>()
    private readonly boots = new Map<string, BootSession>()
    private readonly held = new HeldFrames(MAX_HELD_READINGS)

    constructor(private readonly events: CollectorEvents = {}) {}

    /** Takes one MQTT message; those that are not of a node are ignored. Never throws for bad input. */
    accept(topic: string, payload: Uint8Array): void {
        const origin = parseTopic(topic)
        // A retained topic is cleared with an empty message.
        if (origin === undefined || payload.length === 0) return
        try {
            if (origin.leaf === LEAF_FRAME) this.acceptFrame(origin, topic, payload)
            else if (origin.leaf === LEAF_SCHEMA) this.acceptSchema(origin, payload)
            else if (origin.leaf === LEAF_STATUS) this.acceptStatus(origin, payload)
        } catch (e) {
            if (e instanceof FrameError) this.refuse({ topic, code: e.code, message: e.message })
            else if (e instanceof RecordError)
                this.refuse({
                    topic,
                    code: origin.leaf === LEAF_SCHEMA ? "schema" : "status",
                    message: e.message,
                })
            else throw e
        }
    }

    /** Frames missing between those that came, of all boots. */
    get lostFrames(): number {
        let lost = 0
        for (const boot of this.boots.values()) lost += boot.lost
        return lost
    }

    /** Frames that wait for their schema or their time. */
    get heldFrames(): number {
        return this.held.count
    }

    /** Frames that waited in vain and had to make room. */
    get discardedFrames(): number {
        return this.held.discarded
    }

    /** The latest status record of a node. */
    statusOf(origin: FrameOrigin): Status | undefined {
        return this.nodes.get(nodeKey(origin))?.status
    }

    /** For each boot of a node: its latest status record and the readings with a value that came. */
    bootsOf(origin: FrameOrigin): { status: Status | undefined; readings: number }[] {
        const prefix = `${nodeKey(origin)}/`
        return [...this.boots]
            .filter(([key]) => key.startsWith(prefix))
            .map(([, { status, readings }]) => ({ status, readings }))
    }

    private acceptFrame(origin: FrameOrigin, topic: string, payload: Uint8Array): void {
        const frame = decodeFrame(payload)
        const crc = getU16(payload, payload.length - FRAME_CRC_BYTES)
        if (!this.bootOf(origin, frame.bootId).accept(frame.sequence, crc)) {
            this.counts.duplicates++
            return
        }
        this.counts.frames++
        this.counts.payloadBytes += payload.length
        this.read(origin, topic, frame)
    }

    private acceptSchema(origin: FrameOrigin, payload: Uint8Array): void {
        const schema = parseSchema(payload)
        const schemas = this.nodeOf(origin).schemas
        schemas.delete(schema.id)
        schemas.set(schema.id, schema)
        dropOldest(schemas, MAX_SCHEMAS_PER_NODE)
        this.events.onSchema?.(origin, schema)
        this.release(origin, frame => frame.schemaId === schema.id)
    }

    private acceptStatus(origin: FrameOrigin, payload: Uint8Array): void {
        const status = parseStatus(payload)
        this.nodeOf(origin).status = status
        const boot = this.bootOf(origin, status.boot)
        boot.status = status
        if (status.epoch !== 0) boot.epochMs = status.epoch
        this.events.onStatus?.(origin, status)
        this.release(origin, frame => frame.bootId === status.boot)
    }

    /** Reads the node's waiting frames again for which something became known. */
    private release(origin: FrameOrigin, concerns: (frame: DecodedFrame) => boolean): void {
        const ready = this.held.take(
            held => held.site === origin.site && held.node === origin.node && concerns(held.frame)
        )
        const topic = topicOf(origin.site, origin.node, LEAF_FRAME)
        for (const held of ready) this.read(origin, topic, held.frame)
    }

    private read(origin: FrameOrigin, topic: string, frame: DecodedFrame): void {
        const schema = this.nodeOf(origin).schemas.get(frame.schemaId)
        const boot = this.bootOf(origin, frame.bootId)
        const epochMs = frame.unixTime ? 0 : boot.epochMs
        if (schema === undefined || epochMs === undefined) {
            this.held.add({ site: origin.site, node: origin.node, frame })
            return
        }
        if (frame.channels !== schema.channels.length) {
            this.refuse({
                topic,
                code: "channels",
                message:
                    `the frame has ${frame.channels} channels, but its schema ` +
                    `${schema.id} has ${schema.channels.length}`,
            })
            return
        }
        for (const reading of readingsOf(origin, frame, schema, epochMs)) {
            if (reading.isGap) {
                this.counts.gaps++
                increment(this.counts.gapsByReason, reading.quality)
            } else {
                this.counts.readings++
                boot.readings++
            }
            this.events.onReading?.(reading)
        }
    }

    private refuse(problem: Malformed): void {
        increment(this.counts.malformed, problem.code)
        this.events.onMalformed?.(problem)
    }

    private nodeOf(origin: FrameOrigin): NodeState {
        const key = nodeKey(origin)
        let node = this.nodes.get(key)
        if (node === undefined) {
            node = { schemas: new Map(), status: undefined }
            this.nodes.set(key, node)
            dropOldest(this.nodes, MAX_NODES)
        }
        return node
    }

    private bootOf(origin: FrameOrigin, id: number): BootSession {
        const key = `${nodeKey(origin)}/${id}`
        const boot = this.boots.get(key) ?? new BootSession()
        // Moved to the end: the map's order is that of the last use.
        this.boots.delete(key)
        this.boots.set(key, boot)
        dropOldest(this.boots, MAX_BOOTS)
        return boot
    }
}

function nodeKey(origin: FrameOrigin): string {
    return `${origin.site}/${origin.node}`
}

function increment(counts: Map<string, number>, key: string): void {
    counts.set(key, (counts.get(key) ?? 0) + 1)
}

function dropOldest<K>(map: Map<K, unknown>, limit: number): void {
    if (map.size > limit) map.delete(map.keys().next().value as K)
}
