/**
 * What the decoder knows, in a file: one JSON text a line, the last one with their number, so
 * that half a file is not taken for a whole one. Its name says which segment of the journal is to be
 * read after it.
 */
import { createReadStream } from "node:fs"
import { readdir, rm } from "node:fs/promises"
import path from "node:path"
import { createInterface } from "node:readline"
import { type FrameCollector, type SavedPart } from "../decoder/index.js"
import { replaceFile } from "./journal/durable.js"

/** Lines that are written at a time. */
const LINES_AT_ONCE = 1000

/** All that it knows now, as it goes into a file. */
export function knownLines(collector: FrameCollector): string[] {
    const pieces: string[] = []
    let lines: string[] = []
    let count = 0
    const flush = () => {
        pieces.push(lines.map(line => `${line}\n`).join(""))
        lines = []
    }
    for (const part of collector.save()) {
        count++
        if (lines.push(JSON.stringify(part)) >= LINES_AT_ONCE) flush()
    }
    lines.push(JSON.stringify({ kind: "end", parts: count }))
    flush()
    return pieces
}

/** @param segment the journal is to be read from its beginning on */
export async function writeKnown(
    folder: string,
    segment: number,
    pieces: readonly string[]
): Promise<void> {
    await replaceFile(fileOf(folder, segment), pieces)
}

/** Segments of which there are files, in order. */
export async function knownSegments(folder: string): Promise<number[]> {
    return (await readdir(folder))
        .map(file => /^(\d{8,})\.known$/.exec(file)?.[1])
        .filter(number => number !== undefined)
        .map(Number)
        .sort((a, b) => a - b)
}

/** Reads the newest whole file. @returns what it tells, and its segment; undefined when there is none */
export async function readNewest<T extends { restore: (part: SavedPart) => void }>(
    folder: string,
    make: () => T
): Promise<{ known: T; segment: number } | undefined> {
    for (const segment of (await knownSegments(folder)).reverse()) {
        const known = make()
        if (await readInto(fileOf(folder, segment), known)) return { known, segment }
    }
    return undefined
}

export async function dropKnownBefore(folder: string, segment: number): Promise<void> {
    for (const other of await knownSegments(folder))
        if (other < segment) await rm(fileOf(folder, other), { force: true })
}

function fileOf(folder: string, segment: number): string {
    return path.join(folder, `${String(segment).padStart(8, "0")}.known`)
}

/** @returns whether the file is whole */
async function readInto(
    file: string,
    known: { restore: (part: SavedPart) => void }
): Promise<boolean> {
    let parts = 0
    try {
        for await (const line of createInterface({ input: createReadStream(file) })) {
            const part = JSON.parse(line) as SavedPart | { kind: "end"; parts: number }
            if (part.kind === "end") return part.parts === parts
            known.restore(part)
            parts++
        }
    } catch {
        // Damaged, or of another version: an older one and the journal tell what they can.
    }
    return false
}
