/**
 * CSV with a row for each time of sampling and a column for each channel, its unit in the name,
 * and beside it one with the quality, and of calibrated channels one with the calibration's id.
 */
import { isGap } from "../../../src/core/quality.js"
import { qualityName } from "../../../src/core/quality-names.js"
import { decimals, toUnit } from "../../../src/core/channel.js"
import { type ResolvedFrame, type Schema, type SchemaChannel } from "../../decoder/index.js"
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
/** Only of channels that are calibrated. */
const CALIBRATION = " calibration"

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

    columnsOf: schema =>
        wideChannels(schema).flatMap(({ column }, i) => [
            column,
            column + QUALITY,
            ...(schema.channels[i].calibration === 0 ? [] : [column + CALIBRATION]),
        ]),

    header(columns) {
        const names = [...COMMON.map(({ name }) => name), ...columns]
        return `${names.map(name => csvCell(name)).join(",")}\n`
    },

    columnsIn: header => cellsOf(header).slice(COMMON.length),

    rows({ site, node, frame, schema, moments }: ResolvedFrame, columns) {
        const channels = wideChannels(schema)
        const places = columns.map(column => placeOf(column, channels))
        const head = `${csvCell(site)},${csvCell(node)},`
        let lines = ""
        for (let row = 0; row < frame.rows; row++) {
            const { unixMs, uncertaintyMs } = moments[row]
            const time = new Date(unixMs).toISOString()
            lines += `${head}${time},${uncertaintyMs ?? ""},${frame.bootId},${frame.sequence}`
            for (const place of places) {
                lines += ","
                if (place === undefined) continue
                const { channel, what } = place
                const cell = row * channels.length + channel
                const quality = frame.qualities[cell]
                if (what === QUALITY) lines += qualityName(quality)
                else if (what === CALIBRATION) lines += calibrationText(schema.channels[channel])
                else if (!isGap(quality))
                    lines += toUnit(schema.channels[channel], frame.values[cell]).toFixed(
                        channels[channel].decimals
                    )
            }
            lines += "\n"
        }
        return lines
    },

    describe: columns => ({ fields: [...COMMON, ...columns.map(fieldOf)] }),
}

function calibrationText({ calibration }: SchemaChannel): string {
    return calibration === 0 ? "" : String(calibration)
}

/** What a column has of which channel; undefined when no channel of these is in it. */
function placeOf(column: string, channels: readonly WideChannel[]) {
    const what = [QUALITY, CALIBRATION].find(suffix => column.endsWith(suffix)) ?? ""
    const name = column.slice(0, column.length - what.length)
    const channel = channels.findIndex(({ column }) => column === name)
    return channel < 0 ? undefined : { channel, what }
}

function fieldOf(column: string): Field {
    if (column.endsWith(CALIBRATION))
        return {
            name: column,
            type: "integer",
            description: "id of the calibration that the value was corrected by; empty: none",
        }
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
