/**
 * What was done to parts of which node: in the journal's folder of a board, procedures.ndjson with a line for
 * each, and certificates.
 */
import { writeFileSync } from "node:fs"
import path from "node:path"
import { z } from "zod"
import { type CertificateLanguage } from "./certificate.js"
import { LineJournal } from "./line-journal.js"
import { procedurePage } from "./procedure-page.js"
import { PROCEDURES } from "./procedures.js"

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
    unit: z.string().meta({ description: "of value and before" }),
    before: z.number().nullable().meta({ description: "the setting before; null: it is none" }),
    result: z.number().meta({
        description: "correction, or the setting as it was read back; of store: writes since boot",
    }),
    resultUnit: z.string(),
    lasts: z
        .enum(["kept", "until power loss", "until restart"])
        .meta({ description: "how long: the part's power, the node's next start" }),
    corrections: z
        .array(
            z.strictObject({
                channel: z.string(),
                id: z.int(),
                action: z.enum(["rolled back", "kept"]),
            })
        )
        .meta({ description: "calibrations of the node that were in force on what it changes" }),
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

/** Which part; one that tells no serial number is known by the board that it is on. */
export interface PartName {
    readonly device: string
    readonly part: string
    readonly identity: string
}

export class ProcedureJournal extends LineJournal<ProcedureRecord> {
    protected readonly file = "procedures.ndjson"
    protected readonly what = "a journal of procedures"
    protected readonly shape = PROCEDURE_RECORD

    /** How often the memory of a part was written, on any board that this journal knows. @throws JournalError */
    writesOf(identity: string): number {
        const writing = PROCEDURES.filter(({ mostWrites }) => mostWrites !== undefined)
        return this.devices()
            .flatMap(device => this.entries(device))
            .filter(each => each.identity === identity)
            .filter(each => writing.some(({ name }) => name === each.procedure)).length
    }

    /** What changed the readings of a quantity of a part after that time, ms; undefined: nothing. @throws JournalError */
    changedSince(part: PartName, quantity: string, ms: number): ProcedureRecord | undefined {
        return this.devices()
            .flatMap(device => this.entries(device))
            .filter(entry => isOf(entry, part))
            .find(entry => {
                const changes = PROCEDURES.find(({ name }) => name === entry.procedure)?.changes
                const isSame = entry.before !== null && entry.before === entry.result
                return changes?.includes(quantity) && !isSame && Date.parse(entry.date) > ms
            })
    }

    /** Writes the line of it. */
    note(record: ProcedureRecord): void {
        this.append(record.node.device, record)
    }

    /** Writes the line, the record, and the record as a page. @returns their names without ending */
    keep(record: ProcedureRecord, language: CertificateLanguage): string {
        this.note(record)
        const { date, node, procedure, run } = record
        const name = path.join(
            this.folderOf(node.device),
            `${date.slice(0, 10)}-${procedure}-${run}`
        )
        writeFileSync(`${name}.json`, `${JSON.stringify(record, undefined, 2)}\n`)
        writeFileSync(`${name}.html`, procedurePage(record, language))
        return name
    }
}

function isOf({ node, part, identity }: ProcedureRecord, wanted: PartName): boolean {
    const isOnBoard = node.device === wanted.device
    // Not all parts of a kind tell themselves apart by what they say.
    return (
        part === wanted.part && (/serial/.test(identity) ? identity === wanted.identity : isOnBoard)
    )
}
