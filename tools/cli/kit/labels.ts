/** `suitcase kit labels`: sheets of labels as a file to print. */
import { LABELS_ON_SHEET, labelSheet } from "../../kit/label-sheet.js"
import { replaceFile } from "../../receiver/journal/durable.js"
import { EXIT_OK, UsageError } from "../errors.js"
import { fileProblem } from "../file-problem.js"
import { line, type Terminal } from "../terminal.js"
import { counted } from "../view/format.js"
import { nodeCalled, openKit, type KitFlags } from "./open.js"

export interface LabelFlags extends KitFlags {
    readonly output: string
    readonly skip?: number
}

/** @param names of nodes; none: all of the file @returns the exit code @throws UsageError, KitError */
export async function makeLabels(
    names: readonly string[],
    flags: LabelFlags,
    terminal: Terminal
): Promise<number> {
    const kit = await openKit(flags.file)
    const nodes = names.length === 0 ? kit.nodes : names.map(name => nodeCalled(name, kit))
    const { output, skip = 0 } = flags
    await writePage(output, labelSheet(kit, nodes, { skip }))
    const sheets = Math.ceil((skip + nodes.length) / LABELS_ON_SHEET)
    const made = `${counted(nodes.length, "label")} on ${counted(sheets, "sheet")}`
    line(terminal.out, `${made}: open ${output} in a browser and print it at 100 %`)
    return EXIT_OK
}

/** A page without secrets, that others may read. @throws UsageError */
export async function writePage(file: string, text: string): Promise<void> {
    try {
        await replaceFile(file, [text], 0o644)
    } catch (e) {
        throw new UsageError(`${file}: ${fileProblem(e)}`)
    }
}
