/** `suitcase kit wiring`: a page for each node that shows where its wires go. */
import { mkdirSync } from "node:fs"
import path from "node:path"
import { kitBoards } from "../../boards/kit-boards.js"
import { nodeParts } from "../../kit/node-wiring.js"
import { wiringPage } from "../../kit/wiring-page.js"
import { EXIT_OK, UsageError } from "../errors.js"
import { fileProblem } from "../file-problem.js"
import { line, type Terminal } from "../terminal.js"
import { counted } from "../view/format.js"
import { writePage } from "./labels.js"
import { nodeCalled, openKit, type KitFlags } from "./open.js"

export interface WiringFlags extends KitFlags {
    readonly output: string
}

/** @param name of a node; undefined: all @returns the exit code @throws UsageError, KitError */
export async function makeWiring(
    name: string | undefined,
    flags: WiringFlags,
    terminal: Terminal
): Promise<number> {
    const kit = await openKit(flags.file)
    const nodes = name === undefined ? kit.nodes : [nodeCalled(name, kit)]
    const boards = new Map(kitBoards(kit.folder).map(board => [board.id, board]))
    const undrawn = nodes.filter(({ board }) => !boards.has(board.id))
    const reason = "has no drawing: its board file says not what is printed beside its pins ($card)"
    if (undrawn.length === nodes.length)
        throw new UsageError(`${undrawn[0].name} (${undrawn[0].board.id}) ${reason}`)
    try {
        mkdirSync(flags.output, { recursive: true })
    } catch (e) {
        throw new UsageError(`${flags.output}: ${fileProblem(e)}`)
    }
    for (const { name: without, board } of undrawn)
        line(terminal.err, `suitcase: ${without} (${board.id}) ${reason}`)
    let pages = 0
    for (const node of nodes) {
        const board = boards.get(node.board.id)
        if (board === undefined) continue
        const parts = await nodeParts(node, board, kit.language)
        const file = path.join(flags.output, `${node.name.replaceAll(":", "_")}.html`)
        await writePage(file, wiringPage(kit, node, board, parts))
        pages++
    }
    line(terminal.out, `${counted(pages, "page")} in ${flags.output}`)
    return EXIT_OK
}
