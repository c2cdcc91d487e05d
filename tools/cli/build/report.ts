/** What `suitcase build` shows: tables for people, one line of JSON for scripts. */
import Table from "cli-table3"
import { CODE_LIMIT_BYTES } from "../../../sim/linker/image.js"
import { type Board } from "../../../sim/program/boards.js"
import { placeOfPosition, type Program } from "../../../sim/program/program.js"
import { CLI_VERSION } from "../../../sim/vm/cli-package.js"
import { planMemory } from "../../../src/core/memory-plan.js"
import { line, type Terminal } from "../terminal.js"
import { bytes, count } from "../view/format.js"
import { type BoardTrial } from "./check.js"
import { type FlashWriter } from "./flash-writers.js"
import { folderSizes, type ImageSizes, type SectionSize } from "./image.js"
import { type StrappingPin } from "./strapping-pins.js"

const LARGEST = 10

/** What is known of an app once it is built and was booted. */
export interface Built {
    readonly name: string
    readonly program: Program
    readonly sizes: ImageSizes
    /** Those that the sizes are held against. */
    readonly boards: readonly Board[]
    readonly trials: readonly BoardTrial[]
    readonly writers: readonly FlashWriter[]
    readonly strappingPins: readonly StrappingPin[]
}

/** @param hasFiles whether every file is shown, not only the folders */
export function showBuilt(built: Built, hasFiles: boolean, terminal: Terminal): void {
    const { name, program, sizes, boards } = built
    const { out, colors } = terminal
    line(
        out,
        `${colors.bold(name)}: ${bytes(sizes.bytes)} of bytecode, DeviceScript ${CLI_VERSION}`
    )
    line(out, `${linkText(program, sizes)}\n`)
    const table = new Table({
        head: ["room on the board", "used", "of", "share"].map(title => colors.bold(title)),
        colAligns: ["left", "right", "right", "right"],
        style: { head: [], border: [], compact: true },
    })
    const share = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`
    for (const { id, architecture, programBytes } of boards)
        table.push([
            `${id} (${architecture})`,
            bytes(sizes.bytes),
            bytes(programBytes),
            share(sizes.bytes, programBytes),
        ])
    table.push([
        "code that the VM can reach",
        bytes(sizes.codeEnd),
        bytes(CODE_LIMIT_BYTES),
        share(sizes.codeEnd, CODE_LIMIT_BYTES),
    ])
    line(out, table.toString())
    line(out, `\n${sizeTable("code by source folder", folderRows(sizes, hasFiles), colors.bold)}`)
    line(out, `\n${sizeTable("section", sizes.sections, colors.bold)}`)
    line(out, `\n${sizeTable("largest function", sizes.functions.slice(0, LARGEST), colors.bold)}`)
    for (const text of trialLines(built.trials, terminal)) line(out, `\n${text}`)
    line(out, `\n${flashText(built.writers)}`)
}

function folderRows({ files }: ImageSizes, hasFiles: boolean): SectionSize[] {
    return folderSizes(files).flatMap(folder => [
        folder,
        ...(hasFiles
            ? folder.files.map(file => ({
                  name: `  ${file.name.slice(folder.name.length + 1)}`,
                  bytes: file.bytes,
              }))
            : []),
    ])
}

/** What the linker did, and what kept it from more. */
function linkText(program: Program, sizes: ImageSizes): string {
    const { linked, debug } = program
    if (linked === undefined) return "not linked: SUITCASE_LINKER=off"
    const lines = [
        `linked: code ${bytes(linked.compiledCodeEnd)} → ${bytes(sizes.codeEnd)}, ` +
            `functions ${count(linked.compiledFunctions)} → ${count(debug.functions.length)}`,
    ]
    for (const { function: of, position } of linked.computedNames) {
        const place = placeOfPosition(debug, position)
        const where = place === undefined ? of : `${of} (${place.file}:${place.line})`
        lines.push(
            `all methods are kept: ${where} reads a member whose name is computed, ` +
                "which could be any of them"
        )
    }
    return lines.join("\n")
}

/** Memory and parts, as the boots showed them. */
function trialLines(trials: readonly BoardTrial[], { colors }: Terminal): string[] {
    const ran = trials.filter(trial => trial.stop === undefined)
    const [one] = ran
    if (one === undefined) return []
    const table = new Table({
        head: ["memory in the first minute", "heap", "least free", "largest block"].map(title =>
            colors.bold(title)
        ),
        colAligns: ["left", "right", "right", "right"],
        style: { head: [], border: [], compact: true },
    })
    for (const { board, heapBytes, leastFreeBytes, leastBlockBytes } of ran)
        table.push([board.id, bytes(heapBytes), bytes(leastFreeBytes), bytes(leastBlockBytes)])
    const lines = [table.toString()]
    if (one.parts.length > 0) lines.push(stationText(one))
    if (one.unknownParts.length > 0)
        lines.push(`absent, for there is no model of it: ${one.unknownParts.join(", ")}`)
    return lines
}

function stationText({ parts, columns, heapBytes, store, outboxBytes }: BoardTrial): string {
    const { frameBytes } = planMemory(heapBytes, columns, parts.length)
    return (
        `parts: ${parts.join(", ")}; ${columns} channels\n` +
        `frames of up to ${bytes(frameBytes)} unless option frameBytes says otherwise, ` +
        `${bytes(outboxBytes)} for those\nthat wait for the network, ` +
        (store === undefined ? "in RAM: lost when the power goes" : `in ${store}`)
    )
}

/** Flash writes that the app itself can cause; docs/settings.md says why that matters. */
export function flashText(writers: readonly FlashWriter[]): string {
    if (writers.length === 0)
        return (
            "flash writes per day: 0 (no function that is reachable in this app can write " +
            "settings or networks)"
        )
    const lines = writers.map(writer => {
        const callers = writer.calledBy.length === 0 ? "" : `, from ${writer.calledBy.join(", ")}`
        return `  ${writer.does} in ${writer.function}${callers}`
    })
    return [
        "flash writes per day: not known, for these can write; a power cut during a write " +
            "can lose all settings and the program:",
        ...lines,
    ].join("\n")
}

function sizeTable(
    title: string,
    rows: readonly SectionSize[],
    bold: (text: string) => string
): string {
    const table = new Table({
        head: [bold(title), bold("size")],
        colAligns: ["left", "right"],
        colWidths: [64, 12],
        style: { head: [], border: [], compact: true },
    })
    for (const row of rows) table.push([row.name, bytes(row.bytes)])
    return table.toString()
}

/** @returns what `--json` prints, sizes in bytes */
export function builtAsJson(built: Built): object {
    const { name, program, sizes, boards, trials, writers } = built
    return {
        app: name,
        bytecodeBytes: sizes.bytes,
        codeEndBytes: sizes.codeEnd,
        codeLimitBytes: CODE_LIMIT_BYTES,
        compiledCodeEndBytes: program.linked?.compiledCodeEnd ?? null,
        sections: Object.fromEntries(sizes.sections.map(s => [s.name, s.bytes])),
        boards: boards.map(({ id, architecture, programBytes }) => ({
            board: id,
            architecture,
            programBytes,
        })),
        files: Object.fromEntries(sizes.files.map(s => [s.name, s.bytes])),
        functions: sizes.functions,
        boots: trials.map(({ board, ...trial }) => ({
            board: board.id,
            ...trial,
            stop: trial.stop ?? null,
            store: trial.store ?? null,
        })),
        flashWritesPerDay: writers.length === 0 ? 0 : null,
        flashWriters: writers,
        strappingPins: built.strappingPins,
    }
}
