/**
 * What was done to which node: a folder with one folder for each board, in it certificates, and
 * journal.ndjson with a line for each record that was written or taken back. From it a node that lost its settings store
 * gets its calibrations again.
 */
import {
    appendFileSync,
    existsSync,
    mkdirSync,
    readFileSync,
    readdirSync,
    writeFileSync,
} from "node:fs"
import path from "node:path"
import { z } from "zod"
import { type Certificate, certificatePage, type CertificateLanguage } from "./certificate.js"
import { readRecord } from "./record.js"

const FILE = "journal.ndjson"

const ENTRY = z.strictObject({
    time: z.iso.datetime(),
    action: z.enum(["apply", "roll-back"]),
    device: z.string().regex(/^[0-9a-f]{16}$/),
    channel: z.string(),
    id: z.int(),
    /** Hex; of what was applied, or taken back. */
    record: z.string().regex(/^(?:[0-9a-f]{2})+$/),
})
export type JournalEntry = z.infer<typeof ENTRY>

/** The journal cannot be read: the message names file and line. */
export class JournalError extends Error {
    override name = "JournalError"
}

/** A record that is in force as far as the journal knows. */
export interface KnownCalibration {
    readonly device: string
    readonly channel: string
    readonly id: number
    readonly record: Uint8Array
    /** Unix time, s; undefined: it does not expire. */
    readonly validUntil: number | undefined
    readonly date: number
}

export class CalibrationJournal {
    constructor(readonly folder: string) {}

    /** Boards that it knows. */
    devices(): string[] {
        if (!existsSync(this.folder)) return []
        return readdirSync(this.folder)
            .filter(name => /^[0-9a-f]{16}$/.test(name))
            .filter(name => existsSync(path.join(this.folder, name, FILE)))
            .sort()
    }

    /** @throws JournalError */
    entries(device: string): JournalEntry[] {
        const file = path.join(this.folder, device, FILE)
        if (!existsSync(file)) return []
        const lines = readFileSync(file, "utf8").split("\n")
        // A line without end was being written when something was cut off.
        return lines.slice(0, -1).map((text, i) => {
            try {
                return ENTRY.parse(JSON.parse(text))
            } catch {
                throw new JournalError(
                    `${file}, line ${i + 1} is no entry of a calibration journal`
                )
            }
        })
    }

    add(entry: JournalEntry): void {
        const folder = path.join(this.folder, entry.device)
        mkdirSync(folder, { recursive: true })
        const file = path.join(folder, FILE)
        // What an earlier write left without end must not swallow this line.
        const isOpen = existsSync(file) && !/(?:^|\n)$/.test(readFileSync(file, "utf8"))
        appendFileSync(file, `${isOpen ? "\n" : ""}${JSON.stringify(entry)}\n`, { flush: true })
    }

    /** What should be in force on a board, by channel. @throws JournalError */
    inForce(device: string): KnownCalibration[] {
        const byChannel = new Map<string, JournalEntry[]>()
        for (const entry of this.entries(device)) {
            const stack = byChannel.get(entry.channel) ?? []
            byChannel.set(entry.channel, stack)
            const at = stack.findIndex(({ id }) => id === entry.id)
            // What is applied once more, as after an answer that was lost, is in force once.
            if (entry.action === "roll-back") stack.length = at < 0 ? 0 : at
            else if (at < 0) stack.push(entry)
            else stack.length = at + 1
        }
        return [...byChannel.values()].flatMap(stack => {
            const entry = stack.at(-1)
            if (entry === undefined) return []
            const record = Buffer.from(entry.record, "hex")
            const { validUntil, date } = readRecord(record)
            return [{ device, channel: entry.channel, id: entry.id, record, validUntil, date }]
        })
    }

    /** Writes a certificate as JSON and as a page. @returns their names without ending */
    keep(certificate: Certificate, language: CertificateLanguage): string {
        const { node, channel, date, id } = certificate
        const folder = path.join(this.folder, node.device)
        mkdirSync(folder, { recursive: true })
        const name = path.join(folder, `${date.slice(0, 10)}-${channel.name}-${id}`)
        writeFileSync(`${name}.json`, `${JSON.stringify(certificate, undefined, 2)}\n`)
        writeFileSync(`${name}.html`, certificatePage(certificate, language))
        return name
    }
}
