/**
 * What was done to parts of which node: in the journal's folder of a board, procedures.ndjson with a line for
 * each, and certificates.
 */
import { writeFileSync } from "node:fs"
import path from "node:path"
import { type CertificateLanguage } from "./certificate.js"
import { LineJournal } from "./line-journal.js"
import { procedurePage } from "./procedure-page.js"
import { PROCEDURE_RECORD, type ProcedureRecord } from "./procedure-record.js"
import { PROCEDURES } from "./procedures.js"

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
