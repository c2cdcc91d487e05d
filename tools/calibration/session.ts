/** One calibration of one channel: capture, fit, write, read back, measure again. */
import { toUnit } from "../../src/core/channel.js"
import { QUALITY_OK } from "../../src/core/quality.js"
import { qualityName } from "../../src/core/quality-names.js"
import { type Bench } from "./bench.js"
import { type Certificate, type CertificatePoint } from "./certificate.js"
import { fit, type CalibrationPoint, type Fit, type FitMethod } from "./fit.js"
import { type LiveSample, type NodeChannel } from "./node-calibration.js"
import { recordId, writeRecord } from "./record.js"
import { limitsOf, stabilityOf, type Stability } from "./stability.js"

/** Readings of a window, and time between them, s. */
const WINDOW = 20
const SECONDS = 5
/** How often the node is asked for a new sample, ms. */
const POLL_MS = 2500
/** A sensor at a new point has moved by this share of the way from the last one. */
const MOVED_SHARE = 0.2

export interface Reference {
    readonly name: string
    /** Number of its own certificate. */
    readonly certificate: string
    /** Unix time from which that is expired, s. */
    readonly validUntil: number | undefined
    /** Expanded uncertainty, k = 2, and step of its display, in the channel's unit. */
    readonly uncertainty: number
    readonly resolution: number
}

export interface Plan {
    readonly channel: string
    /** What the reference shows at each point, in the channel's unit. */
    readonly points: readonly number[]
    readonly method: FitMethod
    readonly reference: Reference
    readonly technician: string
    /** °C; undefined: not noted. */
    readonly temperature: number | undefined
    readonly validDays: number
    /** Longest wait for stable readings at a point, ms. */
    readonly timeoutMs: number
    /** Takes readings that do not stand still, and says so in the certificate. */
    readonly isUnstableAllowed: boolean
}

export interface Talk {
    /** Before each point; resolves when the sensor is there. */
    readonly atPoint: (value: number, index: number) => Promise<void>
    readonly onReading: (channel: NodeChannel, sample: LiveSample, stability: Stability) => void
    /** @returns whether the correction is to be written */
    readonly confirm: (
        channel: NodeChannel,
        found: Fit,
        points: readonly CapturedPoint[]
    ) => Promise<boolean>
    /** The node has the record in force, whatever comes afterwards. @param date Unix s */
    readonly onApplied: (record: Uint8Array, date: number) => void
}

export interface CapturedPoint extends CalibrationPoint {
    /** Means of raw and of so far corrected readings, in the channel's integers. */
    readonly asFound: number
    readonly isStable: boolean
}

/** Readings did not come, or did not stand still, in time. */
export class CaptureTimeout extends Error {
    override name = "CaptureTimeout"
}
/** What the person at the bench can put right. */
export class PlanError extends Error {
    override name = "PlanError"
}

/**
 * @returns the certificate, and the record that the node holds now; undefined when it was not to be written
 * @throws CaptureTimeout, PlanError, FitError, BoardError: the node has the correction that it had, or the new
 *   one where {@link Talk.onApplied} was called
 */
export async function calibrate(
    bench: Bench,
    plan: Plan,
    talk: Talk
): Promise<{ certificate: Certificate; record: Uint8Array } | undefined> {
    const { node } = bench
    checkReference(plan.reference, bench.nowMs())
    const channel = await channelNamed(bench, plan.channel)
    const integer = (value: number) =>
        (value * channel.column.scaleDenominator) / channel.column.scaleNumerator
    try {
        const points: CapturedPoint[] = []
        for (const [i, value] of plan.points.entries()) {
            bench.bring?.(plan.channel, value)
            await talk.atPoint(value, i)
            points.push(await capture(bench, channel, integer(value), points.at(-1), plan, talk))
        }
        const uncertainty = {
            expanded: integer(plan.reference.uncertainty),
            resolution: integer(plan.reference.resolution),
        }
        const found = fit(plan.method, points, uncertainty, channel.column)
        if (!(await talk.confirm(channel, found, points))) return undefined
        const date = Math.floor(bench.nowMs() / 1000)
        const record = writeRecord({
            channel: channel.name,
            part: channel.part,
            identity: channel.identity,
            correction: found.terms,
            points: points.length,
            uncertainty: found.uncertainty,
            reference: plan.reference.name,
            certificate: plan.reference.certificate,
            technician: plan.technician,
            date,
            validUntil: date + plan.validDays * 86_400,
            temperature: plan.temperature,
            previous: channel.calibration,
        })
        await bench.during(node.apply(record))
        talk.onApplied(record, date)
        await expectKept(bench, channel, record)
        const left = await measureAgain(bench, channel, plan, recordId(record), points)
        return {
            certificate: await certify(bench, plan, channel, found, points, left, record, date),
            record,
        }
    } finally {
        // A node that is gone puts the part back into service by itself.
        await bench.during(node.release(channel)).catch(() => undefined)
    }
}

