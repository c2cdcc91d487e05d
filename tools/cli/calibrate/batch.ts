/** `suitcase calibrate batch`: puts the correction of a batch of parts onto nodes, as a record like any other. */
import { readFileSync } from "node:fs"
import { decimals, toUnit } from "../../../src/core/channel.js"
import {
    BatchError,
    batchRecord,
    fitting,
    isOfBatch,
    parseBatch,
    type BatchCorrection,
} from "../../calibration/batch.js"
import { type Bench } from "../../calibration/bench.js"
import { type CertificateLanguage } from "../../calibration/certificate.js"
import { type CalibrationJournal } from "../../calibration/journal.js"
import { type NodeChannel } from "../../calibration/node-calibration.js"
import { readRecord, recordId, RecordFormatError } from "../../calibration/record.js"
import { BoardError } from "../../flash/board-access.js"
import { EXIT_FAILED, EXIT_OK, EXIT_USAGE, UsageError } from "../errors.js"
import { fileProblem } from "../file-problem.js"
import { unitSign } from "../quantities.js"
import { line, type Terminal } from "../terminal.js"
import { type Ask } from "./ask.js"
import { applied, putRecord } from "./records.js"
import { textsOf } from "./texts.js"
import { nameOf } from "./words.js"

export interface BatchFlags {
    readonly technician?: string
    readonly timeout: number
    readonly yes?: true
    readonly json?: true
    readonly language?: CertificateLanguage
}

/** A channel of a node that is to have the correction. */
interface Candidate {
    readonly bench: Bench
    readonly channel: NodeChannel
    /** What it has now. */
    readonly before: Uint8Array | undefined
}

/** @throws UsageError for a file that is no correction of a batch */
export function readBatch(file: string): BatchCorrection {
    try {
        return parseBatch(readFileSync(file, "utf8"))
    } catch (e) {
        if (e instanceof BatchError) throw new UsageError(`${file}: ${e.message}`)
        throw new UsageError(`${file}: ${fileProblem(e)}`)
    }
}

/**
 * @param ask undefined: nobody is asked
 * @returns the exit code: 2 when no node has such a part, 1 when one does not hold it afterwards
 */
export async function putBatch(
    benches: readonly Bench[],
    batch: BatchCorrection,
    flags: BatchFlags,
    {
        journal,
        terminal,
        ask,
    }: {
        readonly journal: CalibrationJournal
        readonly terminal: Terminal
        readonly ask: Ask | undefined
    }
): Promise<number> {
    const { technician, language } = flags
    if (technician === undefined) throw new UsageError("a batch's correction needs --technician")
    const texts = textsOf(language)
    const found: Candidate[] = []
    for (const bench of benches) found.push(...(await candidates(bench, batch, terminal)))
    if (found.length === 0) {
        line(terminal.err, `no node has ${batch.channel} of ${batch.part}, as ${batch.name} is for`)
        return EXIT_USAGE
    }
    const missing = found.filter(({ before }) => before === undefined || !isOfBatch(batch, before))
    for (const candidate of found) if (!missing.includes(candidate)) noteHeld(candidate, journal)
    for (const candidate of missing) line(terminal.err, plannedText(candidate, batch))
    if (missing.length === 0) {
        line(terminal.err, `all have ${batch.name} ${batch.version}`)
        return EXIT_OK
    }
    if (flags.yes !== true) {
        if (ask === undefined)
            throw new UsageError("nobody can be asked whether to write this: say --yes")
        if (!(await ask.yes(`${texts.writeTo(texts.node(missing.length))}?`))) {
            line(terminal.err, texts.nothingWritten)
            return EXIT_FAILED
        }
    }
    let failed = 0
    for (const candidate of missing)
        try {
            await putOne(candidate, batch, technician, { flags, journal, terminal })
        } catch (e) {
            if (e instanceof BatchError || e instanceof RecordFormatError)
                throw new UsageError(e.message)
            if (!(e instanceof BoardError)) throw e
            line(terminal.err, `suitcase: ${nameOf(candidate.bench)}: ${e.message}`)
            failed++
        }
    return failed === 0 ? EXIT_OK : EXIT_FAILED
}

