/**
 * Makes readings of what nodes publish. Feed it every message of the topics
 * suitcase/#, in any order; it calls back with readings, each of them once.
 * Runs in Node and in browsers.
 */
import { isAlarmLeaf, parseAlarm, type NodeAlarm } from "./alarm-record.js"
import { getU16 } from "../../src/core/bytes.js"
import { FrameError, type DecodedFrame, type FrameErrorCode } from "../../src/core/frame/decoder.js"
import { FRAME_CRC_BYTES } from "../../src/core/frame/format.js"
import { isGap } from "../../src/core/quality.js"
import { qualityName } from "../../src/core/quality-names.js"
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
import { decodeAnyFrame } from "./any-frame.js"
import type { Moment } from "./boot-clock.js"
import type { BootSession } from "./boot-session.js"
import { parseClock, type ClockAnchor } from "./clock-record.js"
import { parseEnvelope } from "./envelope.js"
import type { Gap } from "./frame-numbers.js"
import { HeldFrames, doubtKeyOf, heldFrame, type Doubt, type HeldFrame } from "./held-frames.js"
import { NodeBook, type NodeMemory, type SavedNode } from "./node-book.js"
import { readingsOf, type FrameOrigin, type Reading, type ResolvedFrame } from "./reading.js"
import { MAX_UNIX_MS, RecordError } from "./record.js"
import { ReplayGuard, type SavedSalt } from "./replay-guard.js"
import type { Schema } from "./schema-record.js"
import { SealError, openSealed, type Opener, type SealErrorCode } from "./sealed.js"
import { parseState, type NodeState } from "./state-record.js"
import { parseStatus, type Status } from "./status-record.js"
import { parseTopic, type NodeTopic } from "./topic.js"
import { boundStarts, type Span } from "./unsynced-boots.js"

/** Frames missing at the beginning of a boot, at most: with a higher number its beginning is long past. */
const MAX_MISSED_START = 1000

const DAMAGED = "the checksum does not match the schema of the frame's boot: the frame was damaged"
const UNDESCRIBED =
    "the frame was damaged, or is of a program that its node has not described: its checksum " +
    "matches no schema of the node"

type RecordLeaf = "schema" | "status" | "clock" | "state" | "envelope" | "alarm"

/** A message that was refused. */
export interface Malformed {
    readonly topic: string
    /**
     * The decoder's error code, "crc" also for a frame whose boot has another schema than its
     * checksum gives; "undescribed" for one whose schema the node does not describe, "channels"
     * when schema and frame disagree, "time" when a row has an impossible one, or the leaf of a
     * record that is none.
     */
    readonly code: FrameErrorCode | SealErrorCode | "undescribed" | "channels" | "time" | RecordLeaf
    readonly message: string
}

export interface CollectorEvents {
    /** A frame that came for the first time, and all that its readings are made of. */
    readonly onFrame?: (frame: ResolvedFrame) => void
    readonly onReading?: (reading: Reading) => void
    /** A frame that waits for its schema, unless it is damaged, or its time; opened when it was sealed. */
    readonly onHeld?: (origin: FrameOrigin, payload: Uint8Array) => void
    readonly onSchema?: (origin: FrameOrigin, schema: Schema) => void
    readonly onStatus?: (origin: FrameOrigin, status: Status) => void
    /** The node came or went, as it says itself or its broker for it. */
    readonly onState?: (origin: FrameOrigin, state: NodeState) => void
    /** An alarm of the node began or ended, or is said again. */
    readonly onAlarm?: (origin: FrameOrigin, alarm: NodeAlarm) => void
    readonly onMalformed?: (problem: Malformed) => void
    /** Frames are missing between two that came. */
    readonly onGap?: (origin: FrameOrigin, boot: number, gap: Gap) => void
    /** A missing frame came late. */
    readonly onLate?: (origin: FrameOrigin, boot: number, sequence: number) => void
}

/**
 * What became of a message: "frame": read, or refused for its content; "held": a frame that
 * waits for schema or time, or may be damaged; "record": something was learned, which may have let held frames
 * be read; "repeat": a frame that came before; "refused"; "ignored": not for the decoder.
 */
export type Outcome = "frame" | "held" | "record" | "repeat" | "refused" | "ignored"

