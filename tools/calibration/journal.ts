/**
 * What was done to which node: a folder with one folder for each board, in it certificates, and
 * journal.ndjson with a line for each record that was written or taken back. From it a node that lost its settings store
 * gets its calibrations again.
 */
import { writeFileSync } from "node:fs"
import path from "node:path"
import { z } from "zod"
import { type Certificate, certificatePage, type CertificateLanguage } from "./certificate.js"
import { LineJournal } from "./line-journal.js"
import { readRecord } from "./record.js"

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

export class CalibrationJournal extends LineJournal<JournalEntry> {
    protected readonly file = "journal.ndjson"
    protected readonly what = "a calibration journal"
    protected readonly shape = ENTRY

    add(entry: JournalEntry): void {
        this.append(entry.device, entry)
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
        const name = path.join(
            this.folderOf(node.device),
            `${date.slice(0, 10)}-${channel.name}-${id}`
        )
        writeFileSync(`${name}.json`, `${JSON.stringify(certificate, undefined, 2)}\n`)
        writeFileSync(`${name}.html`, certificatePage(certificate, language))
        return name
    }
}
