/** Messages of a made-up node, and a collector that keeps what comes of them. */
import { CRC16_START, crc16 } from "../../src/core/crc.js"
import { FrameEncoder } from "../../src/core/frame/encoder.js"
import { QUALITY_ABSENT, QUALITY_OK } from "../../src/core/quality.js"
import { schemaText } from "../../src/core/schema.js"
import {
    FrameCollector,
    type Malformed,
    type NodeState,
    type Opener,
    type Reading,
} from "../../tools/decoder/index.js"

export const TICK_MS = 1000
export const EPOCH = 1_704_960_000_000
export const schemaBytes = Buffer.from(
    schemaText("indoor-climate", TICK_MS, [
        { channel: channel("temperature", "Cel", "CEL", 100), part: "Sensirion SHT4x" },
        { channel: channel("co2", "ppm", "59", 1), part: "Sensirion SCD4x" },
    ])
)
export const schemaId = crc16(schemaBytes, 0, schemaBytes.length, CRC16_START)

function channel(name: string, unit: string, unitCode: string, scaleDenominator: number) {
    return {
        name,
        quantity: name,
        unit,
        unitCode,
        scaleNumerator: 1,
        scaleDenominator,
        min: -40000,
        max: 40000,
    }
}

export interface FrameOptions {
    boot?: number
    unixTime?: boolean
    schema?: number
    time?: number
    rows?: readonly (readonly (number | undefined)[])[]
}

/** A frame of rows 10 ticks apart; undefined cells are gaps of an absent sensor. */
export function frame(sequence: number, options: FrameOptions = {}): Buffer {
    const buffer = Buffer.alloc(400)
    const rows = options.rows ?? [[2137, 650]]
    const encoder = new FrameEncoder(buffer, rows[0]?.length ?? 2, options.schema ?? schemaId)
    encoder.begin(options.boot ?? 7, sequence, options.unixTime ?? true)
    rows.forEach((row, i) =>
        encoder.add(
            (options.time ?? EPOCH / TICK_MS) + 10 * i,
            row.map(cell => cell ?? 0),
            row.map(cell => (cell === undefined ? QUALITY_ABSENT : QUALITY_OK))
        )
    )
    return buffer.subarray(0, encoder.finish())
}

export function statusText(fields: Record<string, unknown> = {}): Buffer {
    const status = {
        v: 2,
        app: "indoor-climate",
        version: "1.2.3",
        boot: 7,
        schema: schemaId,
        uptime: 60_000,
        reset: "power",
        rows: 1,
        readings: 2,
        gaps: 0,
        frames: 1,
        acked: 1,
        queued: 0,
        queuedBytes: 0,
        dropped: 0,
        connects: 1,
        resent: 0,
        errors: 0,
        settings: "ok",
        intervalSeconds: 60,
        epoch: EPOCH,
        sensors: [
            {
                part: "Sensirion SHT4x",
                address: 68,
                identity: "serial 0ea51234",
                errors: 0,
                lastError: "",
            },
        ],
    }
    return json({ ...status, ...fields })
}

/** A clock anchor of boot 7: at uptime 0 it was {@link EPOCH}. */
export function clockText(fields: Record<string, unknown> = {}): Buffer {
    const anchor = { v: 1, boot: 7, uptime: 0, unix: EPOCH, uncertainty: 20, rate: 0, drift: 0 }
    return json({ ...anchor, ...fields })
}

export function json(value: unknown): Buffer {
    return Buffer.from(JSON.stringify(value))
}

/** @param opener keys for sealed frames */
export function decoderBench(opener?: Opener) {
    const readings: Reading[] = []
    const problems: Malformed[] = []
    const states: NodeState[] = []
    const collector = new FrameCollector(
        {
            onReading: reading => readings.push(reading),
            onMalformed: problem => problems.push(problem),
            onState: (_origin, state) => states.push(state),
        },
        opener
    )
    const publish = (leaf: string, payload: Uint8Array, node = "n1") =>
        collector.accept(`suitcase/town/${node}/${leaf}`, payload)
    return { collector, readings, problems, states, publish }
}
