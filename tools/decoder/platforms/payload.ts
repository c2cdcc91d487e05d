/**
 * Readings out of one frame, for platforms that call a script with one payload and give it
 * nothing else: no modules, no Buffer, no atob, no TextDecoder, no memory between calls.
 */
import { decodeFrame } from "../../../src/core/frame/decoder.js"
import { toUnit } from "../../../src/core/channel.js"
import { isGap } from "../../../src/core/quality.js"
import { qualityName } from "../../../src/core/quality-names.js"
import { type Schema } from "../schema-record.js"

/** One cell of a frame. */
export interface PlatformReading {
    readonly channel: string
    /** In the words of the Smart Data Models. */
    readonly quantity: string
    /** null: a gap, for the reason that is the quality. */
    readonly value: number | null
    /** SenML unit, and its UN/CEFACT code. */
    readonly unit: string
    readonly unitCode: string
    readonly quality: string
    /** Id of the calibration that the value was corrected by; 0 = none. */
    readonly calibration: number
    /** When it was sampled, ISO 8601 in UTC; null when the node did not know the time. */
    readonly time: string | null
    /** s since the node's start; null when the time is known. */
    readonly uptime: number | null
}

/** All readings of a frame, and what tells it from others. */
export interface PlatformFrame {
    readonly boot: number
    readonly sequence: number
    readonly readings: readonly PlatformReading[]
}

/**
 * @param schemas of all programs whose frames can come
 * @param bytes of a frame as nodes send it, not sealed
 * @throws FrameError; Error when the frame belongs to none of the schemas, or was damaged: their
 * ids are all that its checksum is held against
 */
export function platformFrame(schemas: readonly Schema[], bytes: Uint8Array): PlatformFrame {
    const frame = decodeFrame(bytes)
    const schema = schemas.find(({ id }) => id === frame.schemaId)
    if (schema === undefined || schema.channels.length !== frame.channels)
        throw new Error(
            "this frame was damaged, or is of another program: its checksum gives schema " +
                `${hex(frame.schemaId)}; this script is for ` +
                schemas.map(({ app, id }) => `${app} (${hex(id)})`).join(", ")
        )
    const readings: PlatformReading[] = []
    for (let row = 0; row < frame.rows; row++) {
        const ms = frame.times[row] * schema.tickMs
        const time = frame.unixTime ? new Date(ms).toISOString() : null
        const uptime = frame.unixTime ? null : ms / 1000
        schema.channels.forEach((channel, i) => {
            const cell = row * frame.channels + i
            const quality = frame.qualities[cell]
            readings.push({
                channel: channel.name,
                quantity: channel.quantity,
                value: isGap(quality) ? null : toUnit(channel, frame.values[cell]),
                unit: channel.unit,
                unitCode: channel.unitCode,
                quality: qualityName(quality),
                calibration: channel.calibration,
                time,
                uptime,
            })
        })
    }
    return { boot: frame.bootId, sequence: frame.sequence, readings }
}

function hex(id: number): string {
    return `0x${id.toString(16).padStart(4, "0")}`
}

/**
 * The bytes of a frame, however a platform hands a payload over: bytes, a list of numbers,
 * base64, or the JSON object that nodes with `mqtt.form` json send.
 *
 * @throws Error for anything else, and for sealed frames
 */
export function bytesOf(payload: unknown): Uint8Array {
    // A Buffer that comes from outside of a sandbox is no Uint8Array of the sandbox.
    if (ArrayBuffer.isView(payload)) return payload as Uint8Array
    if (Array.isArray(payload)) return Uint8Array.from(payload as number[])
    if (typeof payload === "string") return fromBase64(payload)
    if (typeof payload === "object" && payload !== null) {
        const { kind, data } = payload as { kind?: unknown; data?: unknown }
        if (kind === "sealed")
            throw new Error(
                "this frame is sealed; only suitcase listen with the node's key opens it"
            )
        if (data !== undefined) return bytesOf(data)
    }
    throw new Error("the payload holds no frame: expected bytes, base64, or an object with data")
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

function fromBase64(text: string): Uint8Array {
    const digits = text.replace(/=+$/, "")
    const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4))
    let bits = 0
    let count = 0
    let at = 0
    for (const digit of digits) {
        const value = DIGITS.indexOf(digit)
        if (value < 0) throw new Error(`the payload is not base64: "${digit}"`)
        bits = ((bits << 6) | value) & 0xffff
        count += 6
        if (count >= 8) {
            count -= 8
            bytes[at++] = (bits >> count) & 0xff
        }
    }
    return bytes
}
