/**
 * `npm run bench:codec [-- --traces FOLDER] [--csv FILE|FOLDER] [--rows 60,120,480]`: bits
 * per reading of this project's frames and of every peer, for every recording.
 *
 * Ours are real frames of the real encoder, envelope included. The statistics
 * they start from were trained without the recording that is measured: the
 * tables in folds.json, made by train.ts, each leave one fold of the recordings
 * out. What the shipped table gives is printed beside, marked as not honest.
 *
 * With --csv the recordings are any tables that `suitcase pack` reads, in the steps that it finds.
 * The training has never seen them, so ours starts from the shipped table.
 */
import { existsSync, readFileSync } from "node:fs"
import path from "node:path"
import { PEERS, dictionaryOf, initPeers, zstdWith, type Dictionary } from "./peers.js"
import { csvFiles, csvSeries } from "./csv-series.js"
import { ENVELOPE_BYTES, OWN_ENVELOPE_BYTES, blockOf, slices } from "./frames.js"
import { frameBytes } from "./ours.js"
import { readFolds } from "../../tools/scripts/codec/folds.js"
import { TRACES, loadSeries, tracesFolder, type Series } from "../../tools/scripts/codec/traces.js"

interface Line {
    readonly series: string
    readonly rows: number
    readonly ours: number
    readonly shipped: number
    readonly peers: Readonly<Record<string, number>>
    readonly best: string
    readonly ratio: number
    /** The same, with an envelope of the peers as short as ours. */
    readonly ratioOfRows: number
}

function option(name: string, fallback: string): string {
    const at = process.argv.indexOf(`--${name}`)
    return at < 0 ? fallback : (process.argv[at + 1] ?? fallback)
}

/** Peers whose name says that they know other recordings. */
const DICTIONARY_PEER = "zstd-dictionary"
/** Frames of each recording that a dictionary is made of. */
const SAMPLES = 8

/** What zstd may know: frames of the other recordings, from all over them. */
function dictionaryWithout(left: Series, all: readonly Series[], rows: number): Dictionary {
    return dictionaryOf(
        all
            .filter(series => series !== left)
            .map(series => {
                const whole = [...slices(series, rows)]
                const step = Math.max(1, Math.floor(whole.length / SAMPLES))
                return whole.filter((_, i) => i % step === 0).map(slice => blockOf(slice, false))
            })
    )
}

/** @param prior statistics that have not seen the series; undefined: the shipped ones */
function measure(
    series: Series,
    rows: number,
    prior: Uint8Array | undefined,
    all: readonly Series[]
): Line {
    const bits = (bytes: number) => (bytes * 8) / series.readings
    let ours = 0
    let shipped = 0
    let frames = 0
    const totals: Record<string, number> = {}
    const dictionary = zstdWith(dictionaryWithout(series, all, rows))
    const peersHere = { ...PEERS, [DICTIONARY_PEER]: dictionary }
    for (const slice of slices(series, rows)) {
        frames++
        ours += frameBytes(slice, prior)
        shipped += frameBytes(slice)
        const block = blockOf(slice, false)
        for (const [name, size] of Object.entries(peersHere))
            totals[name] = (totals[name] ?? 0) + size(block) + block.gapBytes + ENVELOPE_BYTES
    }
    const peers = Object.fromEntries(Object.entries(totals).map(([n, b]) => [n, bits(b)]))
    const best = Object.keys(peers).reduce((a, b) =>
        (peers[b] ?? Infinity) < (peers[a] ?? Infinity) ? b : a
    )
    const ratio = bits(ours) / (peers[best] ?? NaN)
    // Whichever peer is the best one, it stays so: all lose the same.
    const shorter = bits(frames * (ENVELOPE_BYTES - OWN_ENVELOPE_BYTES))
    const ratioOfRows = bits(ours) / ((peers[best] ?? NaN) - shorter)
    return {
        series: series.name,
        rows,
        ours: bits(ours),
        shipped: bits(shipped),
        peers,
        best,
        ratio,
        ratioOfRows,
    }
}

function table(lines: readonly Line[]): string {
    const names = [...Object.keys(PEERS), DICTIONARY_PEER]
    const head = ["recording", "ours", ...names, "best peer", "ours ÷ best", "both 10 B"]
    const body = lines.map(line => [
        line.series,
        line.ours.toFixed(2),
        ...names.map(name => (line.peers[name] ?? NaN).toFixed(2)),
        line.best,
        line.ratio.toFixed(3),
        line.ratioOfRows.toFixed(3),
    ])
    const rule = head.map((_, i) => (i === 0 ? "---" : "---:"))
    return [head, rule, ...body].map(cells => `| ${cells.join(" | ")} |`).join("\n")
}

function geometricMean(ratios: readonly number[]): number {
    return Math.exp(ratios.reduce((sum, r) => sum + Math.log(r), 0) / ratios.length)
}

function worstOf(lines: readonly Line[], ratio: (line: Line) => number): string {
    const worst = lines.reduce((a, b) => (ratio(b) > ratio(a) ? b : a))
    return `${ratio(worst).toFixed(3)} (${worst.series})`
}

/** @param priorFor statistics that have not seen a series; undefined: the shipped ones */
function report(
    series: readonly Series[],
    others: readonly Series[],
    priorFor: (series: Series) => Uint8Array | undefined
): void {
    for (const rows of option("rows", "60,120,480").split(",").map(Number)) {
        const lines = series.map(s => measure(s, rows, priorFor(s), others))
        const mean = (ratio: (line: Line) => number) => geometricMean(lines.map(ratio)).toFixed(3)
        const shipped = mean(line => line.shipped / (line.peers[line.best] ?? NaN))
        console.log(`\n## ${rows} rows per frame, bits per reading\n\n${table(lines)}\n`)
        console.log(
            `ours ÷ best peer, geometric mean and worst, with ${ENVELOPE_BYTES} B of envelope for the peers: ` +
                `${mean(line => line.ratio)}, ${worstOf(lines, line => line.ratio)}; ` +
                `with ${OWN_ENVELOPE_BYTES} B, as ours: ` +
                `${mean(line => line.ratioOfRows)}, ${worstOf(lines, line => line.ratioOfRows)}` +
                (priorFor(series[0]) === undefined
                    ? ""
                    : `; with the shipped table, trained on all recordings: ${shipped}`)
        )
    }
}

await initPeers()
const folder = tracesFolder()
const specs = TRACES.filter(spec => existsSync(path.join(folder, `${spec.file}.csv`)))
const recordings = specs.map(spec => loadSeries(folder, spec))
const csv = option("csv", "")
if (csv !== "") {
    const found: Series[] = []
    for (const file of existsSync(csv) ? csvFiles(csv) : [])
        try {
            found.push(await csvSeries(file))
        } catch (e) {
            console.error(`bench: left out: ${e instanceof Error ? e.message : String(e)}`)
        }
    if (found.length === 0) {
        console.error(`bench: there is no table in ${csv} that suitcase pack reads without options`)
        process.exit(2)
    }
    console.log(
        "Ours starts from the shipped statistics. They were trained on the recordings of " +
            "docs/benchmarks.md, so a table that is one of those is flattered; any other was never seen."
    )
    report(found, recordings, () => undefined)
} else if (recordings.length === 0) {
    console.error(
        `bench: none of the recordings is in ${folder}; give their folder with --traces, ` +
            "or tables of your own with --csv"
    )
    process.exit(2)
} else {
    const folds = readFolds(
        readFileSync(new URL("../../tools/scripts/codec/folds.json", import.meta.url), "utf8")
    )
    report(recordings, recordings, series => folds.priorWithout(series.name))
}
