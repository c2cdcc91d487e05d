/** A receiver on folders of its own, and pictures of them as a power cut would leave them. */
import {
    cpSync,
    mkdtempSync,
    readFileSync,
    readdirSync,
    renameSync,
    rmSync,
    truncateSync,
} from "node:fs"
import os from "node:os"
import path from "node:path"
import fc from "fast-check"
import { afterEach } from "vitest"
import { extent } from "../runner/whole.js"
import { type Position } from "../../tools/receiver/journal/segment.js"
import { linesOf } from "../../tools/receiver/sinks/lines.js"
import { FileSink } from "../../tools/receiver/sinks/files.js"
import { Receiver, type ReceiverOptions } from "../../tools/receiver/receiver.js"
import { FrameCollector } from "../../tools/decoder/index.js"
import { EPOCH, TICK_MS, clockText, frame, json, schemaBytes, statusText } from "./decoder-bench.js"
import { linesIn } from "./reading-lines.js"

/** To be called in a file or suite: gives folders that are gone after each of its tests. */
export function foldersOfTests(): () => Folders {
    const all: Folders[] = []
    afterEach(() => {
        for (const folders of all.splice(0)) folders.remove()
    })
    return () => {
        const folders = new Folders()
        all.push(folders)
        return folders
    }
}

/** Rounds of power cuts. */
export const ROUNDS = extent("SUITCASE_RECEIVER_CUTS", 8, 25)

/** An MQTT message. */
export interface Delivery {
    readonly topic: string
    readonly payload: Buffer
}

/** Everything arrives at this time. */
export const ARRIVED_MS = Date.parse("2026-11-30T12:00:00Z")

export class Folders {
    readonly root = mkdtempSync(path.join(os.tmpdir(), "suitcase-receiver-"))
    readonly state = path.join(this.root, "state")
    readonly out = path.join(this.root, "out")

    /**
     * Keeps a picture as of now.
     * @param cutBytes taken off the end of the journal's newest file, as far as it may not be on disk yet
     * @returns puts the folders back to it
     */
    picture(cutBytes = 0, durable: Position = { segment: 0, offset: 0 }): () => void {
        const copy = this.copyOfAll()
        const journal = path.join(copy, "state", "journal")
        const newest = readdirSync(journal).sort().at(-1)
        const segment = parseInt(newest ?? "0")
        if (newest !== undefined && segment >= durable.segment) {
            const file = path.join(journal, newest)
            const { length } = readFileSync(file)
            const least = segment > durable.segment ? 0 : durable.offset
            truncateSync(file, Math.max(least, length - cutBytes))
        }
        return () => {
            rmSync(this.root, { recursive: true })
            renameSync(copy, this.root)
        }
    }

    /** Meanwhile the receiver goes on: a file that it renamed or removed under the copy has it made anew. */
    private copyOfAll(): string {
        for (;;) {
            const copy = mkdtempSync(path.join(os.tmpdir(), "suitcase-receiver-"))
            try {
                cpSync(this.root, copy, { recursive: true })
                return copy
            } catch (e) {
                rmSync(copy, { recursive: true })
                if ((e as NodeJS.ErrnoException).code !== "ENOENT") throw e
            }
        }
    }

    /** Lines of all files of readings, in order. */
    lines(): string[] {
        return linesIn(this.out)
    }

    remove(): void {
        rmSync(this.root, { recursive: true, force: true })
    }
}

export async function openReceiver(
    folders: Folders,
    options: Partial<ReceiverOptions> = {}
): Promise<{ receiver: Receiver; notes: string[] }> {
    const notes: string[] = []
    const receiver = await Receiver.open({
        folder: folders.state,
        sinks: [new FileSink(folders.out, "ndjson")],
        note: text => notes.push(text),
        commitMs: 5,
        ...options,
    })
    return { receiver, notes }
}

/** Closes it when its sinks have everything, however slow the disk is: closing alone waits for seconds. */
export async function finish(receiver: Receiver): Promise<void> {
    await receiver.drain()
    await receiver.close()
}

/** The lines that a receiver makes of messages that each come once. */
export function expectedLines(deliveries: readonly Delivery[]): string[] {
    const lines: string[] = []
    const collector = new FrameCollector({
        onFrame: frame => lines.push(...linesOf("ndjson")(frame).trimEnd().split("\n")),
    })
    for (const { topic, payload } of deliveries) collector.accept(topic, payload)
    return lines
}

