/**
 * `npm run test:times`: what each folder of tests costs, in CPU seconds, which
 * other work of the machine hardly changes, and the files that cost most.
 */
import path from "node:path"
import type { Reporter, TestModule } from "vitest/node"
import { usage } from "./usage.js"

const SLOWEST = 15

interface Row {
    readonly name: string
    readonly files: number
    readonly tests: number
    readonly cpuSeconds: number
    readonly childSeconds: number
}

export default class TimesReporter implements Reporter {
    private readonly start = performance.now()

    onTestRunEnd(modules: readonly TestModule[]): void {
        const files = modules.map(rowOf)
        const total = summed("all", files)
        const realSeconds = (performance.now() - this.start) / 1000
        const out = [
            "",
            table("folder", byCost(folders(files)).concat(total)),
            "",
            table("file", byCost(files).slice(0, SLOWEST)),
            "",
            `${realSeconds.toFixed(0)} s of real time, ` +
                `${(costOf(total) + usage().cpuSeconds).toFixed(0)} s of CPU time ` +
                `(${usage().cpuSeconds.toFixed(0)} s of them to find, read and hand out the files), ` +
                `${(memoryOf(modules) / 1e6).toFixed(0)} MB at most`,
            "",
        ]
        process.stdout.write(out.join("\n"))
    }
}

function rowOf(module: TestModule): Row {
    const cost = module.meta().cost
    return {
        name: path.relative(module.project.config.root, module.moduleId).replaceAll("\\", "/"),
        files: 1,
        tests: [...module.children.allTests()].length,
        cpuSeconds: cost?.cpuSeconds ?? 0,
        childSeconds: cost?.childSeconds ?? 0,
    }
}

/** "src/drivers", "tests/reliability", "tests". */
function folders(files: readonly Row[]): Row[] {
    const groups = new Map<string, Row[]>()
    for (const row of files) {
        const folder = path.posix.dirname(row.name).split("/").slice(0, 2).join("/")
        groups.set(folder, [...(groups.get(folder) ?? []), row])
    }
    return [...groups].map(([folder, rows]) => summed(folder, rows))
}

function summed(name: string, rows: readonly Row[]): Row {
    const sum = (key: "files" | "tests" | "cpuSeconds" | "childSeconds") =>
        rows.reduce((total, row) => total + row[key], 0)
    return {
        name,
        files: sum("files"),
        tests: sum("tests"),
        cpuSeconds: sum("cpuSeconds"),
        childSeconds: sum("childSeconds"),
    }
}

function costOf({ cpuSeconds, childSeconds }: Row): number {
    return cpuSeconds + childSeconds
}

function byCost(rows: readonly Row[]): Row[] {
    return [...rows].sort((a, b) => costOf(b) - costOf(a))
}

function table(what: string, rows: readonly Row[]): string {
    const width = Math.max(what.length, ...rows.map(({ name }) => name.length))
    const line = (...cells: readonly string[]) =>
        cells.map((cell, i) => (i === 0 ? cell.padEnd(width) : cell.padStart(12))).join(" ")
    return [
        line(what, "files", "tests", "CPU s", "in children"),
        ...rows.map(row =>
            line(
                row.name,
                `${row.files}`,
                `${row.tests}`,
                costOf(row).toFixed(1),
                row.childSeconds.toFixed(1)
            )
        ),
    ].join("\n")
}

/** Of all workers and this process, each at its peak, B. */
function memoryOf(modules: readonly TestModule[]): number {
    const peaks = new Map<number, number>()
    for (const module of modules) {
        const cost = module.meta().cost
        if (cost === undefined) continue
        peaks.set(cost.worker, Math.max(peaks.get(cost.worker) ?? 0, cost.memoryBytes))
    }
    return [...peaks.values()].reduce((sum, bytes) => sum + bytes, usage().memoryBytes)
}
