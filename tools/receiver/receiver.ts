/**
 * From messages of a broker to outputs, so that a kill at any moment loses nothing and doubles
 * nothing: each message goes into the journal, and only when it is on disk there may the broker
 * be told; outputs follow the journal, each at its own pace (sink.ts).
 */
import { mkdir } from "node:fs/promises"
import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import {
    FrameCollector,
    type CollectorEvents,
    type FrameOrigin,
    type Opener,
    type Outcome,
    type ResolvedFrame,
} from "../decoder/index.js"
import { ByteWriter } from "./journal/bytes.js"
import {
    putArrival,
    putFrame,
    putHeld,
    putMessage,
    putSchema,
    readEntry,
    type SegmentSchemas,
} from "./journal/entry.js"
import { type Content } from "./journal/cursor.js"
import { Journal } from "./journal/journal.js"
import { type Position } from "./journal/segment.js"
import { dropKnownBefore, knownLines, knownSegments, readNewest, writeKnown } from "./known.js"
import { SinkRunner } from "./sink-runner.js"
import { SinkPlaces } from "./sink-places.js"
import { type Sink } from "./sink.js"

/** Files of what is known that are kept: should the newest be damaged, there is another. */
const KNOWN_FILES = 2

export interface ReceiverOptions {
    /** Where journal, positions and what is known are; made when it is not there. */
    readonly folder: string
    readonly sinks: readonly Sink[]
    /** Of what comes now, not of what is read back. */
    readonly events?: CollectorEvents
    readonly opener?: Opener
    readonly note: (text: string) => void
    readonly segmentBytes?: number
    /** How often sinks commit, ms. */
    readonly commitMs?: number
}

export class Receiver {
    private known: FrameCollector
    /** Whether what the collector tells is new, and not read back. */
    private isLive = false
    private readonly runners: readonly SinkRunner[]
    private readonly writer = new ByteWriter()
    /** What the message that is taken now leads to. */
    private frames: ResolvedFrame[] = []
    private heldNow: { origin: FrameOrigin; payload: Uint8Array } | undefined
    /** Numbers of the schemas in the current segment, by their text. */
    private schemaNumbers = new Map<string, number>()
    private saving: Promise<void> = Promise.resolve()
    private isSaving = false

    private constructor(
        private readonly options: ReceiverOptions,
        private readonly journal: Journal,
        private readonly places: SinkPlaces
    ) {
        this.known = this.newCollector()
        this.runners = options.sinks.map(
            sink => new SinkRunner(sink, journal, places, options.note, options.commitMs)
        )
    }

    /**
     * Reads what is known and begins to feed the sinks.
     * @throws Error of the file system when the folder cannot be used
     */
    static async open(options: ReceiverOptions): Promise<Receiver> {
        const folder = path.join(options.folder, "journal")
        await mkdir(folder, { recursive: true, mode: 0o700 })
        const { journal, cutBytes } = await Journal.open(folder, options.segmentBytes)
        if (cutBytes > 0)
            options.note(
                `the last ${cutBytes} B of the journal were not written as a whole and were cut ` +
                    "off; no broker was told that they arrived"
            )
        const places = await SinkPlaces.open(path.join(options.folder, "outputs"))
        const receiver = new Receiver(options, journal, places)
        await receiver.recall()
        for (const runner of receiver.runners) runner.start()
        return receiver
    }

    /** What was learned of nodes, and the counts; also of earlier runs. */
    get collector(): FrameCollector {
        return this.known
    }

    /**
     * Takes a message. The broker may be told that it arrived when {@link durable} has reached
     * the number that this gives.
     */
    accept(topic: string, payload: Uint8Array, arrivedMs: number): number {
        this.frames = []
        this.heldNow = undefined
        const outcome = this.known.accept(topic, payload)
        if (outcome === "ignored" || outcome === "refused") return 0
        // That of the one before may not be on disk yet.
        if (outcome === "repeat") return this.journal.count
        this.enter(topic, payload, arrivedMs, outcome)
        if (this.journal.isSegmentFull) this.beginSegment()
        return this.journal.count
    }

    /** Number of messages that are on disk. */
    get durable(): number {
        return this.journal.durableCount
    }

    /** Where in the journal all that is on disk for certain ends. */
    get durableEnd(): Position {
        return this.journal.durableEnd
    }

    /** Bytes of messages that are not on disk yet. */
    get unsyncedBytes(): number {
        return this.journal.unsyncedBytes
    }

    /** Why nothing more is written; undefined while all is well. */
    get error(): Error | undefined {
        return this.journal.error
    }

    /** Calls back when {@link durable} has grown, or there is an {@link error}. @returns ends it */
    onDurable(listener: () => void): () => void {
        return this.journal.onSync(listener)
    }

    /** Resolves when all that was taken is on disk. @throws JournalError */
    async synced(): Promise<void> {
        await this.journal.synced()
    }

    /** Waits until the sinks have all that is on disk, or cannot take it. */
    async drain(): Promise<void> {
        await this.journal.synced().catch(() => undefined)
        await Promise.all(this.runners.map(runner => runner.drain()))
    }

