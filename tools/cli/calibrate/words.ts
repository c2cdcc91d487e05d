/** What `suitcase calibrate` says of readings, corrections and what became of them. */
import Table from "cli-table3"
import { decimals, toUnit } from "../../../src/core/channel.js"
import { qualityName } from "../../../src/core/quality-names.js"
import { QUALITY_OK } from "../../../src/core/quality.js"
import { type Bench } from "../../calibration/bench.js"
import { type Certificate } from "../../calibration/certificate.js"
import { type NodeSession } from "../../calibration/node-session.js"
import { type Outcome, type Proposal } from "../../calibration/session.js"
import { WINDOW } from "../../calibration/watch.js"
import { unitSign } from "../quantities.js"
import { type Texts } from "./texts.js"

const LIVE_WIDTHS = [9, 9, 8, 9, 8, 9]

/** What people call a node. */
export function nameOf({ name, device }: Bench): string {
    return name ?? device
}

/** One reading: "raw 21.34, corrected 21.29 °C; 12 readings, deviation 0.021, drift +0.003" */
export function readingLine({ channel, watch }: NodeSession, texts: Texts): string {
    const { sample, stability } = watch
    const places = decimals(channel.column)
    const value = (integer: number | undefined) =>
        integer === undefined ? "–" : toUnit(channel.column, integer).toFixed(places)
    const { count, deviation, drift, isStable } = stability
    const corrected = `${value(sample?.corrected)} ${unitSign(channel.column.unit)}`
    const moving = [
        deviation.toFixed(places + 1),
        signed(Number(drift.toFixed(places + 1))),
    ] as const
    return (
        texts.readings(value(sample?.raw), corrected, count, ...moving) +
        (isStable ? `: ${texts.stable}` : "")
    )
}

/** The live view of nodes beside a reference, within 80 columns. */
export function liveTable(sessions: readonly NodeSession[], texts: Texts): string {
    const [{ channel, watch }] = sessions
    const { column } = channel
    const places = decimals(column)
    const limit = (value: number) => `≤ ${Number(value.toPrecision(2))}`
    const row = (name: string, ...cells: readonly string[]) =>
        [name.slice(0, 20).padEnd(20), ...cells.map((cell, i) => cell.padStart(LIVE_WIDTHS[i]))]
            .join(" ")
            .trimEnd()
    const figure = (value: number) => Number(value.toFixed(places + 1))
    return [
        row(`${channel.name}, ${unitSign(column.unit)}`, ...texts.columns),
        row(
            "",
            "",
            "",
            texts.windowOf(WINDOW),
            limit(watch.limits.deviation),
            limit(watch.limits.drift)
        ),
        ...sessions.map(({ bench, watch }) => {
            const { sample, stability } = watch
            const value = (integer: number | undefined) =>
                integer === undefined ? "–" : toUnit(column, integer).toFixed(places)
            const { count, deviation, drift } = stability
            return row(
                nameOf(bench),
                value(sample?.raw),
                value(sample?.corrected),
                String(count),
                count < 2 ? "–" : deviation.toFixed(places + 1),
                count < 2 ? "–" : signed(figure(drift)),
                stateOf(watch, texts)
            )
        }),
    ].join("\n")
}

function stateOf({ isSilent, sample, stability }: NodeSession["watch"], texts: Texts): string {
    if (isSilent) return texts.silent
    if (sample === undefined) return texts.waiting
    if (sample.rawQuality !== QUALITY_OK) return qualityName(sample.rawQuality)
    if (stability.isStable) return texts.stable
    return stability.count < WINDOW ? texts.filling : texts.moving
}

/** The correction of a node, what is left at each point, and how certain it is. */
export function proposalLines(
    { session: { channel, points }, found }: Proposal,
    texts: Texts
): string[] {
    const sign = unitSign(channel.column.unit)
    const unit = (integers: number) =>
        Number(toUnit(channel.column, integers).toFixed(decimals(channel.column) + 2))
    return [
        ...points.map(
            (point, i) =>
                `  ${unit(point.raw)} → ${unit(point.reference)} ${sign}, ${texts.residual(signed(unit(found.residuals[i])))}` +
                (point.isStable ? "" : `, ${texts.tookMoving}`)
        ),
        texts.expanded(`${unit(found.uncertainty)} ${sign}`),
        ...(found.advice === undefined ? [] : [texts.note(texts.advice(found.advice))]),
    ]
}

export function certificateLines({ channel, points }: Certificate, texts: Texts): string[] {
    const sign = unitSign(channel.unit)
    return points.map(({ reference, asFoundError, asLeftError }) =>
        texts.errors(`${reference} ${sign}`, signed(asFoundError), `${signed(asLeftError)} ${sign}`)
    )
}

/** Several nodes: what became of each. */
export function outcomeTable(
    outcomes: readonly Outcome[],
    reasonOf: (e: unknown) => string,
    texts: Texts
): string {
    const table = new Table({
        head: [...texts.table],
        style: { head: [], border: [], compact: true },
        colWidths: [20, 10, 10, 9, 25],
        colAligns: ["left", "right", "right", "right", "left"],
        wordWrap: true,
    })
    for (const { session, certificate, error } of outcomes) {
        const worst = (errors: readonly number[]) => String(Math.max(...errors.map(Math.abs)))
        table.push(
            certificate === undefined
                ? [
                      nameOf(session.bench),
                      "",
                      "",
                      "",
                      error === undefined ? texts.notWritten : reasonOf(error),
                  ]
                : [
                      nameOf(session.bench),
                      worst(certificate.points.map(p => p.asFoundError)),
                      worst(certificate.points.map(p => p.asLeftError)),
                      String(certificate.uncertainty.expanded),
                      texts.calibrated(certificate.id),
                  ]
        )
    }
    return table.toString()
}

export function signed(value: number): string {
    return value > 0 ? `+${value}` : String(value)
}
