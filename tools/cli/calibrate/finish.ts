/** The end of a calibration: certificates, what each node has now, and the exit code. */
import path from "node:path"
import { mkdirSync } from "node:fs"
import { type CertificateLanguage } from "../../calibration/certificate.js"
import { FitError } from "../../calibration/fit.js"
import { type CalibrationJournal } from "../../calibration/journal.js"
import { PlanError, WriteUnsure, type NodeSession } from "../../calibration/node-session.js"
import { recordId, RecordFormatError } from "../../calibration/record.js"
import { CaptureTimeout, type Outcome } from "../../calibration/session.js"
import { NodeSilent } from "../../calibration/watch.js"
import { BoardError } from "../../flash/board-access.js"
import { EXIT_FAILED, EXIT_OK, EXIT_UNANSWERED, EXIT_USAGE } from "../errors.js"
import { line, type Terminal } from "../terminal.js"
import { writeExport } from "./records.js"
import { inLanguage } from "./danish.js"
import { textsOf, type Texts } from "./texts.js"
import { certificateLines, nameOf, outcomeTable } from "./words.js"

export interface FinishFlags {
    readonly language: CertificateLanguage
    readonly json?: true
    /** It is gone through again: no node has it, and no certificate stays. */
    readonly isReplayed?: true
}

/** @returns the exit code: that of all nodes, or 1 when they differ @throws what no person can put right, of a single node */
export function finish(
    outcomes: readonly Outcome[],
    journal: CalibrationJournal,
    flags: FinishFlags,
    terminal: Terminal
): number {
    const codes = outcomes.map(outcome => {
        const several = outcomes.length > 1
        if (several) line(terminal.err, `${nameOf(outcome.session.bench)}:`)
        return finishOne(outcome, journal, flags, terminal, several)
    })
    if (outcomes.length > 1)
        line(
            terminal.err,
            outcomeTable(
                outcomes,
                e => inLanguage(flags.language, reasonOf(e)),
                textsOf(flags.language)
            )
        )
    return codes.every(code => code === codes[0]) ? (codes[0] ?? EXIT_FAILED) : EXIT_FAILED
}

function finishOne(
    { session, certificate, error }: Outcome,
    journal: CalibrationJournal,
    { language, json, isReplayed }: FinishFlags,
    terminal: Terminal,
    isOneOfSeveral: boolean
): number {
    const texts = textsOf(language)
    if (error !== undefined) {
        if (!isKnown(error) && !isOneOfSeveral) throw error as Error
        line(terminal.err, `suitcase: ${reasonOf(error)}`)
        if (error instanceof WriteUnsure) settleLater(error, journal, terminal, texts)
        else tellState(session, terminal, texts)
        return codeOf(error)
    }
    if (certificate === undefined) {
        tellState(session, terminal, texts)
        return EXIT_FAILED
    }
    const name = journal.keep(certificate, language)
    if (json === true) line(terminal.out, JSON.stringify(certificate))
    for (const text of certificateLines(certificate, texts)) line(terminal.err, text)
    if (isReplayed === true) line(terminal.err, texts.asThen(certificate.id))
    else {
        line(terminal.err, texts.inForce(certificate.id))
        line(terminal.err, `  ${name}`)
    }
    return EXIT_OK
}

/** What the node corrects with now. */
export function tellState(
    { written, channel }: NodeSession,
    terminal: Terminal,
    texts: Texts
): void {
    line(
        terminal.err,
        written === undefined
            ? texts.nothingWritten
            : texts.withoutCertificate(written.id, channel.name)
    )
}

/** The record that a node has, or has not, is kept where it can be given again. */
function settleLater(
    { device, record }: WriteUnsure,
    journal: CalibrationJournal,
    terminal: Terminal,
    texts: Texts
): void {
    const folder = path.join(journal.folder, device)
    mkdirSync(folder, { recursive: true })
    const file = path.join(folder, `unsure-${recordId(record)}.json`)
    writeExport(file, device, [Buffer.from(record).toString("hex")])
    line(terminal.err, texts.settle(file))
}

export function reasonOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error)
}

function isKnown(error: unknown): boolean {
    return [CaptureTimeout, PlanError, FitError, RecordFormatError, BoardError].some(
        kind => error instanceof kind
    )
}

function codeOf(error: unknown): number {
    if ([CaptureTimeout, NodeSilent, WriteUnsure].some(kind => error instanceof kind))
        return EXIT_UNANSWERED
    return isKnown(error) ? EXIT_USAGE : EXIT_FAILED
}
