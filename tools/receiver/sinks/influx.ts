/**
 * Readings in InfluxDB's line protocol, one line each: what Telegraf, InfluxDB, QuestDB and
 * VictoriaMetrics take.
 *
 * @see https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/
 */
import { isGap } from "../../../src/core/quality.js"
import { qualityName } from "../../../src/core/quality-names.js"
import { toUnit } from "../../../src/core/channel.js"
import { type ResolvedFrame } from "../../decoder/index.js"

/** A gap has no value, and says why in its quality. */
export function influxLines({ site, node, frame, schema, moments }: ResolvedFrame): string {
    const heads = schema.channels.map(
        ({ name, unit }) =>
            `reading,channel=${tag(name)},node=${tag(node)},site=${tag(site)},unit=${tag(unit)} `
    )
    const tail = `,boot=${frame.bootId}i,sequence=${frame.sequence}i`
    const calibrations = schema.channels.map(({ calibration }) =>
        calibration === 0 ? "" : `,calibration=${calibration}i`
    )
    let lines = ""
    for (let row = 0, cell = 0; row < frame.rows; row++) {
        const { unixMs, uncertaintyMs } = moments[row]
        const rowTail =
            (uncertaintyMs === undefined ? tail : `${tail},time_uncertainty_ms=${uncertaintyMs}`) +
            ` ${nanoseconds(unixMs)}\n`
        for (let i = 0; i < heads.length; i++, cell++) {
            const quality = frame.qualities[cell]
            const value = isGap(quality)
                ? ""
                : `value=${toUnit(schema.channels[i], frame.values[cell])},integer=${frame.values[cell]}i,`
            lines += `${heads[i]}${value}quality="${qualityName(quality)}"${calibrations[i]}${rowTail}`
        }
    }
    return lines
}

/** Commas, equals signs and blanks are escaped in tags; what would end the line is left out. */
function tag(text: string): string {
    const escaped = text.replace(/[\r\n]/g, "").replace(/([,= ])/g, "\\$1")
    // A backslash at the end would escape what follows; a tag may not be empty.
    return escaped.replace(/\\$/, "\\ ") || "-"
}

/** A double of nanoseconds would not be exact. */
function nanoseconds(unixMs: number): bigint {
    return BigInt(Math.round(unixMs * 1000)) * 1000n
}
