/** The errors of a run's channels as a table. */
import Table from "cli-table3"
import { unitSign } from "../quantities.js"
import { type ChannelErrors, type TruthReport } from "../sim/truth.js"
import { type Colors } from "../terminal.js"
import { count } from "./format.js"

const CHANNEL_WIDTH = 15
const RANGE_WIDTH = 20
const COUNT_WIDTH = 8
const BIAS_WIDTH = 8
const FIGURE_WIDTH = 7

/** At most 80 columns wide. */
export function truthTable({ channels, unknown }: TruthReport, colors: Colors): string {
    const table = new Table({
        head: ["channel", "truth", "read", "bias", "rms", "95 %", "max"].map(title =>
            colors.bold(title)
        ),
        colAligns: ["left", "right", "right", "right", "right", "right", "right"],
        colWidths: [
            CHANNEL_WIDTH,
            RANGE_WIDTH,
            COUNT_WIDTH,
            BIAS_WIDTH,
            FIGURE_WIDTH,
            FIGURE_WIDTH,
            FIGURE_WIDTH,
        ],
        style: { head: [], border: [], compact: true },
    })
    for (const errors of channels) table.push(row(errors))
    const rest = unknown.length === 0 ? "" : `\n  nothing true is known of ${unknown.join(", ")}`
    if (channels.length === 0)
        return `  There is nothing to compare with: the nodes are in no place and see no recording.${rest}`
    return `${table.toString()}\n  truth, bias … in the channel's unit; read: readings that were compared${rest}`
}

function row(errors: ChannelErrors): string[] {
    const { channel, unit, readings, trueMin, trueMax } = errors
    if (readings === 0) return [channel, "–", "0", "–", "–", "–", "–"]
    const size = Math.max(Math.abs(trueMin), Math.abs(trueMax))
    const digits = size >= 1000 ? 0 : size >= 100 ? 1 : 2
    const show = (value: number) => value.toFixed(Math.min(digits, errors.decimals + 1))
    return [
        channel.length > CHANNEL_WIDTH - 2 ? `…${channel.slice(3 - CHANNEL_WIDTH)}` : channel,
        `${show(trueMin)} … ${show(trueMax)} ${unitSign(unit)}`.trim(),
        count(readings),
        `${errors.bias >= 0 ? "+" : ""}${show(errors.bias)}`,
        show(errors.rms),
        show(errors.p95),
        show(errors.max),
    ]
}
