/** The errors of a run's channels as a table. */
import Table from "cli-table3"
import { unitSign } from "../quantities.js"
import { type ChannelErrors, type TruthReport } from "../sim/truth.js"
import { type Terminal } from "../terminal.js"
import { count } from "./format.js"
import { wrapped } from "./wrapped.js"

/** Widths of the columns: on a terminal of 80 columns there are no gaps, and names lose their beginning. */
const NARROW = { channel: 15, truth: 20, read: 8, gaps: 0, bias: 8, figure: 7 }
const WIDE = { channel: 24, truth: 20, read: 8, gaps: 7, bias: 8, figure: 7 }
const WIDE_COLUMNS = 97

export function truthTable({ channels, unknown }: TruthReport, { colors, out }: Terminal): string {
    const widths = (out.columns ?? WIDE_COLUMNS) < WIDE_COLUMNS ? NARROW : WIDE
    const { channel, truth, read, gaps, bias, figure } = widths
    const hasGaps = gaps > 0
    const head = ["channel", "truth", "read", ...(hasGaps ? ["gaps"] : [])]
    const table = new Table({
        head: [...head, "bias", "rms", "95 %", "max"].map(title => colors.bold(title)),
        colAligns: ["left", ...Array.from({ length: 7 }, () => "right" as const)],
        colWidths: [channel, truth, read, ...(hasGaps ? [gaps] : []), bias, figure, figure, figure],
        style: { head: [], border: [], compact: true },
    })
    for (const errors of channels) table.push(row(errors, channel - 2, hasGaps))
    const rest = notCompared(unknown).map(text => `\n${text}`)
    if (
        channels.length === 0 &&
        !(unknown.length > 0 && unknown.every(({ reason }) => reason !== undefined))
    )
        return `  There is nothing to compare with: the nodes are in no place and see no recording.${rest.join("")}`
    if (channels.length === 0) return rest.join("").slice(1)
    return `${table.toString()}\n  truth, bias … in the channel's unit; read: readings that were compared${rest.join("")}`
}

/** A line for each reason, with all channels that it holds for. */
function notCompared(unknown: TruthReport["unknown"]): string[] {
    const byReason = new Map<string | undefined, string[]>()
    for (const { channel, reason } of unknown)
        byReason.set(reason, [...(byReason.get(reason) ?? []), channel])
    return [...byReason].map(([reason, names]) => {
        const list = names.join(", ")
        const lines =
            reason === undefined
                ? [`  nothing true is known of ${list}`]
                : names.length === 1
                  ? [`  ${list} is not compared: ${reason}`]
                  : [`  not compared: ${list}:`, `    ${reason}`]
        return lines.flatMap(text => wrapped(text, 80, "    ")).join("\n")
    })
}

function row(errors: ChannelErrors, room: number, hasGaps: boolean): string[] {
    const { channel, unit, readings, gaps, trueMin, trueMax } = errors
    const name = channel.length > room ? `…${channel.slice(1 - room)}` : channel
    const gapCount = hasGaps ? [count(gaps)] : []
    if (readings === 0) return [name, "–", "0", ...gapCount, "–", "–", "–", "–"]
    const size = Math.max(Math.abs(trueMin), Math.abs(trueMax))
    const digits = size >= 1000 ? 0 : size >= 100 ? 1 : 2
    const show = (value: number) => value.toFixed(Math.min(digits, errors.decimals + 1))
    return [
        name,
        `${show(trueMin)} … ${show(trueMax)} ${unitSign(unit)}`.trim(),
        count(readings),
        ...gapCount,
        `${errors.bias >= 0 ? "+" : ""}${show(errors.bias)}`,
        show(errors.rms),
        show(errors.p95),
        show(errors.max),
    ]
}
