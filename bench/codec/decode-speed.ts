/**
 * `npm run bench:decode`: readings per second of the decoder on one core, beside
 * JSON.parse of the same readings in the same run. The ratio is what counts:
 * machines differ.
 */
import { decodeFrame } from "../../src/core/frame/decoder.js"
import { FrameEncoder } from "../../src/core/frame/encoder.js"
import { slices } from "./frames.js"
import { TRACES, loadSeries, tracesFolder } from "../../tools/scripts/codec/traces.js"

const ROWS = 120
const MIN_MS = 1000
const folder = tracesFolder()
const names = ["hast_node2_lora_21s", "smartcitizen_sck21_30s", "noise_laeq_1s"]

/** Runs the action over and over for a second. @returns readings per second */
function rate(readings: number, action: () => void): number {
    action()
    let rounds = 0
    const start = performance.now()
    while (performance.now() - start < MIN_MS) {
        action()
        rounds++
    }
    return (readings * rounds * 1000) / (performance.now() - start)
}

console.log("recording                        frames        JSON.parse     ratio")
for (const name of names) {
    const spec = TRACES.find(t => t.file === name)
    if (spec === undefined) throw new Error(`no recording ${name}`)
    const series = loadSeries(folder, spec)
    const frames: Uint8Array[] = []
    const texts: string[] = []
    const buffer = new Uint8Array(1 << 18)
    let readings = 0
    for (const { table, from, to } of slices(series, ROWS)) {
        const encoder = new FrameEncoder(buffer, table.channels, 1)
        encoder.begin(1, 1, true)
        const rows: number[][] = []
        for (let r = from; r < to; r++) {
            const row = Array.from(
                table.values.subarray(r * table.channels, (r + 1) * table.channels)
            )
            encoder.add(1_700_000_000 + 60 * r, row, new Array<number>(table.channels).fill(0))
            rows.push(row)
            readings += table.channels
        }
        frames.push(buffer.slice(0, encoder.finish()))
        texts.push(JSON.stringify(rows))
    }
    const ours = rate(readings, () => frames.forEach(frame => decodeFrame(frame)))
    const json = rate(readings, () => texts.forEach(text => void JSON.parse(text)))
    const millions = (perSecond: number) => `${(perSecond / 1e6).toFixed(2)} M/s`
    console.log(
        `${name.padEnd(32)} ${millions(ours).padStart(10)}  ${millions(json).padStart(14)}  ${(ours / json).toFixed(2).padStart(8)}`
    )
}
