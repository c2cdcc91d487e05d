/**
 * The schema record of a node: which channels its frames carry, in which
 * order, unit and scale. Frames name it by the CRC-16 of its very bytes.
 */
import type { Channel } from "../../src/core/channel.js"
import { CRC16_START, crc16 } from "../../src/core/crc.js"
import { INT32_MAX, INT32_MIN } from "../../src/core/fixed.js"
import { MAX_CHANNELS } from "../../src/core/frame/format.js"
import { SCHEMA_VERSION } from "../../src/core/schema.js"
import { RecordReader } from "./record.js"

/** Longest tick of a schema, ms: one day. */
const MAX_TICK_MS = 86_400_000
const MAX_U32 = 4_294_967_295

/** A channel as a schema record describes it. */
export interface SchemaChannel extends Channel {
    /** Maker and name of the sensor. */
    readonly part: string
    /** Id of the calibration in force; 0 = none. */
    readonly calibration: number
}

export interface Schema {
    /** What frames refer to. */
    readonly id: number
    /** Name of the kit application. */
    readonly app: string
    /** Unit of row times in frames, ms. */
    readonly tickMs: number
    readonly channels: readonly SchemaChannel[]
    /** The record as it was published. */
    readonly text: string
}

/**
 * @param payload the record as it was published
 * @throws RecordError naming the field that is wrong
 */
export function parseSchema(payload: Uint8Array): Schema {
    const record = RecordReader.parse(payload, "schema record")
    record.integer("v", SCHEMA_VERSION, SCHEMA_VERSION)
    const entries = record.list("channels", 1, MAX_CHANNELS)
    // Records of nodes without calibrations have none of it.
    const calibrations = record.has("calibrations")
        ? record.integerList("calibrations", entries.length, 0, MAX_U32)
        : []
    const channels = entries.map((entry, i) => parseChannel(entry, calibrations[i] ?? 0))
    const names = new Set(channels.map(channel => channel.name))
    if (names.size !== channels.length) throw record.error("channels", "must have different names")
    return {
        id: crc16(payload, 0, payload.length, CRC16_START),
        app: record.text("app"),
        tickMs: record.integer("tick", 1, MAX_TICK_MS),
        channels,
        text: exactText(payload),
    }
}

/** Bytes as text that gives the same bytes again, as far as they are UTF-8. */
export function exactText(payload: Uint8Array): string {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(payload)
}

function parseChannel(entry: RecordReader, calibration: number): SchemaChannel {
    const [scaleNumerator, scaleDenominator] = entry.fraction("scale")
    const min = entry.integer("min", INT32_MIN, INT32_MAX)
    return {
        name: entry.text("name"),
        quantity: entry.text("quantity"),
        unit: entry.text("unit"),
        unitCode: entry.text("unitCode"),
        scaleNumerator,
        scaleDenominator,
        min,
        max: entry.integer("max", min, INT32_MAX),
        part: entry.text("part"),
        calibration,
    }
}
