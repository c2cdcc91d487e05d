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
import { certificateLines, nameOf, outcomeTable } from "./words.js"

export const NOTHING_WRITTEN = "Nothing was written; the node has the correction that it had."

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
    if (outcomes.length > 1) line(terminal.err, outcomeTable(outcomes, reasonOf))
    return codes.every(code => code === codes[0]) ? (codes[0] ?? EXIT_FAILED) : EXIT_FAILED
}

function finishOne(
    { session, certificate, error }: Outcome,
    journal: CalibrationJournal,
    { language, json, isReplayed }: FinishFlags,
    terminal: Terminal,
    isOneOfSeveral: boolean
): number {
    if (error !== undefined) {
        if (!isKnown(error) && !isOneOfSeveral) throw error as Error
        line(terminal.err, `suitcase: ${reasonOf(error)}`)
        if (error instanceof WriteUnsure) settleLater(error, journal, terminal)
        else tellState(session, terminal)
        return codeOf(error)
    }
    if (certificate === undefined) {
        tellState(session, terminal)
        return EXIT_FAILED
    }
    const name = journal.keep(certificate, language)
    if (json === true) line(terminal.out, JSON.stringify(certificate))
    for (const text of certificateLines(certificate)) line(terminal.err, text)
    if (isReplayed === true) line(terminal.err, `Calibration ${certificate.id}, as it was then`)
    else {
        line(
            terminal.err,
            `Calibration ${certificate.id} is in force. Its certificate, as .html and .json:`
        )
        line(terminal.err, `  ${name}`)
    }
    return EXIT_OK
}

/** What the node corrects with now. */
export function tellState({ written, channel }: NodeSession, terminal: Terminal): void {
    line(
        terminal.err,
        written === undefined
            ? NOTHING_WRITTEN
            : `Calibration ${written.id} is in force, without a certificate; ` +
                  `suitcase calibrate rollback ${channel.name} takes it back.`
    )
}

/** The record that a node has, or has not, is kept where it can be given again. */
function settleLater(
    { device, record }: WriteUnsure,
    journal: CalibrationJournal,
    terminal: Terminal
): void {
    const folder = path.join(journal.folder, device)
    mkdirSync(folder, { recursive: true })
    const file = path.join(folder, `unsure-${recordId(record)}.json`)
    writeExport(file, device, [Buffer.from(record).toString("hex")])
    line(
        terminal.err,
        `Plug the node in, then settle it: suitcase calibrate import ${file} (does nothing twice),\n` +
            `or leave it: suitcase calibrate verify says what the node has.`
    )
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
