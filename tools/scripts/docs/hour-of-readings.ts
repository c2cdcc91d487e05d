/**
 * One hour of readings of one node, in every form in which `suitcase listen` gives them: what is in
 * docs/hour, and what the test of docs/data.md compares it with.
 */
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { CRC16_START, crc16 } from "../../../src/core/crc.js"
import { FrameEncoder } from "../../../src/core/frame/encoder.js"
import { QUALITY_ABSENT, QUALITY_OK, QUALITY_WARMING_UP } from "../../../src/core/quality.js"
import { schemaText } from "../../../src/core/schema.js"
import {
    co2Channel,
    humidityChannel,
    temperatureChannel,
} from "../../../src/drivers/shared/channels.js"
import { NodeMetrics } from "../../cli/listen/metrics/node-metrics.js"
import { rowTexts } from "../../cli/listen/republish/row-text.js"
import { FrameCollector } from "../../decoder/index.js"
import { FORMATS, folderSink, type DeliveredFrame, type Places } from "../../receiver/index.js"

export const HOUR_FOLDER = "docs/hour"

const START = Date.parse("2026-01-15T08:00:00Z")
const STEP_S = 600
const PLACES: Places = new Map([
    [
        "town/hall-3",
        { coordinates: [10.21, 56.15], name: "Hall 3", type: "IndoorEnvironmentObserved" },
    ],
])
const schema = Buffer.from(
    schemaText("indoor-climate", 1000, [
        { channel: temperatureChannel("", -4500, 13000), part: "Sensirion SHT4x" },
        { channel: humidityChannel(""), part: "Sensirion SHT4x" },
        {
            channel: co2Channel("", 0, 40000),
            part: "Sensirion SCD4x",
            calibration: 2774913520,
        },
    ])
)

type Cell = readonly [integer: number, quality: number]
const ok = (integer: number): Cell => [integer, QUALITY_OK]
/** Two frames, in 0.01 °C, 0.01 % RH and ppm. */
const FRAMES: readonly (readonly (readonly Cell[])[])[] = [
    [
        [ok(1987), ok(4412), [512, QUALITY_WARMING_UP]],
        [ok(2004), ok(4398), ok(634)],
        [ok(2023), ok(4371), ok(688)],
    ],
    [
        [ok(2041), ok(4350), [0, QUALITY_ABSENT]],
        [ok(-5), ok(4402), ok(741)],
        [ok(2012), ok(4420), ok(702)],
    ],
]

/** What a listener made of the hour. */
function hourOfFrames(): { frames: DeliveredFrame[]; metrics: string } {
    const frames: DeliveredFrame[] = []
    const end = START + 3_600_000
    const shown = new NodeMetrics(3_600_000, () => end)
    const collector = new FrameCollector({
        onFrame: frame => {
            frames.push({ ...frame, arrivedMs: end })
            shown.add(frame)
        },
    })
    shown.collector = collector
    const say = (leaf: string, payload: Uint8Array) =>
        collector.accept(`suitcase/town/hall-3/${leaf}`, payload)
    say("schema", schema)
    const anchor = { v: 1, boot: 7, uptime: 0, unix: START, uncertainty: 40, rate: 0, drift: 0 }
    say("clock", Buffer.from(JSON.stringify(anchor)))
    FRAMES.forEach((rows, sequence) => {
        const buffer = Buffer.alloc(400)
        const id = crc16(schema, 0, schema.length, CRC16_START)
        const encoder = new FrameEncoder(buffer, rows[0].length, id)
        encoder.begin(7, sequence, true)
        rows.forEach((row, i) =>
            encoder.add(
                START / 1000 + STEP_S * (rows.length * sequence + i),
                row.map(([integer]) => integer),
                row.map(([, quality]) => quality)
            )
        )
        say("frame", buffer.subarray(0, encoder.finish()))
    })
    return { frames, metrics: shown.text() }
}

/** Files by their path within {@link HOUR_FOLDER}; those of Parquet are no text and not among them. */
export async function hourFiles(): Promise<Map<string, string>> {
    const { frames, metrics } = hourOfFrames()
    const folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-hour-"))
    try {
        for (const format of FORMATS) {
            if (format === "parquet") continue
            const sink = folderSink(format, folder, PLACES)
            await sink.open(undefined)
            await sink.write(frames)
            await sink.commit()
            await sink.close()
        }
        const files = new Map<string, string>([
            ["metrics.txt", metrics],
            [
                "republished.ndjson",
                frames
                    .flatMap(rowTexts)
                    .map(row => `${row}\n`)
                    .join(""),
            ],
        ])
        for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
            const file = path.join(folder, name)
            if (statSync(file).isFile())
                files.set(name.split(path.sep).join("/"), readFileSync(file, "utf8"))
        }
        return files
    } finally {
        rmSync(folder, { recursive: true })
    }
}
