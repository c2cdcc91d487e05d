/** Records of a node and of the journal: export, import, history, rollback, verify, restore, due. */
import { readFileSync, writeFileSync } from "node:fs"
import { z } from "zod"
import { type Bench } from "../../calibration/bench.js"
import {
    type CalibrationJournal,
    type JournalEntry,
    type KnownCalibration,
} from "../../calibration/journal.js"
import { CalibrationRefused, type NodeChannel } from "../../calibration/node-calibration.js"
import { channelNamed } from "../../calibration/node-session.js"
import { ProcedureJournal } from "../../calibration/procedure-journal.js"
import { PROCEDURE_RECORD, type ProcedureRecord } from "../../calibration/procedure-record.js"
import { readRecord, recordId, RecordFormatError } from "../../calibration/record.js"
import { EXIT_FAILED, EXIT_OK, UsageError } from "../errors.js"
import { fileProblem } from "../file-problem.js"
import { line, type Terminal } from "../terminal.js"

const EXPORT = z.strictObject({
    version: z.literal(1),
    device: z.string(),
    records: z.array(z.string().regex(/^(?:[0-9a-f]{2})+$/)),
    /** What was done to the board's parts, as far as the journal that it comes from knows. */
    procedures: z.array(PROCEDURE_RECORD).default([]),
})

/** Writes the records in force to a file. */
export async function exportRecords(
    bench: Bench,
    file: string,
    { folder }: CalibrationJournal,
    terminal: Terminal
): Promise<number> {
    const records: string[] = []
    for (const { slot } of await bench.during(bench.node.channels())) {
        const record = slot === undefined ? undefined : await bench.during(bench.node.record(slot))
        if (record !== undefined) records.push(Buffer.from(record).toString("hex"))
    }
    const procedures = new ProcedureJournal(folder).entries(bench.device)
    writeExport(file, bench.device, records, procedures)
    const others = procedures.length
    line(
        terminal.err,
        `${records.length} calibrations${others === 0 ? "" : ` and ${others} procedures`} of ${bench.device} are in ${file}`
    )
    return EXIT_OK
}

/** @param records hex */
export function writeExport(
    file: string,
    device: string,
    records: readonly string[],
    procedures: readonly ProcedureRecord[] = []
): void {
    const content: z.infer<typeof EXPORT> = {
        ...{ version: 1, device, records: [...records], procedures: [...procedures] },
    }
    writeFileSync(file, `${JSON.stringify(content, undefined, 2)}\n`)
}

/** Applies the records of a file. @throws UsageError for a file that is none */
export async function importRecords(
    bench: Bench,
    file: string,
    journal: CalibrationJournal,
    terminal: Terminal
): Promise<number> {
    let records: Uint8Array[]
    let content: z.infer<typeof EXPORT>
    try {
        content = EXPORT.parse(JSON.parse(readFileSync(file, "utf8")))
        records = content.records.map(hex => Buffer.from(hex, "hex"))
        records.forEach(readRecord)
    } catch (e) {
        if (e instanceof z.ZodError || e instanceof SyntaxError || e instanceof RecordFormatError)
            throw new UsageError(`${file} is no export of calibrations, or was damaged`)
        throw new UsageError(`${file}: ${fileProblem(e)}`)
    }
    const procedures = new ProcedureJournal(journal.folder)
    for (const entry of content.procedures)
        if (!procedures.entries(entry.node.device).some(({ run }) => run === entry.run))
            procedures.note(entry)
    const channels = await bench.during(bench.node.channels())
    for (const record of records) {
        const reason = outdated(record, channels, bench, procedures)
        if (reason !== undefined) throw new UsageError(reason)
        await put(bench, record, journal, terminal)
    }
    return EXIT_OK
}

/** Why a record does not fit its part any more: the part was changed after it was fitted. */
function outdated(
    record: Uint8Array,
    channels: readonly NodeChannel[],
    { device }: Bench,
    procedures: ProcedureJournal
): string | undefined {
    const { channel: name, date } = readRecord(record)
    const channel = channels.find(known => known.name === name)
    if (channel === undefined) return undefined
    const { part, identity, column } = channel
    const since = procedures.changedSince({ device, part, identity }, column.quantity, date * 1000)
    if (since === undefined) return undefined
    return (
        `${name}: calibration ${recordId(record)} was fitted before ${since.procedure} of ${since.date.slice(0, 10)}, ` +
        "and does not fit the part any more: calibrate anew"
    )
}

/** Takes the calibration of a channel back. */
export async function rollBack(
    bench: Bench,
    name: string,
    journal: CalibrationJournal,
    terminal: Terminal
): Promise<number> {
    const channel = await channelNamed(bench, name)
    if (channel.slot === undefined) throw new UsageError(`${name} has no calibration`)
    const record = await bench.during(bench.node.record(channel.slot))
    try {
        await bench.during(bench.node.rollBack(channel))
    } catch (e) {
        // The answer was lost, as when the node restarted, and it was asked again.
        const now = (await channelNamed(bench, name)).calibration
        const before = record === undefined ? 0 : readRecord(record).previous
        if (!(e instanceof CalibrationRefused) || (now !== 0 && now !== before)) throw e
    }
    if (record !== undefined)
        journal.add({
            time: new Date(bench.nowMs()).toISOString(),
            action: "roll-back",
            device: bench.device,
            channel: name,
            id: channel.calibration,
            record: Buffer.from(record).toString("hex"),
        })
    const { calibration } = await channelNamed(bench, name)
    line(
        terminal.err,
        calibration === 0
            ? `${name} is as its part gives it.`
            : `${name} has calibration ${calibration} again.`
    )
    return EXIT_OK
}

