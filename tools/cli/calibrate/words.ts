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

const LIVE_WIDTHS = [9, 9, 8, 9, 8, 9]

/** What people call a node. */
export function nameOf({ name, device }: Bench): string {
    return name ?? device
}

/** One reading: "raw 21.34, corrected 21.29 °C; 12 readings, deviation 0.021, drift +0.003" */
export function readingLine({ channel, watch }: NodeSession): string {
    const { sample, stability } = watch
    const places = decimals(channel.column)
    const value = (integer: number | undefined) =>
        integer === undefined ? "–" : toUnit(channel.column, integer).toFixed(places)
    const { count, deviation, drift, isStable } = stability
    return (
        `raw ${value(sample?.raw)}, corrected ${value(sample?.corrected)} ${unitSign(channel.column.unit)}; ` +
        `${count} readings, deviation ${deviation.toFixed(places + 1)}, drift ${signed(Number(drift.toFixed(places + 1)))}` +
        (isStable ? ": stable" : "")
    )
}

/** The live view of nodes beside a reference, within 80 columns. */
export function liveTable(sessions: readonly NodeSession[]): string {
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
        row(
            `${channel.name}, ${unitSign(column.unit)}`,
            ...["raw", "corrected", "readings", "deviation", "drift"]
        ),
        row("", "", "", `of ${WINDOW}`, limit(watch.limits.deviation), limit(watch.limits.drift)),
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
                stateOf(watch)
            )
        }),
    ].join("\n")
}

function stateOf({ isSilent, sample, stability }: NodeSession["watch"]): string {
    if (isSilent) return "silent"
    if (sample === undefined) return "waiting"
    if (sample.rawQuality !== QUALITY_OK) return qualityName(sample.rawQuality)
    if (stability.isStable) return "stable"
    return stability.count < WINDOW ? "filling" : "moving"
}

/** The correction of a node, what is left at each point, and how certain it is. */
export function proposalLines({ session: { channel, points }, found }: Proposal): string[] {
    const sign = unitSign(channel.column.unit)
    const unit = (integers: number) =>
        Number(toUnit(channel.column, integers).toFixed(decimals(channel.column) + 2))
    return [
        ...points.map(
            (point, i) =>
                `  ${unit(point.raw)} → ${unit(point.reference)} ${sign}, residual ${signed(unit(found.residuals[i]))}` +
                (point.isStable ? "" : ", taken although it moved")
        ),
        `Expanded uncertainty of a corrected reading (k = 2): ± ${unit(found.uncertainty)} ${sign}`,
        ...(found.advice === undefined ? [] : [`Note: ${found.advice}`]),
    ]
}

export function certificateLines({ channel, points }: Certificate): string[] {
    const sign = unitSign(channel.unit)
    return points.map(
        ({ reference, asFoundError, asLeftError }) =>
            `at ${reference} ${sign}: error as found ${signed(asFoundError)}, as left ${signed(asLeftError)} ${sign}`
    )
}

/** Several nodes: what became of each. */
export function outcomeTable(
    outcomes: readonly Outcome[],
    reasonOf: (e: unknown) => string
): string {
    const table = new Table({
        head: ["node", "as found", "as left", "±", "result"],
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
                      error === undefined ? "not written" : reasonOf(error),
                  ]
                : [
                      nameOf(session.bench),
                      worst(certificate.points.map(p => p.asFoundError)),
                      worst(certificate.points.map(p => p.asLeftError)),
                      String(certificate.uncertainty.expanded),
                      `calibration ${certificate.id}`,
                  ]
        )
    }
    return table.toString()
}

export function signed(value: number): string {
    return value > 0 ? `+${value}` : String(value)
}
