/** The calibration of one channel of one node: points, fit, record, fresh readings, certificate. */
import { toUnit } from "../../src/core/channel.js"
import { BoardError } from "../flash/board-access.js"
import { type Bench } from "./bench.js"
import { type Certificate, type CertificatePoint } from "./certificate.js"
import { fit, type CalibrationPoint, type Fit, type FitMethod } from "./fit.js"
import { CalibrationRefused, type NodeChannel } from "./node-calibration.js"
import { recordId, writeRecord, type CorrectionTerms } from "./record.js"
import { POLL_MS, Watch, type Window } from "./watch.js"

/** Whether a record arrived is asked again for so long, ms. */
const WRITE_MS = 45_000

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

/** What a record and a certificate say besides figures. */
export interface Paperwork {
    readonly reference: Reference
    readonly technician: string
    /** °C; undefined: not noted. */
    readonly temperature: number | undefined
    readonly validDays: number
}

/** In the channel's integers. */
export interface CapturedPoint extends CalibrationPoint {
    /** Mean of so far corrected readings. */
    readonly asFound: number
    readonly isStable: boolean
    /** Expanded uncertainty (k = 2) of the reference at this point. */
    readonly uncertainty: number
}

/** What was written to a node. */
export interface Written {
    readonly record: Uint8Array
    readonly id: number
    /** Unix time, s. */
    readonly date: number
}

/** What the person at the bench can put right. */
export class PlanError extends Error {
    override name = "PlanError"
}

/** A record was sent, and the node did not say what became of it. */
export class WriteUnsure extends BoardError {
    override name = "WriteUnsure"

    constructor(
        readonly device: string,
        readonly record: Uint8Array
    ) {
        super(
            `${device} stopped answering while calibration ${recordId(record)} was written: ` +
                "it has that one, or the one that it had"
        )
    }
}

export class NodeSession {
    readonly points: CapturedPoint[] = []
    written: Written | undefined

    private constructor(
        readonly bench: Bench,
        readonly channel: NodeChannel,
        readonly watch: Watch
    ) {}

    /** @throws PlanError naming the channels that there are */
    static async open(bench: Bench, channelName: string): Promise<NodeSession> {
        const channel = await channelNamed(bench, channelName)
        return new NodeSession(bench, channel, new Watch(bench, channel))
    }

    /** A value in the channel's unit, in its integers; not rounded. */
    integers(value: number): number {
        const { scaleNumerator, scaleDenominator } = this.channel.column
        return (value * scaleDenominator) / scaleNumerator
    }

    /**
     * What can be said before anything is measured.
     *
     * @param table what the reference will show at the points of a table, in the channel's unit
     * @throws PlanError, RecordFormatError
     */
    check(paperwork: Paperwork, table: readonly number[] = []): void {
        const { name, validUntil } = paperwork.reference
        const now = this.bench.nowMs()
        if (validUntil !== undefined && validUntil * 1000 <= now)
            throw new PlanError(
                `the certificate of ${name} expired on ` +
                    `${new Date(validUntil * 1000).toISOString().slice(0, 10)}: take another reference`
            )
        const values = [...table].sort((a, b) => a - b).map(value => this.integers(value))
        const terms: CorrectionTerms =
            values.length < 2
                ? SHORTEST
                : {
                      method: "piecewise",
                      table: values.map(value => [Math.round(value), Math.round(value)] as const),
                  }
        this.recordOf(terms, 1, 0, paperwork, Math.floor(now / 1000))
    }

    /** @throws PlanError when the channel cannot show this value, in its unit */
    checkPoint(value: number): void {
        const { column } = this.channel
        const [min, max] = [toUnit(column, column.min), toUnit(column, column.max)]
        if (value < min || value > max)
            throw new PlanError(
                `${this.channel.name} shows ${min} to ${max}: ${value} is outside of it`
            )
    }

    /** @param reference and its expanded uncertainty, in the channel's unit */
    take(window: Window, reference: number, uncertainty: number): CapturedPoint {
        const point = {
            raw: meanOf(window.raws),
            deviation: deviationOf(window.raws),
            count: window.raws.length,
            reference: this.integers(reference),
            asFound: meanOf(window.corrected),
            isStable: window.isStable,
            uncertainty: this.integers(uncertainty),
        }
        this.points.push(point)
        return point
    }

    /** With the largest uncertainty of the reference among the points. @throws FitError */
    fit(method: FitMethod, reference: Reference): Fit {
        const uncertainty = {
            expanded: Math.max(...this.points.map(point => point.uncertainty)),
            resolution: this.integers(reference.resolution),
        }
        return fit(method, this.points, uncertainty, this.channel.column)
    }

