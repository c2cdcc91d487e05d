/** What `suitcase pack` tells people about a packed file. */
import Table from "cli-table3"
import type { Colors } from "../terminal.js"
import { bytes, count, counted } from "../view/format.js"
import type { ReadAs } from "../csv/reading.js"
import type { ChannelReport, PackReport } from "./pack.js"

/** Columns wider than this are cut, so that the table fits 80 columns. */
const NAME_WIDTH = 30

export function reportTable(report: PackReport, target: string, colors: Colors): string {
    const { csvBytes, containerBytes, perChannel } = report
    const hasCosts = perChannel.some(channel => channel.bits !== undefined)
    const table = new Table({
        head: ["column", "step", "readings", "gaps", ...(hasCosts ? ["bits", "each"] : [])].map(
            title => colors.bold(title)
        ),
        colAligns: ["left", "right", "right", "right", "right", "right"],
        style: { head: [], border: [], compact: true },
    })
    for (const channel of perChannel)
        table.push([
            shortened(channel.name),
            channel.step,
            count(channel.readings),
            count(channel.gaps),
            ...(hasCosts ? costs(channel) : []),
        ])
    const readAs = readAsText(report.readAs)
    return [
        `${colors.bold(report.file)}: ${counted(report.rows, "row")}, ` +
            `${counted(report.readings, "reading")}, ${counted(report.gaps, "gap")}`,
        ...(readAs === "" ? [] : [`read as: ${readAs}`]),
        table.toString(),
        `${counted(report.frames, "frame")}, ${bytes(report.bytes)}` +
            (report.bitsPerReading === null
                ? ""
                : `: ${report.bitsPerReading.toFixed(2)} bits per reading`),
        `${target}: ${bytes(containerBytes)}, ` +
            `${((100 * containerBytes) / csvBytes).toFixed(1)} % of the CSV file's ${bytes(csvBytes)}`,
    ].join("\n")
}

/** "semicolons, decimal comma, day-month-year, Europe/Copenhagen" */
/** How a table was written, where it is not plain CSV; "" = it is. */
export function readAsText({
    delimiter,
    decimal,
    thousands,
    date,
    zone,
    header,
    encoding,
}: ReadAs): string {
    const orders = { dmy: "day-month-year", mdy: "month-day-year", ymd: "year-month-day" }
    return [
        delimiter && `${delimiter}s`,
        decimal && "decimal comma",
        thousands && `"${thousands}" between thousands`,
        date && orders[date],
        zone,
        header && "no header",
        encoding,
    ]
        .filter(word => word !== undefined)
        .join(", ")
}

function costs({ bits, bitsPerReading }: ChannelReport): string[] {
    return [count(bits ?? 0), typeof bitsPerReading === "number" ? bitsPerReading.toFixed(2) : "–"]
}

function shortened(name: string): string {
    return name.length <= NAME_WIDTH ? name : `${name.slice(0, NAME_WIDTH - 1)}…`
}
