/**
 * `npm run bench:scale [-- --processes 1,2] [--frames N] [--runs N]`: how many readings that wait at a real
 * NATS server several `suitcase listen` write into files together.
 */
import { Command } from "commander"
import Table from "cli-table3"
import { hasProgram } from "../../tests/support/debian-programs.js"
import { measureShared, type Measured } from "./measure.js"

interface Flags {
    readonly processes: string
    readonly frames: string
    readonly runs: string
}

const flags = new Command("bench:scale")
    .option("--processes <list>", "how many at a time", "1,2")
    .option("--frames <n>", "frames of 60 readings", "24000")
    .option("--runs <n>", "runs, of which the fastest counts: what else runs only takes away", "3")
    .parse()
    .opts<Flags>()

if (!hasProgram("nats-server")) {
    console.error("bench: nats-server is not installed")
    process.exit(2)
}
const rows: Measured[] = []
for (const processes of flags.processes.split(",").map(Number)) {
    const runs: Measured[] = []
    for (let i = 0; i < Number(flags.runs); i++) {
        const measured = await measureShared(processes, Number(flags.frames))
        console.error(`${processes}: ${measured.seconds.toFixed(1)} s`)
        runs.push(measured)
    }
    runs.sort((a, b) => a.seconds - b.seconds)
    rows.push(runs[0])
}
const table = new Table({
    head: [
        "processes",
        "readings",
        "s",
        "readings/s",
        "frames/s",
        "to one",
        "CPU s",
        "server CPU s",
    ],
    style: { head: [], border: [] },
    colAligns: Array.from({ length: 8 }, () => "right" as const),
})
const [first] = rows
for (const row of rows) {
    const perSecond = row.readings / row.seconds
    table.push([
        row.processes,
        row.readings.toLocaleString("en"),
        row.seconds.toFixed(1),
        Math.round(perSecond).toLocaleString("en"),
        Math.round(row.frames / row.seconds).toLocaleString("en"),
        (perSecond / (first.readings / first.seconds)).toFixed(2),
        row.cpuSeconds.toFixed(1),
        row.serverCpuSeconds.toFixed(1),
    ])
}
console.log(table.toString())
console.log(
    `${first.storedBytesPerFrame.toFixed(0)} B at the server for each frame that waits, ` +
        `${first.fileBytesPerReading.toFixed(0)} B of NDJSON for each reading`
)
