/**
 * What was done to parts of which node: in the journal's folder of a board, procedures.ndjson with a line for
 * each, and a record with all of it.
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
import { JournalError } from "./journal.js"

const FILE = "procedures.ndjson"

/** Values are in their units, times ISO 8601 in UTC. */
export const PROCEDURE_RECORD = z.strictObject({
    version: z.literal(1),
    date: z.iso.datetime(),
    simulated: z.boolean().meta({ description: "true: of a simulated part, worth nothing" }),
    technician: z.string(),
    node: z.strictObject({
        device: z.string().regex(/^[0-9a-f]{16}$/),
        site: z.string(),
        node: z.string(),
        app: z.string(),
        version: z.string(),
    }),
    part: z.string(),
    identity: z.string().meta({ description: "serial number as the part tells it; empty: none" }),
    procedure: z.string(),
    value: z.number().nullable().meta({ description: "what was asked for; null: nothing" }),
    result: z.number().meta({
        description: "correction, or the setting as it was read back; of store: writes since boot",
    }),
    unit: z.string(),
    run: z.int().meta({ description: "number by which the node knows this run" }),
    reference: z
        .strictObject({
            name: z.string(),
            certificate: z.string(),
            validUntil: z.iso.datetime().nullable(),
            uncertainty: z.number().meta({ description: "expanded, k = 2" }),
            resolution: z.number(),
            channel: z.string(),
            asFound: z.number().meta({ description: "mean raw reading before" }),
            asLeft: z.number().meta({ description: "mean raw reading after" }),
        })
        .nullable(),
})
export type ProcedureRecord = z.infer<typeof PROCEDURE_RECORD>

export class ProcedureJournal {
    constructor(readonly folder: string) {}

    /** Boards of which it knows something. */
    devices(): string[] {
        if (!existsSync(this.folder)) return []
        return readdirSync(this.folder)
            .filter(name => /^[0-9a-f]{16}$/.test(name))
            .filter(name => existsSync(path.join(this.folder, name, FILE)))
            .sort()
    }

    /** @throws JournalError */
    entries(device: string): ProcedureRecord[] {
        const file = path.join(this.folder, device, FILE)
        if (!existsSync(file)) return []
        // A line without end was being written when something was cut off.
        const lines = readFileSync(file, "utf8").split("\n").slice(0, -1)
        return lines.map((text, i) => {
            try {
                return PROCEDURE_RECORD.parse(JSON.parse(text))
            } catch {
                throw new JournalError(
                    `${file}, line ${i + 1} is no entry of a journal of procedures`
                )
            }
        })
    }

    /** How often that was done to a part, on any board that this journal knows. @throws JournalError */
    countOf(identity: string, procedure: string): number {
        return this.devices()
            .flatMap(device => this.entries(device))
            .filter(each => each.identity === identity && each.procedure === procedure).length
    }

    /** Writes the line of it. */
    note(record: ProcedureRecord): void {
        const folder = path.join(this.folder, record.node.device)
        mkdirSync(folder, { recursive: true })
        const file = path.join(folder, FILE)
        // What an earlier write left without end must not swallow this line.
        const isOpen = existsSync(file) && !/(?:^|\n)$/.test(readFileSync(file, "utf8"))
        appendFileSync(file, `${isOpen ? "\n" : ""}${JSON.stringify(record)}\n`, { flush: true })
    }

    /** Writes the line and the record. @returns the name of the record's file */
    keep(record: ProcedureRecord): string {
        this.note(record)
        const day = record.date.slice(0, 10)
        const folder = path.join(this.folder, record.node.device)
        const name = path.join(folder, `${day}-${record.procedure}-${record.run}.json`)
        writeFileSync(name, `${JSON.stringify(record, undefined, 2)}\n`)
        return name
    }
}
