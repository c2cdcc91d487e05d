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
import {
    LEAF_CLOCK,
    LEAF_ENVELOPE,
    LEAF_FRAME,
    LEAF_SCHEMA,
    LEAF_SEALED,
    LEAF_STATE,
    LEAF_STATUS,
    topicOf,
} from "../../src/core/protocol/topics.js"
import type { Moment } from "./boot-clock.js"
import { BootSession } from "./boot-session.js"
import { parseClock, type ClockAnchor } from "./clock-record.js"
import { parseEnvelope } from "./envelope.js"
import { HeldFrames } from "./held-frames.js"
import { readingsOf, type FrameOrigin, type Reading } from "./reading.js"
import { MAX_UNIX_MS, RecordError } from "./record.js"
import { ReplayGuard } from "./replay-guard.js"
import { parseSchema, type Schema } from "./schema-record.js"
import { SealError, openSealed, type Opener, type SealErrorCode } from "./sealed.js"
import { parseState, type NodeState } from "./state-record.js"
import { parseStatus, type Status } from "./status-record.js"
import { parseTopic, type NodeTopic } from "./topic.js"
import { boundStarts, type Span } from "./unsynced-boots.js"

/** Boots of all nodes that are remembered; the ones not heard of for longest go first. */
const MAX_BOOTS = 4096
/** Nodes that are remembered. */
const MAX_NODES = 10_000
/** Schemas remembered per node. */
const MAX_SCHEMAS_PER_NODE = 8
const MAX_HELD_READINGS = 500_000

type RecordLeaf = "schema" | "status" | "clock" | "state" | "envelope"

/** A message that was refused. */
export interface Malformed {
    readonly topic: string
    /**
     * The decoder's error code, "channels" when schema and frame disagree, "time"
     * when a row has an impossible one, or the leaf of a record that is none.
     */
    readonly code: FrameErrorCode | SealErrorCode | "channels" | "time" | RecordLeaf
    readonly message: string
}

export interface CollectorEvents {
    readonly onReading?: (reading: Reading) => void
    readonly onSchema?: (origin: FrameOrigin, schema: Schema) => void
    readonly onStatus?: (origin: FrameOrigin, status: Status) => void
    /** The node came or went, as it says itself or its broker for it. */
    readonly onState?: (origin: FrameOrigin, state: NodeState) => void
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
    /** Restarts of nodes that were seen between two frames. */
    restarts: number
    /**
     * Rows missing around restarts, by the pause in time and the interval before it: what was
     * not taken without power, and what a power cut took from RAM.
     */
    rowsMissing: number
    /** Refused messages by {@link Malformed.code}. */
    readonly malformed: Map<string, number>
}

interface NodeMemory {
    readonly schemas: Map<number, Schema>
    status: Status | undefined
    state: NodeState | undefined
    /** Unix ms by which the latest reading so far was taken, at the earliest. */
    earliestMs: number | undefined
    /** The newest row so far: its boot and time, and the step to it from the row before. */
    newest: { readonly boot: number; readonly unixMs: number; readonly stepMs: number } | undefined
}

/** For decoders without keys: every sealed frame is refused. */
const NO_KEYS: Opener = { hasKey: () => false, open: () => undefined }

export class FrameCollector {
    readonly counts: CollectorCounts = {
        readings: 0,
        gaps: 0,
        gapsByReason: new Map(),
        frames: 0,
        payloadBytes: 0,
        duplicates: 0,
        restarts: 0,
        rowsMissing: 0,
        malformed: new Map(),
    }

    private readonly nodes = new Map<string, NodeMemory>()
    private readonly boots = new Map<string, BootSession>()
    private nextOrdinal = 0
    private readonly held = new HeldFrames(MAX_HELD_READINGS)

    private readonly replays = new ReplayGuard()

    /** @param opener keys and cipher for sealed frames; without it they are refused */
    constructor(
        private readonly events: CollectorEvents = {},
        private readonly opener: Opener = NO_KEYS
    ) {}

