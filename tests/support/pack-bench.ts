/** Runs `suitcase pack` and `unpack` for tests, and takes packed files apart. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { afterAll, expect } from "vitest"
import { run } from "../../tools/cli/cli.js"
import { type PackReport } from "../../tools/cli/pack/pack.js"
import { fakeTerminal } from "./fake-terminal.js"

export interface Outcome {
    readonly code: number
    readonly out: string
    readonly err: string
}

/** Runs the command without a terminal. */
export async function suitcase(...args: string[]): Promise<Outcome> {
    const terminal = fakeTerminal()
    const code = await run(args, terminal)
    return { code, out: terminal.out.text, err: terminal.err.text }
}

/** A folder for one test file, which goes away after its tests. */
export class PackBench {
    readonly folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-pack-test-"))
    readonly csvFile = path.join(this.folder, "room.csv")
    readonly packFile = path.join(this.folder, "room.pack")

    constructor() {
        afterAll(() => rmSync(this.folder, { recursive: true, force: true }))
    }

    /** Packs a text. @throws Error with exit code and message when it is refused */
    async pack(text: string, ...options: string[]): Promise<PackReport> {
        writeFileSync(this.csvFile, text)
        const args = ["pack", this.csvFile, "--json", "-o", this.packFile, ...options]
        const { code, out, err } = await suitcase(...args)
        if (code !== 0) throw new Error(`${code}: ${err}`)
        expect(err).toBe("")
        return JSON.parse(out) as PackReport
    }

    /** What was packed last. */
    async unpacked(...options: string[]): Promise<string> {
        const { code, out, err } = await suitcase("unpack", this.packFile, ...options)
        expect([code, err]).toEqual([0, ""])
        return out
    }

    async roundTrip(text: string, ...options: string[]): Promise<string> {
        await this.pack(text, ...options)
        return this.unpacked()
    }

    /** The packed file. */
    get bytes(): Buffer {
        return readFileSync(this.packFile)
    }
}

/** Cells of a CSV text without quotes. */
export function cells(text: string): string[][] {
    return text
        .split(/\r?\n/)
        .filter(line => line !== "")
        .map(line => line.split(","))
}

/** The frames of a packed file, by its description in docs/pack.md. */
export function framesOf(file: Uint8Array): Uint8Array[] {
    return recordsOf(file)
        .filter(record => record.type === "F")
        .map(record => record.payload)
}

export interface PackedRecord {
    readonly type: string
    readonly start: number
    readonly payload: Uint8Array
}

export function recordsOf(file: Uint8Array): PackedRecord[] {
    const records: PackedRecord[] = []
    for (let at = 9; at < file.length;) {
        const start = at
        const type = String.fromCharCode(file[at++])
        let length = 0
        for (let shift = 0; ; shift += 7) {
            const byte = file[at++]
            length += (byte & 127) << shift
            if (byte < 128) break
        }
        records.push({ type, start, payload: file.slice(at, at + length) })
        at += length
    }
    return records
}