/** For a file: parts that are JSON, the first one of another kind than the others. */
export type SavedPart =
    | { readonly kind: "counts"; readonly counts: SavedCounts }
    | { readonly kind: "node"; readonly node: SavedNode }
    | {
          readonly kind: "held"
          readonly site: string
          readonly node: string
          readonly frame: string
          /** Only of one that may be damaged: see {@link Doubt.ordinal}. */
          readonly doubtOrdinal?: number
      }
    | { readonly kind: "salt"; readonly salt: SavedSalt }

type SavedCounts = Omit<CollectorCounts, "gapsByReason" | "malformed"> & {
    readonly gapsByReason: readonly (readonly [string, number])[]
    readonly malformed: readonly (readonly [string, number])[]
    readonly discarded: number
}

export interface CollectorCounts {
    /** Readings with a value that were handed out. */
    readings: number
    /** Cells without a value, and how many of them for which reason. */
    gaps: number
    readonly gapsByReason: Map<string, number>
    /** Different frames that came and are known to be whole, and their bytes. */
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

    private readonly held = new HeldFrames()
    private readonly nodes = new NodeBook(forgotten => this.held.drop(forgotten))
    private readonly replays = new ReplayGuard()

    /** @param opener keys and cipher for sealed frames; without it they are refused */
    constructor(
        private readonly events: CollectorEvents = {},
        private readonly opener: Opener = NO_KEYS
    ) {}

    /** Takes one MQTT message; those that are not of a node are ignored. Never throws for bad input. */
    accept(topic: string, payload: Uint8Array): Outcome {
        const origin = parseTopic(topic)
        // A retained topic is cleared with an empty message.
        if (origin === undefined || payload.length === 0) return "ignored"
        try {
            const outcome = this.dispatch(origin, topic, payload)
            if (outcome === "repeat") this.counts.duplicates++
            return outcome
        } catch (e) {
            if (e instanceof FrameError || e instanceof SealError)
                this.refuse({ topic, code: e.code, message: e.message })
            else if (e instanceof RecordError)
                this.refuse({ topic, code: recordOf(origin.leaf), message: e.message })
            else throw e
            return "refused"
        }
    }

    /**
     * Takes a frame that was opened and checked before, as {@link CollectorEvents.onFrame} or
     * onHeld gave it, whether there is a key for its node or not. Repetitions are not counted.
     */
    acceptAgain(origin: FrameOrigin, payload: Uint8Array): Outcome {
        return this.acceptFrame(origin, topicOf(origin.site, origin.node, LEAF_FRAME), payload)
    }

    /** Frames missing between those that came, of all boots. */
    get lostFrames(): number {
        let lost = 0
        for (const { boots } of this.nodes.all())
            for (const { numbers } of boots.values()) lost += numbers.lost
        return lost
    }

    /**
     * Of the missing frames, those of which the node says that its broker had them: they were
     * lost there, as when its queue for this listener was full. Known of boots that were
     * followed from their first frame on.
     */
    get framesLostByBroker(): number {
        let lost = 0
        for (const { boots } of this.nodes.all())
            for (const { numbers, status } of boots.values())
                if (status !== undefined && numbers.hasBegun && numbers.first === 0)
                    lost += Math.max(0, status.acked - numbers.received)
        return lost
    }

    /** Frames that wait for their schema or their time; those of an unknown schema may be damaged. */
    get heldFrames(): number {
        return this.held.count
    }

    /** Frames that timed out waiting and made room. */
    get discardedFrames(): number {
        return this.held.discarded
    }

    /** Nodes with frames that wait. */
    get waitingNodes(): FrameOrigin[] {
        return [...this.held.nodes()].map(({ site, node }) => ({ site, node }))
    }

    /** The latest status record of a node. */
    statusOf({ site, node }: FrameOrigin): Status | undefined {
        return this.nodes.find(site, node)?.status
    }

    /** Whether a node is online, as far as it said. */
    stateOf({ site, node }: FrameOrigin): NodeState | undefined {
        return this.nodes.find(site, node)?.state
    }

    /** For each boot of a node: its latest status record and the readings with a value that came. */
    bootsOf({ site, node }: FrameOrigin): { status: Status | undefined; readings: number }[] {
        const boots = this.nodes.find(site, node)?.boots.values() ?? []
        return [...boots].map(({ status, readings }) => ({ status, readings }))
    }

