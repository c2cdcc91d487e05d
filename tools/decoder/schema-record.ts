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
/** Quantity of what soundLevels() of src/station makes other columns of. */
const SOUND_LEVEL = "soundLevel"

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
        ? record.integerMap("calibrations", 1, MAX_U32)
        : new Map<string, number>()
    const plain = entries.map(parseChannel)
    const names = new Set(plain.map(channel => channel.name))
    const channels = plain.map(channel => ({
        ...channel,
        calibration: calibrationOf(channel, names, calibrations),
    }))
    if (names.size !== channels.length) throw record.error("channels", "must have different names")
    return {
        id: crc16(payload, 0, payload.length, CRC16_START),
        app: record.text("app"),
        tickMs: record.integer("tick", 1, MAX_TICK_MS),
        channels,
        text: exactText(payload),
    }
}

/**
 * A calibration is of a channel of a part; rows have that channel, or what they make of it: its "…_min", "…_max" and
 * "…_deviation", and of a sound level "laeq" and "lamax".
 */
function calibrationOf(
    { name, quantity }: Pick<SchemaChannel, "name" | "quantity">,
    names: ReadonlySet<string>,
    calibrations: ReadonlyMap<string, number>
): number {
    const own = calibrations.get(name)
    if (own !== undefined) return own
    const source = /^(.*)_(?:min|max|deviation)$/.exec(name)?.[1]
    if (source !== undefined && names.has(source)) return calibrations.get(source) ?? 0
    if (quantity !== SOUND_LEVEL) return 0
    // The channel itself has no column then.
    const [level] = [...calibrations].filter(([channel]) => !names.has(channel))
    return (level as [string, number] | undefined)?.[1] ?? 0
}

/** Bytes as text that gives the same bytes again, as far as they are UTF-8. */
export function exactText(payload: Uint8Array): string {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(payload)
}

function parseChannel(entry: RecordReader): Omit<SchemaChannel, "calibration"> {
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
    }
}