    /** Takes one MQTT message; those that are not of a node are ignored. Never throws for bad input. */
    accept(topic: string, payload: Uint8Array): void {
        const origin = parseTopic(topic)
        // A retained topic is cleared with an empty message.
        if (origin === undefined || payload.length === 0) return
        try {
            this.dispatch(origin, topic, payload)
        } catch (e) {
            if (e instanceof FrameError || e instanceof SealError)
                this.refuse({ topic, code: e.code, message: e.message })
            else if (e instanceof RecordError)
                this.refuse({ topic, code: origin.leaf as RecordLeaf, message: e.message })
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

    /** Frames that timed out waiting and made room. */
    get discardedFrames(): number {
        return this.held.discarded
    }

    /** The latest status record of a node. */
    statusOf(origin: FrameOrigin): Status | undefined {
        return this.nodes.get(nodeKey(origin))?.status
    }

    /** Whether a node is online, as far as it said. */
    stateOf(origin: FrameOrigin): NodeState | undefined {
        return this.nodes.get(nodeKey(origin))?.state
    }

    /** For each boot of a node: its latest status record and the readings with a value that came. */
    bootsOf(origin: FrameOrigin): { status: Status | undefined; readings: number }[] {
        const prefix = `${nodeKey(origin)}/`
        return [...this.boots]
            .filter(([key]) => key.startsWith(prefix))
            .map(([, { status, readings }]) => ({ status, readings }))
    }

    private dispatch(origin: NodeTopic, topic: string, payload: Uint8Array): void {
        switch (origin.leaf) {
            case LEAF_FRAME:
                return this.acceptPlain(origin, topic, payload)
            case LEAF_SEALED:
                return this.acceptSealed(origin, topic, payload)
            case LEAF_ENVELOPE: {
                const { kind, data } = parseEnvelope(payload)
                if (kind === "sealed") return this.acceptSealed(origin, topic, data)
                return this.acceptPlain(origin, topic, data)
            }
            case LEAF_SCHEMA:
                return this.acceptSchema(origin, payload)
            case LEAF_CLOCK:
                return this.acceptClock(origin, payload)
            case LEAF_STATUS:
                return this.acceptStatus(origin, payload)
            case LEAF_STATE:
                return this.acceptState(origin, payload)
            default:
        }
    }

    private acceptPlain(origin: FrameOrigin, topic: string, payload: Uint8Array): void {
        if (this.opener.hasKey(origin.node))
            throw new SealError(
                "unsealed",
                `there is a key for node ${origin.node}, so its frames must be sealed`
            )
        this.acceptFrame(origin, topic, payload)
    }

    private acceptSealed(origin: FrameOrigin, topic: string, payload: Uint8Array): void {
        const opened = openSealed(origin.node, payload, this.opener)
        // By node alone: what was recorded at one site must not count at another.
        const novelty = this.replays.accept(origin.node, opened)
        if (novelty === "repeat") this.counts.duplicates++
        else if (novelty === "new") this.acceptFrame(origin, topic, opened.frame)
        else
            throw new SealError(
                "replay",
                novelty === "old"
                    ? `message ${opened.counter} is older than all that are remembered of this boot`
                    : `the nonce of message ${opened.counter} was used before for another one`
            )
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

    private acceptClock(origin: FrameOrigin, payload: Uint8Array): void {
        const anchor = parseClock(payload)
        const boot = this.bootOf(origin, anchor.boot)
        boot.clock.add(anchor)
        // Before its own frames are read: in the order of the rows, and because what
        // came before those boots must not be mixed with what comes after them.
        this.concludeEarlierBoots(origin, boot, anchor)
        this.release(origin, frame => frame.bootId === anchor.boot)
    }

    /**
     * A node's records come in order: once a boot has told its time, no anchor of
     * an earlier one is to come any more.
     */
    private concludeEarlierBoots(
        origin: FrameOrigin,
        boot: BootSession,
        anchor: ClockAnchor
    ): void {
        const spans = new Map<BootSession, Span>()
        const { schemas, earliestMs } = this.nodeOf(origin)
        let earliestUptime = anchor.uptime
        for (const { frame } of this.held.of(origin)) {
            const earlier = this.bootOf(origin, frame.bootId)
            const tickMs = schemas.get(frame.schemaId)?.tickMs
            if (frame.unixTime || tickMs === undefined || frame.times.length === 0) continue
            const firstMs = Math.min(...frame.times) * tickMs
            if (earlier === boot) earliestUptime = Math.min(earliestUptime, firstMs)
            if (earlier.isTimeKnown || earlier.ordinal >= boot.ordinal) continue
            const lastMs = Math.max(...frame.times) * tickMs
            const known = spans.get(earlier) ?? { firstMs, lastMs }
            spans.set(earlier, {
                firstMs: Math.min(firstMs, known.firstMs),
                lastMs: Math.max(lastMs, known.lastMs),
            })
        }
        // Not its uptime 0: without a reset of the board, that was before the earlier boots.
        const latest = boot.clock.at(earliestUptime)
        if (latest === undefined || spans.size === 0) return
        const { unixMs, uncertaintyMs } = latest
        const starts = boundStarts(
            uncertaintyMs === undefined ? undefined : earliestMs,
            unixMs + (uncertaintyMs ?? 0),
            [...spans.values()]
        )
        for (const [i, earlier] of [...spans.keys()].entries()) earlier.concludedStart = starts[i]
        this.release(origin, frame => spans.has(this.bootOf(origin, frame.bootId)))
    }

    private acceptState(origin: FrameOrigin, payload: Uint8Array): void {
        const state = parseState(payload)
        this.nodeOf(origin).state = state
        this.events.onState?.(origin, state)
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
        const moments = schema === undefined ? undefined : momentsOf(frame, schema.tickMs, boot)
        if (schema === undefined || moments === undefined) {
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
        if (!moments.every(moment => moment.unixMs >= 0 && moment.unixMs <= MAX_UNIX_MS)) {
            this.refuse({ topic, code: "time", message: "a row is from before 1970 or after 9999" })
            return
        }
        for (const reading of readingsOf(origin, frame, schema, moments)) {
            if (reading.isGap) {
                this.counts.gaps++
                increment(this.counts.gapsByReason, reading.quality)
            } else {
                this.counts.readings++
                boot.readings++
            }
            this.events.onReading?.(reading)
        }
        this.noteRestart(origin, frame.bootId, moments)
        const node = this.nodeOf(origin)
        for (const { unixMs, uncertaintyMs } of moments)
            if (uncertaintyMs !== undefined)
                node.earliestMs = Math.max(node.earliestMs ?? 0, unixMs - uncertaintyMs)
    }

    /** Counts what is missing between the last row of a boot and the first one of the next. */
    private noteRestart(origin: FrameOrigin, boot: number, moments: readonly Moment[]): void {
        const node = this.nodeOf(origin)
        const first = moments[0]?.unixMs ?? 0
        const last = moments.at(-1)?.unixMs ?? 0
        const { newest } = node
        if (newest !== undefined && last <= newest.unixMs) return
        if (newest !== undefined && newest.boot !== boot) {
            this.counts.restarts++
            const pause = first - newest.unixMs
            if (newest.stepMs > 0)
                this.counts.rowsMissing += Math.max(0, Math.round(pause / newest.stepMs) - 1)
        }
        const before = moments.at(-2)?.unixMs ?? newest?.unixMs ?? last
        const isSame = newest === undefined || newest.boot === boot || moments.length > 1
        const stepMs = isSame ? last - before : newest.stepMs
        node.newest = { boot, unixMs: last, stepMs: stepMs > 0 ? stepMs : (newest?.stepMs ?? 0) }
    }

    private refuse(problem: Malformed): void {
        increment(this.counts.malformed, problem.code)
        this.events.onMalformed?.(problem)
    }

    private nodeOf(origin: FrameOrigin): NodeMemory {
        const key = nodeKey(origin)
        let node = this.nodes.get(key)
        if (node === undefined) {
            node = {
                schemas: new Map(),
                status: undefined,
                state: undefined,
                earliestMs: undefined,
                newest: undefined,
            }
            this.nodes.set(key, node)
            dropOldest(this.nodes, MAX_NODES)
        }
        return node
    }

    private bootOf(origin: FrameOrigin, id: number): BootSession {
        const key = `${nodeKey(origin)}/${id}`
        const boot = this.boots.get(key) ?? new BootSession(this.nextOrdinal++)
        // Moved to the end: the map's order is that of the last use.
        this.boots.delete(key)
        this.boots.set(key, boot)
        dropOldest(this.boots, MAX_BOOTS)
        return boot
    }
}

/**
 * When the rows of a frame were taken, in whole ms.
 * @returns undefined while that is not known
 */
function momentsOf(frame: DecodedFrame, tickMs: number, boot: BootSession): Moment[] | undefined {
    const { clock, epochMs, concludedStart } = boot
    if (!frame.unixTime && !boot.isTimeKnown) return undefined
    return frame.times.map(ticks => {
        const ms = ticks * tickMs
        if (frame.unixTime) return rounded(ms, clock.uncertaintyOf(ms, tickMs), tickMs)
        const moment = clock.at(ms)
        if (moment !== undefined) return rounded(moment.unixMs, moment.uncertaintyMs, tickMs)
        if (epochMs !== undefined) return rounded(epochMs + ms, undefined, tickMs)
        const { unixMs = 0, uncertaintyMs } = concludedStart ?? {}
        return rounded(unixMs + ms, uncertaintyMs, tickMs)
    })
}

/** Nodes round times to ticks, and this rounds to ms: both may add to the error. */
function rounded(unixMs: number, uncertaintyMs: number | undefined, tickMs: number): Moment {
    const whole = Math.round(unixMs)
    if (uncertaintyMs === undefined) return { unixMs: whole, uncertaintyMs }
    const rounding = Math.abs(whole - unixMs) + tickMs / 2
    return { unixMs: whole, uncertaintyMs: Math.ceil(uncertaintyMs + rounding) }
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