    /** What is known of each node: for who was not there when it was learned. */
    *known(): Iterable<{
        readonly origin: FrameOrigin
        readonly schemas: readonly Schema[]
        readonly status: Status | undefined
        readonly state: NodeState | undefined
    }> {
        for (const { site, node, schemas, status, state } of this.nodes.all())
            yield { origin: { site, node }, schemas: [...schemas.values()], status, state }
    }

    /** All that it remembers, for {@link restore}. */
    *save(): Iterable<SavedPart> {
        const { gapsByReason, malformed } = this.counts
        const counts = {
            ...this.counts,
            gapsByReason: [...gapsByReason],
            malformed: [...malformed],
            discarded: this.held.discarded,
        }
        yield { kind: "counts", counts }
        for (const node of this.nodes.save()) yield { kind: "node", node }
        for (const memory of this.held.nodes())
            for (const { payload, doubt } of this.held.of(memory)) {
                const { site, node } = memory
                const more = doubt === undefined ? {} : { doubtOrdinal: doubt.ordinal }
                yield { kind: "held", site, node, frame: toBase64(payload), ...more }
            }
        for (const salt of this.replays.save()) yield { kind: "salt", salt }
    }

    /** Takes a part of what {@link save} gave, in its order. */
    restore(part: SavedPart): void {
        if (part.kind === "node") this.nodes.restore(part.node)
        else if (part.kind === "salt") this.replays.restore(part.salt)
        else if (part.kind === "held") {
            const payload = fromBase64(part.frame)
            const memory = this.nodes.heard(part.site, part.node)
            const frame = decodeAnyFrame(payload)
            const ordinal = part.doubtOrdinal
            if (ordinal !== undefined) this.nodes.keepOrdinal(ordinal)
            const doubt =
                ordinal === undefined ? undefined : { key: doubtKeyOf(payload, frame), ordinal }
            this.held.add(memory, heldFrame(payload, frame, doubt))
        } else {
            const { gapsByReason, malformed, discarded, ...plain } = part.counts
            Object.assign(this.counts, plain)
            for (const [reason, count] of gapsByReason) this.counts.gapsByReason.set(reason, count)
            for (const [code, count] of malformed) this.counts.malformed.set(code, count)
            this.held.discarded = discarded
        }
    }

