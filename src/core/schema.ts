import { Channel } from "./channel.js"
import { isPlainText } from "./text.js"

/** Version of the schema record. */
export const SCHEMA_VERSION = 1

/** A channel and the part it comes from. */
export interface SchemaChannel {
    readonly channel: Channel
    /** Maker and name of the sensor. */
    readonly part: string
    /** Id of the calibration in force; default 0 = none. */
    readonly calibration?: number
}

/** Ends a schema record. */
export const SCHEMA_END = "]}"

/**
 * The schema record of a station as JSON text, ASCII. It is published retained;
 * frames refer to it by the CRC-16 of these very bytes.
 *
 * @param app name of the kit application
 * @param tickMs unit of row times in frames, ms
 */
export function schemaText(app: string, tickMs: number, channels: SchemaChannel[]): string {
    const plain: Channel[] = []
    const parts: string[] = []
    const calibrations: UsedCalibration[] = []
    for (const entry of channels) {
        plain.push(entry.channel)
        parts.push(entry.part)
        calibrations.push({ name: entry.channel.name, used: entry.calibration ?? 0 })
    }
    const end = schemaEnd(calibrations)
    let text = ""
    for (let i = 0; i <= plain.length; i++)
        text = text + schemaPiece(app, tickMs, plain, parts, i, end)
    return text
}

/** Which calibration the readings of a channel are made with. */
export interface UsedCalibration {
    /** Name of the channel. */
    readonly name: string
    /** Id of the calibration, 0 … 2³²−1; 0 = none. */
    readonly used: number
}

/**
 * What ends the schema record of a node with calibrations: as the schema's id is the
 * checksum of the record, each frame is bound to the calibrations that its readings were made with.
 *
 * @returns {@link SCHEMA_END} when no channel has one
 */
export function schemaEnd(channels: UsedCalibration[]): string {
    let list = ""
    for (const channel of channels)
        if (channel.used !== 0)
            list =
                list +
                ((list === "" ? '],"calibrations":{"' : ',"') + channel.name) +
                ('":' + channel.used)
    return list === "" ? SCHEMA_END : list + "}}"
}

/**
 * The same in parts, for boards: growing a long text leaves its every length behind
 * as garbage.
 *
 * @param channels the channels
 * @param parts the part of each: maker and name of the sensor
 * @param i 0 … number of channels
 * @param end {@link SCHEMA_END}, or what {@link schemaEnd} gives
 */
export function schemaPiece(
    app: string,
    tickMs: number,
    channels: Channel[],
    parts: string[],
    i: number,
    end: string
): string {
    let text = i > 1 ? "," : ""
    if (i === 0)
        text =
            '{"v":' +
            SCHEMA_VERSION +
            ',"app":' +
            quoted(app) +
            ',"tick":' +
            tickMs +
            ',"channels":['
    else text = text + channelText(channels[i - 1], parts[i - 1])
    return i === channels.length ? text + end : text
}

function channelText(channel: Channel, part: string): string {
    return (
        '{"name":' +
        quoted(channel.name) +
        ',"quantity":' +
        quoted(channel.quantity) +
        ',"unit":' +
        quoted(channel.unit) +
        ',"unitCode":' +
        quoted(channel.unitCode) +
        ',"scale":[' +
        channel.scaleNumerator +
        "," +
        channel.scaleDenominator +
        '],"min":' +
        channel.min +
        ',"max":' +
        channel.max +
        ',"part":' +
        quoted(part) +
        "}"
    )
}

function quoted(text: string): string {
    if (!isPlainText(text))
        throw new RangeError("names are printable ASCII without quotes and backslashes")
    return '"' + text + '"'
}
