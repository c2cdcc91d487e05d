/**
 * CSV as a Danish spreadsheet opens it with a double click: semicolons, decimal commas, local
 * time, a mark for UTF-8. Beside the local time, whose hour comes twice in October, is UTC.
 */
import { isGap } from "../../../src/core/quality.js"
import { qualityName } from "../../../src/core/quality-names.js"
import { decimals, toUnit } from "../../../src/core/channel.js"
import { type ResolvedFrame } from "../../decoder/index.js"
import { LocalClock } from "../local-clock.js"
import { csvCell } from "./csv-cell.js"
import { type Field } from "./data-package.js"

const CLOCK = new LocalClock("Europe/Copenhagen")

export const DANISH_FIELDS: readonly Field[] = [
    { name: "sted", type: "string", constraints: { required: true } },
    { name: "node", type: "string", constraints: { required: true } },
    { name: "boot", type: "integer", constraints: { required: true } },
    { name: "sekvens", type: "integer", constraints: { required: true } },
    {
        name: "tid",
        type: "datetime",
        format: "%d-%m-%Y %H:%M:%S",
        description: "målt, dansk tid: en time er der to gange om efteråret",
        constraints: { required: true },
    },
    {
        name: "tid (UTC)",
        type: "datetime",
        description: "målt, UTC",
        constraints: { required: true },
    },
    { name: "kanal", type: "string", constraints: { required: true } },
    { name: "enhed", type: "string", description: "SenML-enhed (RFC 8428, RFC 8798)" },
    { name: "værdi", type: "number", decimalChar: ",", description: "i enheden; tom: mangler" },
    { name: "heltal", type: "integer", description: "som sendt, i kanalens skala" },
    {
        name: "kvalitet",
        type: "string",
        description: "ok, eller hvorfor værdien er tvivlsom eller mangler",
        constraints: { required: true },
    },
    {
        name: "tidsusikkerhed (ms)",
        type: "integer",
        unit: "ms",
        description: "så meget kan tiden være forkert; tom: ikke kendt",
    },
    {
        name: "kalibrering",
        type: "integer",
        description: "nummer på den kalibrering, som værdien er rettet med; tom: ingen",
    },
]

export function danishLines({ site, node, frame, schema, moments }: ResolvedFrame): string {
    const head = `${cell(site)};${cell(node)};${frame.bootId};${frame.sequence};`
    const channels = schema.channels.map(channel => ({
        text: `;${cell(channel.name)};${cell(channel.unit)};`,
        end: `;${channel.calibration === 0 ? "" : channel.calibration}\n`,
        decimals: decimals(channel),
    }))
    let lines = ""
    for (let row = 0, at = 0; row < frame.rows; row++) {
        const { unixMs, uncertaintyMs } = moments[row]
        const rowHead = `${head}${localTime(unixMs)};${new Date(unixMs).toISOString()}`
        const rowTail = `;${uncertaintyMs ?? ""}`
        for (let i = 0; i < channels.length; i++, at++) {
            const quality = frame.qualities[at]
            const integer = isGap(quality) ? undefined : frame.values[at]
            const value =
                integer === undefined
                    ? ""
                    : toUnit(schema.channels[i], integer)
                          .toFixed(channels[i].decimals)
                          .replace(".", ",")
            lines += `${rowHead}${channels[i].text}${value};${integer ?? ""};${qualityName(quality)}${rowTail}${channels[i].end}`
        }
    }
    return lines
}

/** "15-01-2024 09:30:00" */
function localTime(unixMs: number): string {
    const { day, month, year, hour, minute, second } = CLOCK.at(unixMs)
    return `${day}-${month}-${year} ${hour}:${minute}:${second}`
}

function cell(text: string): string {
    return csvCell(text, ";")
}