/** @throws PlanError naming the channels that there are */
export async function channelNamed(bench: Bench, name: string): Promise<NodeChannel> {
    const channels = await bench.during(bench.node.channels())
    const channel = channels.find(known => known.name === name)
    if (channel === undefined)
        throw new PlanError(
            `this node has no channel ${name}; it has ${channels.map(({ name }) => name).join(", ")}`
        )
    return channel
}

function checkReference({ name, validUntil }: Reference, nowMs: number): void {
    if (validUntil !== undefined && validUntil * 1000 <= nowMs)
        throw new PlanError(
            `the certificate of ${name} expired on ` +
                `${new Date(validUntil * 1000).toISOString().slice(0, 10)}: take another reference`
        )
}

async function capture(
    bench: Bench,
    channel: NodeChannel,
    reference: number,
    before: CapturedPoint | undefined,
    plan: Plan,
    talk: Talk
): Promise<CapturedPoint> {
    const way = before === undefined ? 0 : MOVED_SHARE * (reference - before.reference)
    const hasMoved = (raw: number) =>
        before === undefined || Math.abs(raw - before.raw) >= Math.abs(way)
    const { raws, corrected, stability } = await readings(bench, channel, plan, talk, hasMoved)
    return {
        raw: raws.reduce((sum, raw) => sum + raw, 0) / raws.length,
        deviation: deviationOf(raws),
        count: raws.length,
        reference,
        asFound: corrected.reduce((sum, value) => sum + value, 0) / corrected.length,
        isStable: stability.isStable,
    }
}

/** Raw readings of a full window, once they stand still. @param counts whether a reading belongs to it */
async function readings(
    bench: Bench,
    channel: NodeChannel,
    plan: Plan,
    talk: Talk,
    counts: (raw: number) => boolean
): Promise<{ raws: number[]; corrected: number[]; stability: Stability }> {
    const { column } = channel
    const limits = limitsOf(
        column.quantity,
        toUnit(column, column.max) - toUnit(column, column.min)
    )
    const raws: number[] = []
    const corrected: number[] = []
    const until = bench.nowMs() + plan.timeoutMs
    let seen = (await bench.during(bench.node.live(channel, SECONDS))).samples
    let last: LiveSample | undefined
    while (bench.nowMs() < until) {
        await bench.sleep(POLL_MS)
        const sample = await bench.during(bench.node.live(channel, SECONDS))
        if (sample.samples === seen) continue
        seen = sample.samples
        last = sample
        if (sample.raw === undefined || sample.rawQuality !== QUALITY_OK || !counts(sample.raw))
            raws.length = corrected.length = 0
        else {
            raws.push(sample.raw)
            corrected.push(sample.corrected ?? sample.raw)
        }
        if (raws.length > WINDOW) {
            raws.shift()
            corrected.shift()
        }
        const values = raws.map(raw => toUnit(column, raw))
        const stability = stabilityOf(values, WINDOW, limits)
        talk.onReading(channel, sample, stability)
        if (stability.isStable || (plan.isUnstableAllowed && raws.length === WINDOW))
            return { raws, corrected, stability }
    }
    throw new CaptureTimeout(
        last === undefined
            ? `${channel.name}: no reading came within ${plan.timeoutMs / 1000} s`
            : last.rawQuality !== QUALITY_OK
              ? `${channel.name}: its readings are "${qualityName(last.rawQuality)}", after ${plan.timeoutMs / 1000} s`
              : `${channel.name}: did not stand still within ${plan.timeoutMs / 1000} s; wait longer (--timeout), ` +
                "or take it as it is (--allow-unstable)"
    )
}

