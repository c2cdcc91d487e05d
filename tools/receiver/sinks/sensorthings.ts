/**
 * Readings as a body of CreateObservations of the OGC SensorThings API, one a frame and line: a
 * data array for each channel.
 *
 * @see OGC 18-088, SensorThings API part 1: sensing 1.1, sections 8.2.6 and 13.2
 */
import { isGap } from "../../../src/core/quality.js"
import { qualityName } from "../../../src/core/quality-names.js"
import { toUnit } from "../../../src/core/channel.js"
import { type ResolvedFrame } from "../../decoder/index.js"

const COMPONENTS = ["phenomenonTime", "result", "resultQuality", "parameters"]

export function sensorThingsLines({ site, node, frame, schema, moments }: ResolvedFrame): string {
    const datastreams = schema.channels.map((channel, i) => ({
        Datastream: { "@iot.id": datastreamId(site, node, channel.name) },
        components: COMPONENTS,
        "dataArray@iot.count": frame.rows,
        dataArray: moments.map(({ unixMs, uncertaintyMs }, row) => {
            const cell = row * schema.channels.length + i
            const quality = frame.qualities[cell]
            return [
                new Date(unixMs).toISOString(),
                isGap(quality) ? null : toUnit(channel, frame.values[cell]),
                qualityName(quality),
                {
                    boot: frame.bootId,
                    sequence: frame.sequence,
                    ...(uncertaintyMs === undefined ? {} : { timeUncertaintyMs: uncertaintyMs }),
                    ...(channel.calibration === 0 ? {} : { calibration: channel.calibration }),
                },
            ]
        }),
    }))
    return `${JSON.stringify(datastreams)}\n`
}

/** Names of sites and nodes have no "~", which needs no escape in a URL. */
function datastreamId(site: string, node: string, channel: string): string {
    return `${site}~${node}~${channel}`
}
