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

const CLOCK = new LocalClock("Europe/Copenhagen")

export const DANISH_HEADER =
    "\ufeffsted;node;boot;sekvens;tid;tid (UTC);kanal;enhed;værdi;heltal;kvalitet\n"

export function danishLines({ site, node, frame, schema, moments }: ResolvedFrame): string {
    const head = `${cell(site)};${cell(node)};${frame.bootId};${frame.sequence};`
    const channels = schema.channels.map(channel => ({
        text: `;${cell(channel.name)};${cell(channel.unit)};`,
        decimals: decimals(channel),
    }))
    let lines = ""
    for (let row = 0, at = 0; row < frame.rows; row++) {
        const { unixMs } = moments[row]
        const rowHead = `${head}${localTime(unixMs)};${new Date(unixMs).toISOString()}`
        for (let i = 0; i < channels.length; i++, at++) {
            const quality = frame.qualities[at]
            const integer = isGap(quality) ? undefined : frame.values[at]
            const value =
                integer === undefined
                    ? ""
                    : toUnit(schema.channels[i], integer)
                          .toFixed(channels[i].decimals)
                          .replace(".", ",")
            lines += `${rowHead}${channels[i].text}${value};${integer ?? ""};${qualityName(quality)}\n`
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
