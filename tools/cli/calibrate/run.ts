/** `suitcase calibrate` itself: one channel against a reference. */
import { confirm } from "@clack/prompts"
import { toUnit, decimals } from "../../../src/core/channel.js"
import { type Bench } from "../../calibration/bench.js"
import { type CertificateLanguage } from "../../calibration/certificate.js"
import { FitError, type Fit, type FitMethod } from "../../calibration/fit.js"
import { CalibrationJournal } from "../../calibration/journal.js"
import { type NodeChannel } from "../../calibration/node-calibration.js"
import { recordId, RecordFormatError } from "../../calibration/record.js"
import {
    CaptureTimeout,
    PlanError,
    calibrate,
    type CapturedPoint,
    type Plan,
    type Talk,
} from "../../calibration/session.js"
import { EXIT_FAILED, EXIT_OK, EXIT_UNANSWERED, UsageError } from "../errors.js"
import { line, type Terminal } from "../terminal.js"

export interface CalibrateFlags {
    readonly channel: string
    readonly point: readonly number[]
    readonly method: FitMethod
    readonly reference: string
    readonly referenceCertificate: string
    readonly referenceValidUntil?: number
    readonly uncertainty: number
    readonly resolution: number
    readonly technician: string
    readonly temperature?: number
    readonly validFor: number
    readonly timeout: number
    readonly allowUnstable?: true
    readonly language: CertificateLanguage
    readonly yes?: true
    readonly json?: true
    readonly journal: string
}

/** @returns the exit code */
export async function runCalibration(
    bench: Bench,
    flags: CalibrateFlags,
    terminal: Terminal
): Promise<number> {
    const plan: Plan = {
        channel: flags.channel,
        points: flags.point,
        method: flags.method,
        reference: {
            name: flags.reference,
            certificate: flags.referenceCertificate,
            validUntil: flags.referenceValidUntil,
            uncertainty: flags.uncertainty,
            resolution: flags.resolution,
        },
        technician: flags.technician,
        temperature: flags.temperature,
        validDays: flags.validFor,
        timeoutMs: flags.timeout,
        isUnstableAllowed: flags.allowUnstable === true,
    }
    const journal = new CalibrationJournal(flags.journal)
    try {
        const done = await calibrate(bench, plan, talk(bench, flags, journal, terminal))
        if (done === undefined) {
            line(terminal.err, "Nothing was written; the node has the correction that it had.")
            return EXIT_FAILED
        }
        const { certificate } = done
        const name = journal.keep(certificate, flags.language)
        if (flags.json === true) line(terminal.out, JSON.stringify(certificate))
        const { unit } = certificate.channel
        for (const { reference, asFoundError, asLeftError } of certificate.points)
            line(
                terminal.err,
                `at ${reference} ${unit}: error as found ${signed(asFoundError)}, as left ${signed(asLeftError)} ${unit}`
            )
        line(
            terminal.err,
            `Calibration ${certificate.id} is in force. Certificate: ${name}.html, ${name}.json`
        )
        return EXIT_OK
    } catch (e) {
        if (e instanceof CaptureTimeout) {
            line(terminal.err, `suitcase: ${e.message}`)
            return EXIT_UNANSWERED
        }
        if (e instanceof PlanError || e instanceof FitError || e instanceof RecordFormatError)
            throw new UsageError(e.message)
        throw e
    }
}

function talk(
    bench: Bench,
    flags: CalibrateFlags,
    journal: CalibrationJournal,
    terminal: Terminal
): Talk {
    let shown = 0
    return {
        atPoint: async (value, i) => {
            const where = `Point ${i + 1} of ${flags.point.length}: ${value}`
            if (bench.bring !== undefined) line(terminal.err, `${where}, simulated`)
            else {
                line(terminal.err, `${where}: bring the sensor and the reference there`)
                if (flags.yes === true || !terminal.isLive) return
                const isThere = await confirm({ message: "Is the sensor there?" })
                // Ctrl-C is neither yes nor no.
                if (isThere !== true)
                    throw new PlanError("the sensor is not at the reference; nothing was written")
            }
        },
        onReading: (channel, sample, { count, deviation, drift, isStable }) => {
            // Ten lines a point are enough where lines stay.
            if (++shown % 4 !== 1 && !isStable) return
            const places = decimals(channel.column) + 1
            const value = (integer: number | undefined) =>
                integer === undefined ? "–" : toUnit(channel.column, integer).toFixed(places - 1)
            line(
                terminal.err,
                `  raw ${value(sample.raw)}, corrected ${value(sample.corrected)} ${channel.column.unit}; ` +
                    `${count} readings, deviation ${deviation.toFixed(places)}, drift ${signed(Number(drift.toFixed(places)))}` +
                    (isStable ? ": stable" : "")
            )
        },
        confirm: (channel, found, points) => agree(channel, found, points, flags, terminal),
        onApplied: (record, date) =>
            journal.add({
                time: new Date(date * 1000).toISOString(),
                action: "apply",
                device: bench.device,
                channel: flags.channel,
                id: recordId(record),
                record: Buffer.from(record).toString("hex"),
            }),
    }
}

async function agree(
    channel: NodeChannel,
    found: Fit,
    points: readonly CapturedPoint[],
    flags: CalibrateFlags,
    terminal: Terminal
): Promise<boolean> {
    const unit = (integers: number) =>
        Number(toUnit(channel.column, integers).toFixed(decimals(channel.column) + 2))
    points.forEach((point, i) =>
        line(
            terminal.err,
            `  ${unit(point.raw)} → ${unit(point.reference)} ${channel.column.unit}, residual ${signed(unit(found.residuals[i]))}`
        )
    )
    line(
        terminal.err,
        `Expanded uncertainty of a corrected reading (k = 2): ± ${unit(found.uncertainty)} ${channel.column.unit}`
    )
    if (found.advice !== undefined) line(terminal.err, `Note: ${found.advice}`)
    if (flags.yes === true) return true
    if (!terminal.isLive)
        throw new UsageError("nobody can be asked whether to write this: say --yes")
    return (await confirm({ message: "Write it to the node?" })) === true
}

function signed(value: number): string {
    return value > 0 ? `+${value}` : String(value)
}
