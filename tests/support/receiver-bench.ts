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
import { extent } from "../runner/whole.js"
import { type Position } from "../../tools/receiver/journal/segment.js"
import { LINES_OF } from "../../tools/receiver/sinks/lines.js"
import { FileSink } from "../../tools/receiver/sinks/files.js"
import { Receiver, type ReceiverOptions } from "../../tools/receiver/receiver.js"
import { FrameCollector } from "../../tools/decoder/index.js"
import { linesIn } from "./reading-lines.js"

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
        const copy = mkdtempSync(path.join(os.tmpdir(), "suitcase-receiver-"))
        cpSync(this.root, copy, { recursive: true })
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

/** The lines that a receiver makes of messages that each come once. */
export function expectedLines(deliveries: readonly Delivery[]): string[] {
    const lines: string[] = []
    const collector = new FrameCollector({
        onFrame: frame => lines.push(...LINES_OF.ndjson(frame).trimEnd().split("\n")),
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