/** Holds the node against the journal. */
export async function verify(
    bench: Bench,
    journal: CalibrationJournal,
    terminal: Terminal
): Promise<number> {
    const problems = problemsOf(
        await bench.during(bench.node.channels()),
        journal.inForce(bench.device)
    )
    for (const problem of problems) line(terminal.out, problem)
    if (problems.length === 0) line(terminal.out, `${bench.device}: as the journal says`)
    return problems.length === 0 ? EXIT_OK : EXIT_FAILED
}

function problemsOf(
    channels: readonly NodeChannel[],
    known: readonly KnownCalibration[]
): string[] {
    const problems = channels
        .filter(({ isOther }) => isOther)
        .map(
            ({ name, part, identity }) =>
                `${name}: ${part} (${identity}) is another part than its calibration is for; it is not applied`
        )
    for (const { channel, id } of known) {
        const there = channels.find(({ name }) => name === channel)
        if (there === undefined) problems.push(`${channel}: the node has no such channel any more`)
        else if (there.calibration === 0)
            problems.push(`${channel}: calibration ${id} is lost; suitcase calibrate restore`)
        else if (there.calibration !== id)
            problems.push(`${channel}: has calibration ${there.calibration}, the journal ${id}`)
    }
    return problems
}

/** Gives a node that lost its records those of the journal again. */
export async function restore(
    bench: Bench,
    journal: CalibrationJournal,
    terminal: Terminal
): Promise<number> {
    const channels = await bench.during(bench.node.channels())
    const procedures = new ProcedureJournal(journal.folder)
    let restored = 0
    let left = 0
    for (const { channel, record } of journal.inForce(bench.device)) {
        if (channels.find(({ name }) => name === channel)?.calibration !== 0) continue
        const reason = outdated(record, channels, bench, procedures)
        if (reason !== undefined) {
            line(terminal.err, reason)
            left++
            continue
        }
        await bench.during(bench.node.apply(record))
        line(terminal.err, `${channel}: calibration ${recordId(record)} is in force again`)
        restored++
    }
    if (restored > 0 || left === 0)
        line(
            terminal.err,
            restored === 0 ? "Nothing was lost." : `${restored} calibrations restored.`
        )
    return left === 0 ? EXIT_OK : EXIT_FAILED
}

/** Calibrations and procedures of parts, of each board in their order of time. */
export function history(
    journal: CalibrationJournal,
    device: string | undefined,
    isJson: boolean,
    terminal: Terminal
): number {
    const procedures = new ProcedureJournal(journal.folder)
    const devices = new Set([...journal.devices(), ...procedures.devices()].sort())
    for (const each of device === undefined ? devices : [device]) {
        const entries = [
            ...journal.entries(each).map(entry => ({ entry, ...calibrationText(entry) })),
            ...procedures.entries(each).map(entry => ({ entry, ...procedureText(entry) })),
        ].sort((a, b) => Date.parse(a.time) - Date.parse(b.time))
        for (const { entry, time, text } of entries)
            line(terminal.out, isJson ? JSON.stringify(entry) : `${time}  ${each}  ${text}`)
    }
    return EXIT_OK
}

interface HistoryLine {
    readonly time: string
    readonly text: string
}

function calibrationText({ time, action, channel, id, record }: JournalEntry): HistoryLine {
    const { reference, certificate, technician } = readRecord(Buffer.from(record, "hex"))
    return {
        time,
        text: `${action.padEnd(9)}  ${channel}  ${id}  ${technician}, ${reference} (${certificate})`,
    }
}

function procedureText(entry: ProcedureRecord): HistoryLine {
    const { date, procedure, run, part, result, resultUnit, technician, reference } = entry
    const shown = `${result}${resultUnit === "" ? "" : ` ${resultUnit}`}`
    const by = reference === null ? "" : `, ${reference.name} (${reference.certificate})`
    return { time: date, text: `${procedure}  ${part}  ${shown}  run ${run}  ${technician}${by}` }
}

/** @param withinMs calibrations that expire within this time are due @returns exit code 1 when one is */
export function due(
    journal: CalibrationJournal,
    nowMs: number,
    withinMs: number,
    terminal: Terminal
): number {
    const late = journal
        .devices()
        .flatMap(device => journal.inForce(device))
        .filter(({ validUntil = Infinity }) => validUntil * 1000 <= nowMs + withinMs)
        .sort((a, b) => (a.validUntil ?? 0) - (b.validUntil ?? 0))
    for (const { device, channel, id, validUntil = 0 } of late) {
        const day = new Date(validUntil * 1000).toISOString().slice(0, 10)
        const word = validUntil * 1000 <= nowMs ? "expired" : "expires"
        line(terminal.out, `${device}  ${channel}  ${word} ${day}  (calibration ${id})`)
    }
    if (late.length === 0) line(terminal.out, "no calibration is due")
    return late.length === 0 ? EXIT_OK : EXIT_FAILED
}

async function put(
    bench: Bench,
    record: Uint8Array,
    journal: CalibrationJournal,
    terminal: Terminal
): Promise<void> {
    await putRecord(bench, record, journal)
    line(terminal.err, `${readRecord(record).channel}: calibration ${recordId(record)} is in force`)
}

/** Gives a node a record, and the journal a line about it. @throws BoardError, CalibrationRefused */
export async function putRecord(
    bench: Bench,
    record: Uint8Array,
    journal: CalibrationJournal
): Promise<void> {
    await bench.during(bench.node.apply(record))
    journal.add(applied(bench, record))
}

/** What the journal notes of a record that a node has from now on. */
export function applied(bench: Bench, record: Uint8Array): JournalEntry {
    return {
        time: new Date(bench.nowMs()).toISOString(),
        action: "apply",
        device: bench.device,
        channel: readRecord(record).channel,
        id: recordId(record),
        record: Buffer.from(record).toString("hex"),
    }
}