    /**
     * Writes the record of a fit. A lost answer is asked for again, which does nothing twice.
     *
     * @throws CalibrationRefused: nothing has changed; WriteUnsure; RecordFormatError
     */
    async write(found: Fit, paperwork: Paperwork): Promise<Written> {
        const { bench } = this
        const date = Math.floor(bench.nowMs() / 1000)
        const { terms, uncertainty } = found
        const record = this.recordOf(terms, this.points.length, uncertainty, paperwork, date)
        const until = bench.nowMs() + WRITE_MS
        for (;;)
            try {
                await bench.during(bench.node.apply(record))
                break
            } catch (e) {
                if (!(e instanceof BoardError) || e instanceof CalibrationRefused) throw e
                if (bench.nowMs() >= until) throw new WriteUnsure(bench.device, record)
                await pause(bench)
            }
        return (this.written = { record, id: recordId(record), date })
    }

    /** Reads back what is in force. @throws Error when it is not what was written */
    async expectKept(): Promise<void> {
        const { bench, written } = this
        const now = await channelNamed(bench, this.channel.name)
        const kept =
            now.slot === undefined ? undefined : await bench.during(bench.node.record(now.slot))
        const isSame =
            kept !== undefined &&
            written !== undefined &&
            now.calibration === written.id &&
            Buffer.compare(kept, written.record) === 0
        if (!isSame)
            throw new Error("the node does not hold the record that was written: calibrate again")
    }

    /** @param left means of fresh readings, in the channel's integers, at the points that were measured again */
    async certificate(
        method: FitMethod,
        paperwork: Paperwork,
        found: Fit,
        left: ReadonlyMap<CapturedPoint, number>
    ): Promise<Certificate> {
        const { bench, channel, written } = this
        if (written === undefined) throw new Error("there is no certificate of what is not written")
        const { column } = channel
        const identity = await bench.during(bench.node.service.identity())
        const unit = (integers: number) => round(toUnit(column, integers))
        const points = this.points.map((point, i): CertificatePoint => {
            const measured = left.get(point)
            const asLeft =
                measured ??
                Math.min(
                    Math.max(found.correction.apply(Math.round(point.raw)), column.min),
                    column.max
                )
            return {
                reference: unit(point.reference),
                referenceUncertainty: unit(point.uncertainty),
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
        const { reference, technician, temperature, validDays } = paperwork
        const { date, record, id } = written
        return {
            version: 1,
            id,
            previous: channel.calibration,
            date: new Date(date * 1000).toISOString(),
            validUntil: new Date((date + validDays * 86_400) * 1000).toISOString(),
            technician,
            temperature: temperature ?? null,
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
                name: reference.name,
                certificate: reference.certificate,
                validUntil:
                    reference.validUntil === undefined
                        ? null
                        : new Date(reference.validUntil * 1000).toISOString(),
                uncertainty: unit(Math.max(...this.points.map(({ uncertainty }) => uncertainty))),
                resolution: reference.resolution,
            },
            method,
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

    /** Puts the part back into service. A node that is gone does so by itself. */
    async release(): Promise<void> {
        const { bench } = this
        await bench.during(bench.node.release(this.channel)).catch(() => undefined)
    }

    private recordOf(
        correction: CorrectionTerms,
        points: number,
        uncertainty: number,
        { reference, technician, temperature, validDays }: Paperwork,
        date: number
    ): Uint8Array {
        const { channel } = this
        return writeRecord({
            channel: channel.name,
            part: channel.part,
            identity: channel.identity,
            correction,
            points,
            uncertainty,
            reference: reference.name,
            certificate: reference.certificate,
            technician,
            date,
            validUntil: date + validDays * 86_400,
            temperature,
            previous: channel.calibration,
        })
    }
}

/** Corrects nothing. */
const SHORTEST: CorrectionTerms = {
    method: "offset",
    origin: 0,
    coefficients: [{ mantissa: 0, exponent: 0 }],
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

/** What is being written is not left half-way because somebody pressed Ctrl-C. */
async function pause(bench: Bench): Promise<void> {
    await bench.sleep(POLL_MS).catch(() => undefined)
}

export function meanOf(values: readonly number[]): number {
    return values.reduce((sum, value) => sum + value, 0) / values.length
}

function deviationOf(values: readonly number[]): number {
    const mean = meanOf(values)
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    return values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1))
}

/** Six digits after the point: far more than any sensor has, and no tail of binary fractions. */
function round(value: number): number {
    const rounded = Math.round(value * 1e6) / 1e6
    return rounded === 0 ? 0 : rounded
}
