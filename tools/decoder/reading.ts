/** What the decoder hands out. */
import type { DecodedFrame } from "../../src/core/frame/decoder.js"
import { toUnit, decimals } from "../../src/core/channel.js"
import { isGap } from "../../src/core/quality.js"
import { qualityName } from "../../src/core/quality-names.js"
import type { Moment } from "./boot-clock.js"
import type { Schema, SchemaChannel } from "./schema-record.js"

/** One cell of a frame: a value, or a gap with its reason. */
export interface Reading {
    readonly site: string
    readonly node: string
    /** Boot id of the node, and the frame's number within that boot. */
    readonly boot: number
    readonly sequence: number
    /** Unix time of the reading, ms. */
    readonly time: number
    /** Bound of the error of {@link time}, ms; undefined when none is known. */
    readonly timeUncertaintyMs: number | undefined
    readonly channel: string
    /** SenML unit. */
    readonly unit: string
    /** Decimal places that show the value in full. */
    readonly decimals: number
    /** Undefined where the quality is a gap. */
    readonly value: number | undefined
    /** The value as it was sent, in the channel's scale. */
    readonly integer: number | undefined
    /** "ok", or why the value is doubtful or missing; see src/core/quality.ts. */
    readonly quality: string
    readonly isGap: boolean
    /** Id of the calibration that the value was corrected by; 0 = none. */
    readonly calibration: number
}

/** Where a frame came from. */
export interface FrameOrigin {
    readonly site: string
    readonly node: string
}

/** A frame and all that is needed to make readings of it. */
export interface ResolvedFrame extends FrameOrigin {
    readonly frame: DecodedFrame
    /** Its bytes, not sealed. */
    readonly payload: Uint8Array
    readonly schema: Schema
    /** When its rows were taken: one each. */
    readonly moments: readonly Moment[]
}

/** All cells of a frame, row after row. */
export function readingsOf({ site, node, frame, schema, moments }: ResolvedFrame): Reading[] {
    const readings: Reading[] = []
    for (let row = 0; row < frame.rows; row++) {
        const moment = moments[row]
        schema.channels.forEach((channel, i) => {
            const cell = row * frame.channels + i
            const quality = frame.qualities[cell]
            const integer = isGap(quality) ? undefined : frame.values[cell]
            readings.push({
                site,
                node,
                boot: frame.bootId,
                sequence: frame.sequence,
                time: moment.unixMs,
                timeUncertaintyMs: moment.uncertaintyMs,
                channel: channel.name,
                unit: channel.unit,
                decimals: decimalsOf(channel),
                value: integer === undefined ? undefined : toUnit(channel, integer),
                integer,
                quality: qualityName(quality),
                isGap: integer === undefined,
                calibration: channel.calibration,
            })
        })
    }
    return readings
}

const decimalsByChannel = new WeakMap<SchemaChannel, number>()

function decimalsOf(channel: SchemaChannel): number {
    const known = decimalsByChannel.get(channel)
    if (known !== undefined) return known
    const digits = decimals(channel)
    decimalsByChannel.set(channel, digits)
    return digits
}
