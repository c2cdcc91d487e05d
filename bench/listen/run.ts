/**
 * `npm run bench:listen [-- --json] [--frames N]`: what one `suitcase listen` takes for the
 * readings that wait at a real Mosquitto, into files and into a pipe, beside a consumer of the
 * same readings as one JSON message per row; and its memory with 10,000 nodes.
 */
import { Command } from "commander"
import Table from "cli-table3"
import { hasProgram } from "../../tests/support/debian-programs.js"
import { measureJson, measureListen, type Measured } from "./measure.js"

/** For small computers: docs/receiving.md. */
const SMALL_HEAP = ["--max-semi-space-size=4", "--max-old-space-size=100"]

interface Flags {
    readonly json?: true
    readonly frames: string
}

const flags = new Command("bench:listen")
    .option("--json", "print the figures as JSON")
    .option("--frames <n>", "frames of 60 readings", "12000")
    .parse()
    .opts<Flags>()

if (!hasProgram("mosquitto")) {
    console.error("bench: mosquitto is not installed")
    process.exit(2)
}
const frames = Number(flags.frames)
const results: Measured[] = []
for (const measure of [
    () => measureListen("listen, NDJSON files", { frames, nodes: 100, to: "files" }),
    () => measureListen("listen, stdout", { frames, nodes: 100, to: "stdout" }),
    () => measureListen("listen, 10,000 nodes", { frames: 2 * frames, nodes: 10_000, to: "files" }),
    () =>
        measureListen("the same, small heap", {
            frames: 2 * frames,
            nodes: 10_000,
            to: "files",
            node: SMALL_HEAP,
        }),
    () => measureJson("JSON per row, file", { frames, nodes: 100 }),
]) {
    const measured = await measure()
    results.push(measured)
    if (flags.json !== true) console.error(`${measured.name}: ${measured.wallSeconds.toFixed(1)} s`)
}
if (flags.json === true) console.log(JSON.stringify(results, null, 2))
else {
    const json = results.at(-1) as Measured
    const perCpu = ({ readings, cpuSeconds }: Measured) => readings / cpuSeconds
    const table = new Table({
        head: ["", "readings", "s", "readings/s", "CPU s", "readings/CPU s", "to JSON", "MB"],
        colAligns: ["left", "right", "right", "right", "right", "right", "right", "right"],
    })
    for (const result of results)
        table.push([
            result.name,
            result.readings.toLocaleString("en"),
            result.wallSeconds.toFixed(1),
            Math.round(result.readings / result.wallSeconds).toLocaleString("en"),
            result.cpuSeconds.toFixed(1),
            Math.round(perCpu(result)).toLocaleString("en"),
            (perCpu(result) / perCpu(json)).toFixed(2),
            Math.round(result.memoryMb),
        ])
    console.log(table.toString())
}