async function candidates(
    bench: Bench,
    batch: BatchCorrection,
    terminal: Terminal
): Promise<Candidate[]> {
    try {
        const found: Candidate[] = []
        for (const channel of fitting(batch, await bench.during(bench.node.channels()))) {
            const { slot } = channel
            const before =
                slot === undefined ? undefined : await bench.during(bench.node.record(slot))
            found.push({ bench, channel, before })
        }
        return found
    } catch (e) {
        if (!(e instanceof BoardError)) throw e
        line(terminal.err, `suitcase: ${nameOf(bench)}: ${e.message}`)
        return []
    }
}

/** An answer may have been lost when it was written: the node has it, and the journal does not know. */
function noteHeld({ bench, channel, before }: Candidate, journal: CalibrationJournal): void {
    const isKnown = journal
        .inForce(bench.device)
        .some(({ channel: name, id }) => name === channel.name && id === channel.calibration)
    if (before !== undefined && !isKnown) journal.add(applied(bench, before))
}

function plannedText({ bench, channel, before }: Candidate, batch: BatchCorrection): string {
    const { name, version, part } = batch
    if (before === undefined)
        return `${nameOf(bench)}: ${channel.name} of ${part} gets ${name} ${version}`
    const { reference, certificate } = readRecord(before)
    return `${nameOf(bench)}: ${channel.name} of ${part} gets ${name} ${version} in place of ${reference} (${certificate})`
}

/** @throws BoardError when the node does not hold it, or no reading that it corrects comes */
async function putOne(
    { bench, channel }: Candidate,
    batch: BatchCorrection,
    technician: string,
    {
        flags,
        journal,
        terminal,
    }: {
        readonly flags: BatchFlags
        readonly journal: CalibrationJournal
        readonly terminal: Terminal
    }
): Promise<void> {
    const date = Math.floor(bench.nowMs() / 1000)
    const record = batchRecord(batch, channel, { date, technician })
    await putRecord(bench, record, journal)
    const id = recordId(record)
    const kept = (await bench.during(bench.node.channels())).find(
        ({ index }) => index === channel.index
    )
    const held =
        kept?.slot === undefined ? undefined : await bench.during(bench.node.record(kept.slot))
    if (kept?.calibration !== id || held === undefined || Buffer.compare(held, record) !== 0)
        throw new BoardError("the node does not hold the record that was written: calibrate again")
    const reading = await readingWith(bench, kept, id, flags.timeout)
    line(
        terminal.err,
        `${nameOf(bench)}: ${channel.name} has calibration ${id}; it reads ${reading.raw} raw, ${reading.corrected} corrected`
    )
    if (flags.json === true)
        line(
            terminal.out,
            JSON.stringify({
                ...{ device: bench.device, channel: channel.name, part: channel.part },
                ...{ name: batch.name, version: batch.version, calibration: id },
                previous: channel.calibration,
            })
        )
}

/** The first sample that the record corrects, with units. */
async function readingWith(
    bench: Bench,
    channel: NodeChannel,
    id: number,
    timeoutMs: number
): Promise<{ readonly raw: string; readonly corrected: string }> {
    const until = bench.nowMs() + timeoutMs
    const { column } = channel
    const text = (integers: number | undefined) =>
        integers === undefined
            ? "–"
            : `${toUnit(column, integers).toFixed(decimals(column))} ${unitSign(column.unit)}`
    for (;;) {
        const { raw, corrected, calibration } = await bench.during(bench.node.look(channel))
        if (calibration === id && corrected !== undefined)
            return { raw: text(raw), corrected: text(corrected) }
        if (bench.nowMs() >= until)
            throw new BoardError("the record is written, but no reading that it corrects came")
        await bench.sleep(1000)
    }
}