/** What is wrong with lines that should be these, in short; "" = nothing. */
export function difference(lines: readonly string[], expected: readonly string[]): string {
    const had = new Set(lines)
    const wanted = new Set(expected)
    const missing = expected.filter(line => !had.has(line))
    const strange = lines.filter(line => !wanted.has(line))
    const doubled = lines.length - had.size
    if (missing.length + strange.length + doubled > 0)
        return (
            `${missing.length} of ${expected.length} missing, ${strange.length} strange, ` +
            `${doubled} doubled: ${[...missing, ...strange].slice(0, 2).join(" ")}`
        )
    return lines.every((line, i) => line === expected[i]) ? "" : "out of order"
}

const SECOND = EPOCH / TICK_MS

function deliveryOf(node: string, leaf: string, payload: Buffer): Delivery {
    return { topic: `suitcase/town/${node}/${leaf}`, payload }
}

/** Nodes with late schemas, clocks that come after the frames, restarts, gaps and damaged frames. */
export function story(length: number): Delivery[] {
    const deliveries: Delivery[] = []
    const say = (node: string, leaf: string, payload: Buffer) =>
        deliveries.push(deliveryOf(node, leaf, payload))
    for (let i = 0; i < length; i++) {
        const node = `n${i % 3}`
        const step = Math.floor(i / 3)
        const boot = 7 + Math.floor(step / 20)
        const sequence = step % 20
        if (sequence === 11) continue
        const isEarly = sequence < 3
        const time = isEarly ? 10 * sequence : SECOND + 100 * step
        const payload = frame(sequence, {
            boot,
            unixTime: !isEarly,
            time,
            rows: [
                [step, i],
                [i, undefined],
            ],
        })
        // Its boot, its time or its checksum; the true one comes before or after it, or not at all.
        const damaged = Buffer.from(payload)
        damaged[[2, 4, payload.length - 1][step % 3]] ^= 8
        if (i % 11 === 3) say(node, "frame", damaged)
        if (i % 22 !== 14) say(node, "frame", payload)
        if (i % 11 === 5) say(node, "frame", damaged)
        if (step === 1 || sequence === 13) say(node, "schema", schemaBytes)
        if (sequence === 4)
            say(node, "clock", clockText({ boot, uptime: 60_000, unix: EPOCH + 100_000 * step }))
        if (sequence === 6) say(node, "status", statusText({ boot }))
        if (sequence === 0) say(node, "state", json({ v: 1, online: true, boot }))
    }
    return deliveries
}

/** What comes between a start and a power cut, again and again. */
export const POWER_CUTS = fc.array(
    fc.record({
        /** Messages until the cut, and turns of the event loop after each. */
        count: fc.integer({ min: 1, max: 60 }),
        turns: fc.integer({ min: 0, max: 6 }),
        cutBytes: fc.integer({ min: 0, max: 400 }),
        /** Of the messages before, those that the broker sends again although it was told. */
        again: fc.integer({ min: 0, max: 10 }),
    }),
    { minLength: 1, maxLength: 6 }
)

export type PowerCut = (typeof POWER_CUTS extends fc.Arbitrary<infer List> ? List : never)[number]

/**
 * Delivers messages through power cuts, as a broker does that sends again what was not acknowledged.
 * @returns the receiver of the last run, closed
 */
export async function deliverThroughCuts(
    folders: Folders,
    deliveries: readonly Delivery[],
    cuts: readonly PowerCut[],
    sinks?: () => ReceiverOptions["sinks"]
): Promise<Receiver> {
    const open = (options: Partial<ReceiverOptions> = {}) =>
        openReceiver(folders, sinks === undefined ? options : { ...options, sinks: sinks() })
    /** Messages that the broker was told of. */
    let told = 0
    for (const { count, turns, cutBytes, again } of cuts) {
        const { receiver } = await open({ segmentBytes: 2000 })
        const from = Math.max(0, told - again)
        const numbers: number[] = []
        for (const { topic, payload } of deliveries.slice(from, told + count)) {
            numbers.push(receiver.accept(topic, payload, ARRIVED_MS))
            for (let i = 0; i < turns; i++) await turn()
        }
        // A broker is told in the order in which it sent.
        const { durable, durableEnd } = receiver
        const first = numbers.findIndex(number => number > durable)
        told = Math.max(told, from + (first < 0 ? numbers.length : first))
        const putBack = folders.picture(cutBytes, durableEnd)
        await receiver.close()
        putBack()
    }
    const { receiver } = await open()
    for (const { topic, payload } of deliveries.slice(told))
        receiver.accept(topic, payload, ARRIVED_MS)
    await finish(receiver)
    return receiver
}

const turn = () => new Promise(resolve => setImmediate(resolve))
