/** Records of a node and of the journal: export, import, history, rollback, verify, restore, due. */
import { readFileSync, writeFileSync } from "node:fs"
import { z } from "zod"
import { type Bench } from "../../calibration/bench.js"
import { type CalibrationJournal, type KnownCalibration } from "../../calibration/journal.js"
import { CalibrationRefused, type NodeChannel } from "../../calibration/node-calibration.js"
import { channelNamed } from "../../calibration/node-session.js"
import { readRecord, recordId, RecordFormatError } from "../../calibration/record.js"
import { EXIT_FAILED, EXIT_OK, UsageError } from "../errors.js"
import { fileProblem } from "../file-problem.js"
import { line, type Terminal } from "../terminal.js"

const EXPORT = z.strictObject({
    version: z.literal(1),
    device: z.string(),
    records: z.array(z.string().regex(/^(?:[0-9a-f]{2})+$/)),
})

/** Writes the records in force to a file. */
export async function exportRecords(
    bench: Bench,
    file: string,
    terminal: Terminal
): Promise<number> {
    const records: string[] = []
    for (const { slot } of await bench.during(bench.node.channels())) {
        const record = slot === undefined ? undefined : await bench.during(bench.node.record(slot))
        if (record !== undefined) records.push(Buffer.from(record).toString("hex"))
    }
    writeExport(file, bench.device, records)
    line(terminal.err, `${records.length} calibrations of ${bench.device} are in ${file}`)
    return EXIT_OK
}

/** @param records hex */
export function writeExport(file: string, device: string, records: readonly string[]): void {
    writeFileSync(file, `${JSON.stringify({ version: 1, device, records }, undefined, 2)}\n`)
}

/** Applies the records of a file. @throws UsageError for a file that is none */
export async function importRecords(
    bench: Bench,
    file: string,
    journal: CalibrationJournal,
    terminal: Terminal
): Promise<number> {
    let records: Uint8Array[]
    try {
        const content = EXPORT.parse(JSON.parse(readFileSync(file, "utf8")))
        records = content.records.map(hex => Buffer.from(hex, "hex"))
        records.forEach(readRecord)
    } catch (e) {
        if (e instanceof z.ZodError || e instanceof SyntaxError || e instanceof RecordFormatError)
            throw new UsageError(`${file} is no export of calibrations, or was damaged`)
        throw new UsageError(`${file}: ${fileProblem(e)}`)
    }
    for (const record of records) await put(bench, record, journal, terminal)
    return EXIT_OK
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
    let restored = 0
    for (const { channel, record } of journal.inForce(bench.device)) {
        if (channels.find(({ name }) => name === channel)?.calibration !== 0) continue
        await bench.during(bench.node.apply(record))
        line(terminal.err, `${channel}: calibration ${recordId(record)} is in force again`)
        restored++
    }
    line(terminal.err, restored === 0 ? "Nothing was lost." : `${restored} calibrations restored.`)
    return EXIT_OK
}

export function history(
    journal: CalibrationJournal,
    device: string | undefined,
    isJson: boolean,
    terminal: Terminal
): number {
    for (const each of device === undefined ? journal.devices() : [device])
        for (const entry of journal.entries(each)) {
            const { reference, certificate, technician } = readRecord(
                Buffer.from(entry.record, "hex")
            )
            line(
                terminal.out,
                isJson
                    ? JSON.stringify(entry)
                    : `${entry.time}  ${entry.device}  ${entry.action.padEnd(9)}  ${entry.channel}  ${entry.id}  ` +
                          `${technician}, ${reference} (${certificate})`
            )
        }
    return EXIT_OK
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
    const { channel } = readRecord(record)
    await bench.during(bench.node.apply(record))
    journal.add({
        time: new Date(bench.nowMs()).toISOString(),
        action: "apply",
        device: bench.device,
        channel,
        id: recordId(record),
        record: Buffer.from(record).toString("hex"),
    })
    line(terminal.err, `${channel}: calibration ${recordId(record)} is in force`)
}