/** What the node holds is what was written, and it is in force. */
async function expectKept(bench: Bench, channel: NodeChannel, record: Uint8Array): Promise<void> {
    const now = await channelNamed(bench, channel.name)
    const kept =
        now.slot === undefined ? undefined : await bench.during(bench.node.record(now.slot))
    if (now.calibration !== recordId(record) || kept === undefined || !sameBytes(kept, record))
        throw new Error("the node does not hold the record that was written: calibrate again")
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
    return a.length === b.length && a.every((byte, i) => byte === b[i])
}

/** As left: fresh readings at the last point, and, simulated, at all of them. */
async function measureAgain(
    bench: Bench,
    channel: NodeChannel,
    plan: Plan,
    id: number,
    points: readonly CapturedPoint[]
): Promise<Map<CapturedPoint, number>> {
    const left = new Map<CapturedPoint, number>()
    const places = bench.bring === undefined ? points.slice(-1) : [...points].reverse()
    for (const point of places) {
        bench.bring?.(channel.name, toUnit(channel.column, point.reference))
        const values: number[] = []
        const until = bench.nowMs() + plan.timeoutMs
        let seen = -1
        // The first samples may still be from before.
        let skipped = 0
        while (values.length < WINDOW / 2) {
            if (bench.nowMs() >= until)
                throw new CaptureTimeout(
                    `${channel.name}: the record is written, but no reading that it corrects came`
                )
            await bench.sleep(POLL_MS)
            const sample = await bench.during(bench.node.live(channel, SECONDS))
            if (sample.samples === seen || sample.calibration !== id) continue
            seen = sample.samples
            if (sample.corrected === undefined || ++skipped <= 2) continue
            values.push(sample.corrected)
        }
        left.set(point, values.reduce((sum, value) => sum + value, 0) / values.length)
    }
    return left
}

async function certify(
    bench: Bench,
    plan: Plan,
    channel: NodeChannel,
    found: Fit,
    captured: readonly CapturedPoint[],
    left: ReadonlyMap<CapturedPoint, number>,
    record: Uint8Array,
    date: number
): Promise<Certificate> {
    const { column } = channel
    const identity = await bench.during(bench.node.service.identity())
    const unit = (integers: number) => round(toUnit(column, integers))
    const points = captured.map((point, i): CertificatePoint => {
        const measured = left.get(point)
        const asLeft = measured ?? found.correction.apply(Math.round(point.raw))
        return {
            reference: unit(point.reference),
            raw: unit(point.raw),
            deviation: unit(point.deviation),
            count: point.count,
            stable: point.isStable,
            asFound: unit(point.asFound),
            asFoundError: unit(point.asFound - point.reference),
            asLeft: unit(asLeft),
            asLeftError: unit(asLeft - point.reference),
            asLeftMeasured: measured !== undefined,
            residual: unit(found.residuals[i]),
        }
    })
    const { components } = found
    return {
        version: 1,
        id: recordId(record),
        previous: channel.calibration,
        date: new Date(date * 1000).toISOString(),
        validUntil: new Date((date + plan.validDays * 86_400) * 1000).toISOString(),
        technician: plan.technician,
        temperature: plan.temperature ?? null,
        simulated: bench.bring !== undefined,
        node: {
            device: bench.device,
            site: identity.site,
            node: identity.node,
            app: identity.app,
            version: identity.version,
        },
        channel: {
            name: channel.name,
            quantity: column.quantity,
            unit: column.unit,
            scale: [column.scaleNumerator, column.scaleDenominator],
            part: channel.part,
            identity: channel.identity,
        },
        reference: {
            name: plan.reference.name,
            certificate: plan.reference.certificate,
            validUntil:
                plan.reference.validUntil === undefined
                    ? null
                    : new Date(plan.reference.validUntil * 1000).toISOString(),
            uncertainty: plan.reference.uncertainty,
            resolution: plan.reference.resolution,
        },
        method: plan.method,
        points,
        uncertainty: {
            expanded: unit(found.uncertainty),
            k: 2,
            reference: unit(components.reference),
            repeatability: unit(components.repeatability),
            resolution: unit(components.resolution),
            fit: unit(components.fit),
        },
        advice: found.advice ?? null,
        record: Buffer.from(record).toString("hex"),
    }
}

/** Six digits after the point: far more than any sensor has, and no tail of binary fractions. */
function round(value: number): number {
    const rounded = Math.round(value * 1e6) / 1e6
    return rounded === 0 ? 0 : rounded
}

function deviationOf(values: readonly number[]): number {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    return values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1))
}
