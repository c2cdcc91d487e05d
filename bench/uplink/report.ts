/** The figures as tables of at most 80 columns. */
import { bytes, count, counted, span, times } from "../../tools/cli/view/format.js"
import { type BrokerName } from "./brokers.js"
import { wireBytes, type Backlog, type CaseResult } from "./case.js"
import { SEGMENT_HEADER_BYTES } from "./segments.js"

const BROKER_TITLES: Readonly<Record<BrokerName, string>> = {
    embedded: "aedes in this process",
    mosquitto: "Mosquitto",
}

/** @returns all tables of one broker */
export function tablesOf(broker: BrokerName, results: readonly CaseResult[]): string {
    const own = results.filter(result => result.case.broker === broker)
    const steady = own.filter(result => result.case.cut === undefined)
    const cuts = own.filter(result => result.case.cut !== undefined)
    return [
        `Broker: ${BROKER_TITLES[broker]}`,
        steadyTable(steady),
        ...(["closed", "silent"] as const).map(kind =>
            cutTable(cuts.filter(result => result.case.cut?.kind === kind))
        ),
    ].join("\n\n")
}

/** One line per figure, one column per program. */
function steadyTable(results: readonly CaseResult[]): string {
    const [ours, stock] = results
    const line = (title: string, figure: (result: CaseResult) => string, ratio = "") => [
        title,
        figure(ours),
        figure(stock),
        ratio,
    ]
    const perReading = (title: string, total: (result: CaseResult) => number, unit: string) => {
        const rate = (result: CaseResult) => total(result) / result.delivered
        return line(
            title,
            result => `${rate(result).toFixed(2)}${unit}`,
            times(rate(stock) / rate(ours))
        )
    }
    const { lastsMs, latencyMs } = ours.case
    return table(
        `${span(Math.floor(lastsMs / 60_000) * 60_000)} without faults, ${latencyMs} ms one way`,
        ["", "ours", "stock", "stock ÷ ours"],
        [
            line("readings sampled", r => count(r.sampled)),
            line("readings delivered", r => count(r.delivered)),
            line("readings lost", r => count(r.lost)),
            line("readings delivered twice", r => count(r.duplicates)),
            line("MQTT packets up", r => count(r.cost.packetsUp)),
            line("MQTT packets down", r => count(r.cost.packetsDown)),
            line("TCP payload up", r => bytes(r.cost.payloadUp)),
            line("TCP payload down", r => bytes(r.cost.payloadDown)),
            line("TCP segments", r => count(r.cost.segments)),
            perReading("MQTT packets per reading", packets, ""),
            perReading("TCP payload per reading", payload, " B"),
            perReading("wire bytes per reading", r => wireBytes(r.cost), " B"),
        ]
    )
}

function packets({ cost }: CaseResult): number {
    return cost.packetsUp + cost.packetsDown
}

function payload({ cost }: CaseResult): number {
    return cost.payloadUp + cost.payloadDown
}

/** One line per latency and program. */
function cutTable(results: readonly CaseResult[]): string {
    const cut = results[0].case.cut
    const how = cut?.kind === "closed" ? "both sides told" : "nobody told"
    return table(
        `Link cut for ${span(cut?.lastsMs ?? 0)}, ${how}`,
        ["delay", "program", "arrived", "lost", "twice", "back", "backlog", "per s", "each"],
        results.map(result => cutLine(result, result.backlog as Backlog))
    )
}

function cutLine(result: CaseResult, backlog: Backlog): string[] {
    const { burst } = backlog
    return [
        `${result.case.latencyMs} ms`,
        result.case.program,
        `${backlog.delivered}/${backlog.sampled}`,
        count(result.lost),
        count(result.duplicates),
        `${(backlog.reconnectMs / 1000).toFixed(1)} s`,
        burst === 0 ? "–" : `${count(burst)} in ${(backlog.burstMs / 1000).toFixed(2)} s`,
        burst === 0 ? "–" : count(backlog.perSecond),
        burst === 0 ? "–" : `${(wireBytes(backlog.cost) / burst).toFixed(1)} B`,
    ]
}

/** What the columns mean; printed once. */
export const LEGEND = [
    `wire bytes: TCP payload of both directions and ${SEGMENT_HEADER_BYTES} B of headers per segment`,
    "  (counted from what is sent when, pure acknowledgements included)",
    "delay: one way; arrived: of the readings sampled while the link was cut; lost,",
    "  twice: readings of the whole run; back: from the link's return to CONNECT",
    "backlog: readings of the cut that came in one go after CONNECT; per s: of these,",
    "  per second of virtual time; each: wire bytes per reading of these",
].join("\n")

/** @returns a warning for each program that was stopped and started again */
export function panicLines(results: readonly CaseResult[]): string[] {
    return results
        .filter(result => result.panics > 0)
        .map(
            ({ case: { program, latencyMs, cut }, panics }) =>
                `${program}, ${latencyMs} ms, ${cut?.kind ?? "no"} cut: ` +
                `the program stopped and started again ${counted(panics, "time")}`
        )
}

function table(title: string, head: readonly string[], lines: readonly string[][]): string {
    const widths = head.map((cell, i) =>
        Math.max(cell.length, ...lines.map(cells => cells[i].length))
    )
    const leftAligned = (i: number) => i === 0 || head[i] === "program"
    const row = (cells: readonly string[]) =>
        cells
            .map((cell, i) => (leftAligned(i) ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
            .join("  ")
            .trimEnd()
    const rule = widths.map(width => "-".repeat(width)).join("  ")
    return [title, "", row(head), rule, ...lines.map(row)].join("\n")
}
