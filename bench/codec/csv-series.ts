/** Any CSV file as a recording: the integers that `suitcase pack` makes of it. */
import { readdirSync, statSync } from "node:fs"
import path from "node:path"
import { Readable } from "node:stream"
import { decodeFrame, type DecodedFrame } from "../../src/core/frame/decoder.js"
import { isGap } from "../../src/core/quality.js"
import { openCsv } from "../../tools/cli/csv/source.js"
import { ContainerReader } from "../../tools/cli/pack/container.js"
import { packCsv } from "../../tools/cli/pack/pack.js"
import { StreamSource } from "../../tools/cli/pack/pack-source.js"
import { type Series, type Table } from "../../tools/scripts/codec/traces.js"

/** The CSV files that a path means: one, or all of a folder. */
export function csvFiles(where: string): string[] {
    if (!statSync(where).isDirectory()) return [where]
    return readdirSync(where)
        .filter(name => name.endsWith(".csv"))
        .sort()
        .map(name => path.join(where, name))
}

/** @throws Error naming what `suitcase pack` finds wrong with the file */
export async function csvSeries(file: string): Promise<Series> {
    const { signal } = new AbortController()
    const source = await openCsv(file, Readable.from([]), signal)
    const pieces: Uint8Array[] = []
    const { perChannel, readings, tickMs } = await packCsv(
        source,
        {
            ...{ steps: [], skip: [], round: false, sort: true, reading: {}, costs: false },
            ...{ rows: 1000, bytes: undefined, onProgress: () => undefined, signal },
        },
        { write: bytes => pieces.push(Uint8Array.from(bytes)) }
    ).finally(() => source.close())
    const channelNames = perChannel.map(({ name }) => name)
    return {
        name: path.basename(file, ".csv"),
        channelNames,
        ticksPerSecond: 1000 / tickMs,
        tables: [tableOf(await framesOf(pieces), channelNames.length)],
        readings,
    }
}

async function framesOf(pieces: readonly Uint8Array[]): Promise<DecodedFrame[]> {
    const container = new ContainerReader(new StreamSource(Readable.from(pieces)))
    await container.open()
    const frames: DecodedFrame[] = []
    for (;;) {
        const record = await container.next()
        if (record.type === "end") return frames
        if (record.type === "frame") frames.push(decodeFrame(record.payload))
    }
}

/** @param channels without that of times finer than 1 ms, which no peer is charged for either */
function tableOf(frames: readonly DecodedFrame[], channels: number): Table {
    const rows = frames.reduce((sum, frame) => sum + frame.rows, 0)
    const times = new Float64Array(rows)
    const values = new Int32Array(rows * channels)
    const gaps = new Uint8Array(rows * channels)
    let at = 0
    for (const frame of frames)
        for (let row = 0; row < frame.rows; row++, at++) {
            times[at] = frame.times[row]
            for (let c = 0; c < channels; c++) {
                const cell = row * frame.channels + c
                values[at * channels + c] = frame.values[cell]
                gaps[at * channels + c] = isGap(frame.qualities[cell]) ? 1 : 0
            }
        }
    return { device: "", rows, channels, times, values, gaps }
}
