/**
 * Readings as lines of text: NDJSON, one JSON object a line, CSV (RFC 4180) and others. Made by the frame and
 * not by the reading: what its readings have in common is put together once.
 */
import { isGap } from "../../../src/core/quality.js"
import { qualityName } from "../../../src/core/quality-names.js"
import { decimals, toUnit } from "../../../src/core/channel.js"
import { type ResolvedFrame, type Schema } from "../../decoder/index.js"
import { csvCell } from "./csv-cell.js"
import { DANISH_FIELDS, danishLines } from "./csv-dialects.js"
import { type Field, type Table } from "./data-package.js"
import { influxLines } from "./influx.js"
import { ngsiLdLines } from "./ngsi-ld.js"
import { type Places } from "./places.js"
import { senmlLines } from "./senml.js"
import { sensorThingsLines } from "./sensorthings.js"

export const LINE_FORMATS = [
    "ndjson",
    "csv",
    "csv-da",
    "influx",
    "senml",
    "ngsi-ld",
    "sensorthings",
] as const
export type LineFormat = (typeof LINE_FORMATS)[number]

const CSV_FIELDS: readonly Field[] = [
    { name: "site", type: "string", constraints: { required: true } },
    { name: "node", type: "string", constraints: { required: true } },
    { name: "boot", type: "integer", constraints: { required: true } },
    { name: "sequence", type: "integer", constraints: { required: true } },
    {
        name: "time",
        type: "datetime",
        description: "when it was sampled, UTC",
        constraints: { required: true },
    },
    { name: "channel", type: "string", constraints: { required: true } },
    { name: "unit", type: "string", description: "SenML unit (RFC 8428, RFC 8798)" },
    { name: "value", type: "number", description: "in the unit; empty: a gap" },
    { name: "integer", type: "integer", description: "as it was sent, in the channel's scale" },
    {
        name: "quality",
        type: "string",
        description: "ok, or why the value is doubtful or missing",
        constraints: { required: true },
    },
    {
        name: "time_uncertainty_ms",
        type: "integer",
        unit: "ms",
        description: "how wrong the time may be; empty: not known",
    },
    {
        name: "calibration",
        type: "integer",
        description: "id of the calibration that the value was corrected by; empty: none",
    },
]

/** First line of a file; "" when it has none. */
export const HEADERS: Readonly<Record<LineFormat, string>> = {
    ndjson: "",
    csv: `${CSV_FIELDS.map(({ name }) => name).join(",")}\n`,
    "csv-da": `\ufeff${DANISH_FIELDS.map(({ name }) => name).join(";")}\n`,
    influx: "",
    senml: "",
    "ngsi-ld": "",
    sensorthings: "",
}

type LinesOf = (frame: ResolvedFrame) => string

const LINES_OF: Readonly<Record<LineFormat, (frame: ResolvedFrame, places: Places) => string>> = {
    ndjson: ndjsonLines,
    csv: csvLines,
    "csv-da": danishLines,
    influx: influxLines,
    senml: senmlLines,
    "ngsi-ld": ngsiLdLines,
    sensorthings: sensorThingsLines,
}

/** @param places of nodes, for forms that say where something was measured */
export function linesOf(format: LineFormat, places: Places = new Map()): LinesOf {
    const make = LINES_OF[format]
    return frame => make(frame, places)
}

/** What a Table Schema says of files that have one. */
export const TABLES: Readonly<Partial<Record<LineFormat, Table>>> = {
    csv: { fields: CSV_FIELDS },
    "csv-da": { fields: DANISH_FIELDS, delimiter: ";" },
}

/** How names of files end, by which programs know what they open. */
export const ENDINGS: Readonly<Record<LineFormat, string>> = {
    ndjson: "ndjson",
    csv: "csv",
    "csv-da": "da.csv",
    influx: "influx",
    senml: "senml.ndjson",
    "ngsi-ld": "ngsi-ld.ndjson",
    sensorthings: "sensorthings.ndjson",
}

/** What lines of one channel have in common. */
interface ChannelText {
    readonly json: string
    readonly csv: string
    /** Which calibration, if any, in front of the end of the line. */
    readonly jsonEnd: string
    readonly csvEnd: string
    readonly decimals: number
}

const texts = new WeakMap<Schema, readonly ChannelText[]>()

function textsOf(schema: Schema): readonly ChannelText[] {
    let known = texts.get(schema)
    if (known === undefined) {
        known = schema.channels.map(channel => ({
            json: `,"channel":${JSON.stringify(channel.name)},"unit":${JSON.stringify(channel.unit)},"value":`,
            csv: `,${csvCell(channel.name)},${csvCell(channel.unit)},`,
            jsonEnd: channel.calibration === 0 ? "}\n" : `,"calibration":${channel.calibration}}\n`,
            csvEnd: channel.calibration === 0 ? ",\n" : `,${channel.calibration}\n`,
            decimals: decimals(channel),
        }))
        texts.set(schema, known)
    }
    return known
}

function ndjsonLines({ site, node, frame, schema, moments }: ResolvedFrame): string {
    const channels = textsOf(schema)
    const names = `"site":${JSON.stringify(site)},"node":${JSON.stringify(node)}`
    const head = `{${names},"boot":${frame.bootId},"sequence":${frame.sequence},"time":`
    let lines = ""
    for (let row = 0, cell = 0; row < frame.rows; row++) {
        const { unixMs, uncertaintyMs } = moments[row]
        const rowHead = `${head}${unixMs},"timeUncertaintyMs":${uncertaintyMs ?? null}`
        for (let i = 0; i < channels.length; i++, cell++) {
            const quality = frame.qualities[cell]
            const integer = isGap(quality) ? null : frame.values[cell]
            const value = integer === null ? null : toUnit(schema.channels[i], integer)
            lines += `${rowHead}${channels[i].json}${value},"integer":${integer},"quality":"${qualityName(quality)}"${channels[i].jsonEnd}`
        }
    }
    return lines
}

function csvLines({ site, node, frame, schema, moments }: ResolvedFrame): string {
    const channels = textsOf(schema)
    const head = `${csvCell(site)},${csvCell(node)},${frame.bootId},${frame.sequence},`
    let lines = ""
    for (let row = 0, cell = 0; row < frame.rows; row++) {
        const { unixMs, uncertaintyMs } = moments[row]
        const rowHead = head + new Date(unixMs).toISOString()
        const rowTail = `,${uncertaintyMs ?? ""}`
        for (let i = 0; i < channels.length; i++, cell++) {
            const quality = frame.qualities[cell]
            const integer = isGap(quality) ? undefined : frame.values[cell]
            const value =
                integer === undefined
                    ? ""
                    : toUnit(schema.channels[i], integer).toFixed(channels[i].decimals)
            lines += `${rowHead}${channels[i].csv}${value},${integer ?? ""},${qualityName(quality)}${rowTail}${channels[i].csvEnd}`
        }
    }
    return lines
}
