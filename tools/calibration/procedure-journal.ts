/**
 * What was done to parts of which node: in the journal's folder of a board, procedures.ndjson with a line for
 * each, and a record with all of it.
 */
import { writeFileSync } from "node:fs"
import path from "node:path"
import { z } from "zod"
import { LineJournal } from "./line-journal.js"

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

export class ProcedureJournal extends LineJournal<ProcedureRecord> {
    protected readonly file = "procedures.ndjson"
    protected readonly what = "a journal of procedures"
    protected readonly shape = PROCEDURE_RECORD

    /** How often that was done to a part, on any board that this journal knows. @throws JournalError */
    countOf(identity: string, procedure: string): number {
        return this.devices()
            .flatMap(device => this.entries(device))
            .filter(each => each.identity === identity && each.procedure === procedure).length
    }

    /** Writes the line of it. */
    note(record: ProcedureRecord): void {
        this.append(record.node.device, record)
    }

    /** Writes the line and the record. @returns the name of the record's file */
    keep(record: ProcedureRecord): string {
        this.note(record)
        const { date, node, procedure, run } = record
        const name = path.join(
            this.folderOf(node.device),
            `${date.slice(0, 10)}-${procedure}-${run}.json`
        )
        writeFileSync(name, `${JSON.stringify(record, undefined, 2)}\n`)
        return name
    }
}
