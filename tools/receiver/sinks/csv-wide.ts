/**
 * CSV with a row for each time of sampling and a column for each channel, its unit in the name,
 * and beside it one with the quality.
 */
import { isGap } from "../../../src/core/quality.js"
import { qualityName } from "../../../src/core/quality-names.js"
import { decimals, toUnit } from "../../../src/core/channel.js"
import { type ResolvedFrame, type Schema } from "../../decoder/index.js"
import { csvCell } from "./csv-cell.js"
import { type Field } from "./data-package.js"
import { type NodeTable } from "./node-files.js"

/** The first columns of each file. */
const COMMON: readonly Field[] = [
    { name: "site", type: "string", constraints: { required: true } },
    { name: "node", type: "string", constraints: { required: true } },
    {
        name: "time",
        type: "datetime",
        description: "when it was sampled, UTC",
        constraints: { required: true },
    },
    {
        name: "time_uncertainty_ms",
        type: "integer",
        unit: "ms",
        description: "how wrong the time may be; empty: not known",
    },
    { name: "boot", type: "integer", constraints: { required: true } },
    { name: "sequence", type: "integer", constraints: { required: true } },
]
const QUALITY = " quality"

interface WideChannel {
    readonly column: string
    readonly decimals: number
}

const channelsOf = new WeakMap<Schema, readonly WideChannel[]>()

function wideChannels(schema: Schema): readonly WideChannel[] {
    let channels = channelsOf.get(schema)
    if (channels === undefined) {
        channels = schema.channels.map(channel => ({
            column: columnOf(channel.name, channel.unit),
            decimals: decimals(channel),
        }))
        channelsOf.set(schema, channels)
    }
    return channels
}

/** "temperature [Cel]": in brackets is always the unit, so that no two channels have the same. */
function columnOf(name: string, unit: string): string {
    const plain = `${name} [${unit.replace(/[[\]]/g, "")}]`.replace(/[\r\n]/g, " ")
    // As the file has it: with an apostrophe before what a spreadsheet would run.
    return /^[=+\-@\t]/.test(plain) ? `'${plain}` : plain
}

export const WIDE_CSV: NodeTable = {
    name: "csv-wide",
    ending: "csv",

    columnsOf: schema => wideChannels(schema).flatMap(({ column }) => [column, column + QUALITY]),

    header(columns) {
        const names = [...COMMON.map(({ name }) => name), ...columns]
        return `${names.map(name => csvCell(name)).join(",")}\n`
    },

    columnsIn: header => cellsOf(header).slice(COMMON.length),

    rows({ site, node, frame, schema, moments }: ResolvedFrame, columns) {
        const channels = wideChannels(schema)
        // A pair of columns has the value and the quality of one channel, or of none of this schema.
        const places = columns
            .filter((_, i) => i % 2 === 0)
            .map(column => channels.findIndex(channel => channel.column === column))
        const head = `${csvCell(site)},${csvCell(node)},`
        let lines = ""
        for (let row = 0; row < frame.rows; row++) {
            const { unixMs, uncertaintyMs } = moments[row]
            const time = new Date(unixMs).toISOString()
            lines += `${head}${time},${uncertaintyMs ?? ""},${frame.bootId},${frame.sequence}`
            for (const place of places) {
                if (place < 0) {
                    lines += ",,"
                    continue
                }
                const cell = row * channels.length + place
                const quality = frame.qualities[cell]
                const value = isGap(quality)
                    ? ""
                    : toUnit(schema.channels[place], frame.values[cell]).toFixed(
                          channels[place].decimals
                      )
                lines += `,${value},${qualityName(quality)}`
            }
            lines += "\n"
        }
        return lines
    },

    describe: columns => ({ fields: [...COMMON, ...columns.map(fieldOf)] }),
}

function fieldOf(column: string): Field {
    if (column.endsWith(QUALITY))
        return {
            name: column,
            type: "string",
            description: "ok, or why the value is doubtful or missing; empty: no such channel then",
        }
    return { name: column, type: "number", unit: column.slice(column.lastIndexOf("[") + 1, -1) }
}

/** Cells of a line that {@link csvCell} made. */
function cellsOf(line: string): string[] {
    return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
        ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain
    )
}