    /**
     * Writes down what is known and lets go of everything.
     * @param patienceMs for sinks; what they do not take by then they have the next time
     * @throws JournalError
     */
    async close(patienceMs = 5000): Promise<void> {
        const patience = sleep(patienceMs, undefined, { ref: false })
        try {
            await Promise.race([this.drain(), patience])
            await Promise.race([Promise.all(this.runners.map(runner => runner.stop())), patience])
            if (this.error === undefined) {
                this.beginSegment()
                await this.saving
            }
        } finally {
            await this.journal.close()
        }
    }

    private newCollector(): FrameCollector {
        const events = this.options.events ?? {}
        const live =
            <A extends unknown[]>(tell: ((...of: A) => void) | undefined) =>
            (...of: A) => {
                if (this.isLive) tell?.(...of)
            }
        return new FrameCollector(
            {
                onFrame: frame => {
                    this.frames.push(frame)
                    live(events.onFrame)(frame)
                },
                onHeld: (origin, payload) => (this.heldNow = { origin, payload }),
                onSchema: live(events.onSchema),
                onStatus: live(events.onStatus),
                onState: live(events.onState),
                onAlarm: live(events.onAlarm),
                onMalformed: live(events.onMalformed),
                onGap: live(events.onGap),
                onLate: live(events.onLate),
            },
            this.options.opener
        )
    }

    /** Reads the newest file of what is known, and what came since in the journal. */
    private async recall(): Promise<void> {
        const folder = path.join(this.options.folder, "known")
        await mkdir(folder, { recursive: true, mode: 0o700 })
        const newest = await readNewest(folder, () => this.newCollector())
        if (newest !== undefined) this.known = newest.known
        await replay(this.journal, newest?.segment ?? 0, this.known)
        this.frames = []
        this.isLive = true
    }

    private enter(topic: string, payload: Uint8Array, arrivedMs: number, outcome: Outcome): void {
        const { writer, frames, heldNow } = this
        writer.clear()
        putArrival(writer, arrivedMs)
        // A frame that was read as it came says all that there is to know.
        const isPlain =
            outcome === "frame" && frames.length > 0 && !isSealed(topic, frames[0], payload)
        if (!isPlain) putMessage(writer, topic, payload)
        if (outcome === "held" && heldNow !== undefined)
            putHeld(writer, heldNow.origin, heldNow.payload)
        const schemas = this.schemaNumbers.size
        for (const frame of frames) putFrame(writer, frame, this.numberOf(frame))
        const hasSchema = this.schemaNumbers.size > schemas
        const content: Content | undefined =
            frames.length > 0 ? { arrivedMs, frames, hasSchema } : undefined
        this.journal.append(writer.bytes, content)
    }

    private numberOf({ schema }: ResolvedFrame): number {
        const known = this.schemaNumbers.get(schema.text)
        if (known !== undefined) return known
        const number = this.schemaNumbers.size
        this.schemaNumbers.set(schema.text, number)
        putSchema(this.writer, number, schema)
        return number
    }

    /** From here on the journal can be read with what is known now. */
    private beginSegment(): void {
        const segment = this.journal.rotate()
        this.schemaNumbers = new Map()
        if (this.isSaving) return
        this.isSaving = true
        const lines = knownLines(this.known)
        this.saving = this.saveKnown(segment, lines)
            .catch(() => {
                // The journal goes on from the one before, and says itself when its disk is full.
            })
            .finally(() => (this.isSaving = false))
    }

    private async saveKnown(segment: number, lines: readonly string[]): Promise<void> {
        const folder = path.join(this.options.folder, "known")
        // Never ahead of the journal: what the decoder has seen, it takes for handed out.
        await this.journal.synced()
        await writeKnown(folder, segment, lines)
        const kept = (await knownSegments(folder)).slice(-KNOWN_FILES)
        await dropKnownBefore(folder, kept[0])
        await this.journal.dropBefore(Math.min(kept[0], this.places.firstSegment))
    }
}

function isSealed(topic: string, frame: ResolvedFrame, payload: Uint8Array): boolean {
    if (topic.endsWith("/frame")) return false
    // In an envelope, the frame as it came is within the text; a sealed one is not.
    return !Buffer.from(payload).includes(Buffer.from(frame.payload).toString("base64"))
}

/** Learns again what came since the newest file of what is known. */
async function replay(journal: Journal, from: number, collector: FrameCollector): Promise<void> {
    for (
        let segment: number | undefined = journal.segmentAfter(from - 1);
        segment !== undefined && segment < journal.end.segment;
        segment = journal.segmentAfter(segment)
    ) {
        const reader = journal.reader(segment)
        const schemas: SegmentSchemas = new Map()
        try {
            for (;;) {
                const records = await reader.next(Infinity)
                if (records.length === 0) break
                for (const { body } of records)
                    readEntry(body, schemas, {
                        message: (topic, payload) => collector.accept(topic, payload),
                        payload: (origin, payload) => collector.acceptAgain(origin, payload),
                    })
            }
        } finally {
            await reader.close()
        }
    }
}