    private dispatch(origin: NodeTopic, topic: string, payload: Uint8Array): Outcome {
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
                this.acceptSchema(origin, payload)
                return "record"
            case LEAF_CLOCK:
                this.acceptClock(origin, payload)
                return "record"
            case LEAF_STATUS:
                this.acceptStatus(origin, payload)
                return "record"
            case LEAF_STATE:
                this.acceptState(origin, payload)
                return "record"
            default:
                if (!isAlarmLeaf(origin.leaf)) return "ignored"
                this.events.onAlarm?.(origin, parseAlarm(origin.leaf, payload))
                return "record"
        }
    }

    private acceptPlain(origin: FrameOrigin, topic: string, payload: Uint8Array): Outcome {
        if (this.opener.hasKey(origin.node))
            throw new SealError(
                "unsealed",
                `there is a key for node ${origin.node}, so its frames must be sealed`
            )
        return this.acceptFrame(origin, topic, payload)
    }

    private acceptSealed(origin: FrameOrigin, topic: string, payload: Uint8Array): Outcome {
        const opened = openSealed(origin.node, payload, this.opener)
        // By node alone: what was recorded at one site must not count at another.
        const novelty = this.replays.accept(origin.node, opened)
        if (novelty === "new") return this.acceptFrame(origin, topic, opened.frame)
        if (novelty === "repeat") return "repeat"
        throw new SealError(
            "replay",
            novelty === "old"
                ? `message ${opened.counter} is older than all that are remembered of this boot`
                : `the nonce of message ${opened.counter} was used before for another one`
        )
    }

    private acceptFrame(origin: FrameOrigin, topic: string, payload: Uint8Array): Outcome {
        const frame = decodeAnyFrame(payload)
        const node = this.nodes.heard(origin.site, origin.node)
        const expected = node.boots.get(frame.bootId)?.schemaId
        if (node.schemas.has(frame.schemaId) || expected === frame.schemaId)
            return this.acceptWhole(node, topic, frame, payload)
        if (expected !== undefined) throw new FrameError("crc", DAMAGED)
        // Not even its boot and its number can be believed yet.
        const key = doubtKeyOf(payload, frame)
        if (this.held.has(node, key)) return "repeat"
        this.hold(node, frame, payload, { key, ordinal: this.nodes.takeOrdinal() })
        return "held"
    }

    /**
     * Takes a frame that is known to be as it was sent.
     * @param ordinal see {@link NodeBook.bootOf}
     */
    private acceptWhole(
        node: NodeMemory,
        topic: string,
        frame: DecodedFrame,
        payload: Uint8Array,
        ordinal?: number
    ): Outcome {
        const origin = { site: node.site, node: node.node }
        const crc = getU16(payload, payload.length - FRAME_CRC_BYTES)
        const boot = this.nodes.bootOf(node, frame.bootId, ordinal)
        // A boot after one of which frames came is followed from its beginning.
        const isNext = node.newest !== undefined && !boot.numbers.hasBegun
        if (isNext && frame.sequence <= MAX_MISSED_START) boot.numbers.expectFromZero()
        const arrival = boot.numbers.accept(frame.sequence, crc)
        if (arrival === "repeat") return "repeat"
        this.counts.frames++
        this.counts.payloadBytes += payload.length
        const gap = boot.numbers.openGaps.at(-1)
        if (arrival === "ahead" && gap !== undefined) this.events.onGap?.(origin, boot.id, gap)
        if (arrival === "late") this.events.onLate?.(origin, boot.id, frame.sequence)
        const isFirst = boot.schemaId === undefined
        boot.schemaId ??= frame.schemaId
        const outcome = this.read(node, topic, frame, payload) ? "frame" : "held"
        if (isFirst) this.settle(node, held => held.bootId === boot.id, "crc", DAMAGED)
        return outcome
    }

    /**
     * Takes the doubtful frames of a node that meet a condition: those of a schema that it has
     * described by now, in order; the others are refused.
     */
    private settle(
        node: NodeMemory,
        concerns: (frame: HeldFrame) => boolean,
        code: "crc" | "undescribed",
        message: string
    ): void {
        if (!this.held.hasDoubtful(node)) return
        const doubtful = this.held.take(node, held => held.doubt !== undefined && concerns(held))
        const topic = topicOf(node.site, node.node, LEAF_FRAME)
        for (const { schemaId, payload, doubt } of doubtful) {
            if (!node.schemas.has(schemaId)) {
                this.refuse({ topic, code, message })
                continue
            }
            const frame = decodeAnyFrame(payload)
            if (this.acceptWhole(node, topic, frame, payload, doubt?.ordinal) === "repeat")
                this.counts.duplicates++
        }
    }

    private acceptSchema(origin: FrameOrigin, payload: Uint8Array): void {
        const node = this.nodes.heard(origin.site, origin.node)
        const schema = this.nodes.learnSchema(node, payload)
        this.events.onSchema?.(origin, schema)
        this.release(node, frame => frame.schemaId === schema.id)
        // A node describes itself before it sends frames: what does not fit by now never will.
        this.settle(node, () => true, "undescribed", UNDESCRIBED)
    }

    private acceptClock(origin: FrameOrigin, payload: Uint8Array): void {
        const anchor = parseClock(payload)
        const node = this.nodes.heard(origin.site, origin.node)
        const boot = this.nodes.bootOf(node, anchor.boot)
        boot.clock.add(anchor)
        // Before its own frames are read: in the order of the rows, and because what
        // came before those boots must not be mixed with what comes after them.
        this.concludeEarlierBoots(node, boot, anchor)
        this.release(node, frame => frame.bootId === anchor.boot)
    }

    /**
     * A node's records come in order: once a boot has told its time, no anchor of
     * an earlier one is to come any more.
     */
    private concludeEarlierBoots(node: NodeMemory, boot: BootSession, anchor: ClockAnchor): void {
        const spans = new Map<BootSession, Span>()
        const { schemas, earliestMs } = node
        let earliestUptime = anchor.uptime
        for (const { bootId, schemaId, unixTime, span } of this.held.of(node)) {
            const tickMs = schemas.get(schemaId)?.tickMs
            if (unixTime || tickMs === undefined || span === undefined) continue
            const earlier = this.nodes.bootOf(node, bootId)
            const firstMs = span.first * tickMs
            if (earlier === boot) earliestUptime = Math.min(earliestUptime, firstMs)
            if (earlier.isTimeKnown || earlier.ordinal >= boot.ordinal) continue
            const lastMs = span.last * tickMs
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
        const ids = new Set<number>()
        for (const [i, earlier] of [...spans.keys()].entries()) {
            earlier.concludedStart = starts[i]
            ids.add(earlier.id)
        }
        this.release(node, frame => ids.has(frame.bootId))
    }

    private acceptState(origin: FrameOrigin, payload: Uint8Array): void {
        const state = parseState(payload)
        this.nodes.heard(origin.site, origin.node).state = state
        this.events.onState?.(origin, state)
    }

    private acceptStatus(origin: FrameOrigin, payload: Uint8Array): void {
        const status = parseStatus(payload)
        const node = this.nodes.heard(origin.site, origin.node)
        this.nodes.learnStatus(node, status, payload.length)
        const boot = this.nodes.bootOf(node, status.boot)
        boot.status = status
        if (status.epoch !== 0) boot.epochMs = status.epoch
        this.events.onStatus?.(origin, status)
        this.release(node, frame => frame.bootId === status.boot)
    }

    /** Reads the node's waiting frames again for which something became known, but no doubtful ones. */
    private release(node: NodeMemory, concerns: (frame: HeldFrame) => boolean): void {
        const ready = this.held.take(node, held => held.doubt === undefined && concerns(held))
        const topic = topicOf(node.site, node.node, LEAF_FRAME)
        for (const { payload } of ready) this.read(node, topic, decodeAnyFrame(payload), payload)
    }

    /** @returns false when the frame waits for its schema or its time */
    private read(
        node: NodeMemory,
        topic: string,
        frame: DecodedFrame,
        payload: Uint8Array
    ): boolean {
        const schema = node.schemas.get(frame.schemaId)
        const boot = this.nodes.bootOf(node, frame.bootId)
        const moments = schema === undefined ? undefined : momentsOf(frame, schema.tickMs, boot)
        if (schema === undefined || moments === undefined) {
            this.hold(node, frame, payload, undefined)
            return false
        }
        if (frame.channels !== schema.channels.length) {
            this.refuse({
                topic,
                code: "channels",
                message:
                    `the frame has ${frame.channels} channels, but its schema ` +
                    `${schema.id} has ${schema.channels.length}`,
            })
            return true
        }
        if (!moments.every(moment => moment.unixMs >= 0 && moment.unixMs <= MAX_UNIX_MS)) {
            this.refuse({ topic, code: "time", message: "a row is from before 1970 or after 9999" })
            return true
        }
        this.nodes.prove(node)
        this.count(boot, frame)
        const { site, node: name } = node
        const resolved = { site, node: name, frame, payload, schema, moments }
        this.events.onFrame?.(resolved)
        if (this.events.onReading !== undefined)
            for (const reading of readingsOf(resolved)) this.events.onReading(reading)
        this.noteRestart(node, frame.bootId, moments)
        for (const { unixMs, uncertaintyMs } of moments)
            if (uncertaintyMs !== undefined)
                node.earliestMs = Math.max(node.earliestMs ?? 0, unixMs - uncertaintyMs)
        return true
    }

    private hold(
        node: NodeMemory,
        frame: DecodedFrame,
        payload: Uint8Array,
        doubt: Doubt | undefined
    ): void {
        this.held.add(node, heldFrame(payload, frame, doubt))
        this.events.onHeld?.({ site: node.site, node: node.node }, payload)
    }

    private count(boot: BootSession, { qualities }: DecodedFrame): void {
        for (const quality of qualities)
            if (isGap(quality)) {
                this.counts.gaps++
                increment(this.counts.gapsByReason, qualityName(quality))
            } else {
                this.counts.readings++
                boot.readings++
            }
    }

    /** Counts what is missing between the last row of a boot and the first one of the next. */
    private noteRestart(node: NodeMemory, boot: number, moments: readonly Moment[]): void {
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

function increment(counts: Map<string, number>, key: string): void {
    counts.set(key, (counts.get(key) ?? 0) + 1)
}

function toBase64(bytes: Uint8Array): string {
    return btoa(String.fromCharCode(...bytes))
}

function fromBase64(text: string): Uint8Array {
    return Uint8Array.from(atob(text), character => character.charCodeAt(0))
}

function recordOf(leaf: string): RecordLeaf {
    return isAlarmLeaf(leaf) ? "alarm" : (leaf as RecordLeaf)
}
