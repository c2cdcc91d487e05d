/** Rows of frames as JSON that anybody can read. */
import { isGap } from "../../../../src/core/quality.js"
import { qualityName } from "../../../../src/core/quality-names.js"
import { toUnit } from "../../../../src/core/channel.js"
import { type ResolvedFrame } from "../../../decoder/index.js"

/** One JSON object for each time of sampling. */
export function rowTexts({ site, node, frame, schema, moments }: ResolvedFrame): string[] {
    return moments.map(({ unixMs, uncertaintyMs }, row) => {
        const readings = schema.channels.map((channel, i) => {
            const cell = row * schema.channels.length + i
            const quality = frame.qualities[cell]
            const value = isGap(quality) ? null : toUnit(channel, frame.values[cell])
            const reading = {
                value,
                unit: channel.unit,
                quality: qualityName(quality),
                ...(channel.calibration === 0 ? {} : { calibration: channel.calibration }),
            }
            return [channel.name, reading] as const
        })
        return JSON.stringify({
            site,
            node,
            boot: frame.bootId,
            sequence: frame.sequence,
            time: new Date(unixMs).toISOString(),
            timeUncertaintyMs: uncertaintyMs ?? null,
            readings: Object.fromEntries(readings),
        })
    })
}
