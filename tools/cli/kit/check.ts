/** `suitcase kit check`: the file as a whole, then each node's program on its board. */
import { KitError } from "../../kit/problem.js"
import { type Kit, type KitNode } from "../../kit/kit.js"
import { programOfNode } from "../apps.js"
import { checkOn, type BoardCheck } from "../build/check.js"
import { codeEnd } from "../../../sim/linker/check.js"
import { CODE_LIMIT_BYTES } from "../../../sim/linker/image.js"
import { EXIT_FAILED, EXIT_OK, EXIT_USAGE } from "../errors.js"
import { line, showing, type Terminal } from "../terminal.js"
import { bytes, counted } from "../view/format.js"
import { openKit } from "./open.js"

interface CheckFlags {
    readonly file?: string
    readonly quick?: true
    readonly json?: true
}

/** A node, and what was found of it; undefined where nothing was compiled. */
interface Checked {
    readonly node: KitNode
    readonly check: BoardCheck | undefined
}

/** @returns the exit code @throws KitError (without --json), UsageError */
export async function checkKit(flags: CheckFlags, terminal: Terminal): Promise<number> {
    let kit: Kit
    try {
        kit = await openKit(flags.file)
    } catch (e) {
        if (!(e instanceof KitError) || flags.json !== true) throw e
        const { file, problems } = e
        line(terminal.out, JSON.stringify({ file, problems, nodes: [] }))
        return EXIT_USAGE
    }
    const checked: Checked[] = []
    // Nodes with the same sensors on the same board have the same image.
    const known = new Map<string, BoardCheck>()
    for (const node of kit.nodes) {
        const check = flags.quick === true ? undefined : await checkNode(node, known, terminal)
        checked.push({ node, check })
        if (flags.json !== true) line(terminal.out, nodeLine(node, check, terminal))
    }
    if (flags.json === true)
        line(
            terminal.out,
            JSON.stringify({ file: kit.file, problems: [], nodes: checked.map(asJson) })
        )
    const failed = checked.filter(({ check }) => (check?.problems.length ?? 0) > 0).length
    if (flags.json !== true)
        line(
            terminal.out,
            failed > 0
                ? `${failed} of ${counted(kit.nodes.length, "node")} cannot run`
                : `${counted(kit.nodes.length, "node")}: all right`
        )
    return failed > 0 ? EXIT_FAILED : EXIT_OK
}

async function checkNode(
    node: KitNode,
    known: Map<string, BoardCheck>,
    terminal: Terminal
): Promise<BoardCheck> {
    const named = await programOfNode(node)
    const key = JSON.stringify([named.file, named.source, node.board.id])
    const earlier = known.get(key)
    if (earlier !== undefined) return earlier
    const check = await showing(`Building ${node.name} …`, terminal, () =>
        checkOn(node.board, named)
    )
    known.set(key, check)
    return check
}

function nodeLine(node: KitNode, check: BoardCheck | undefined, { colors }: Terminal): string {
    const start = `${node.name.padEnd(16)} ${node.board.id.padEnd(18)} `
    if (check === undefined) return `${start}${colors.green("ok")}`
    if (check.problems.length > 0 || check.program === undefined)
        return `${start}${colors.red(check.problems.join("; "))}`
    const { program, trial } = check
    const share = ((100 * codeEnd(program.bytecode)) / CODE_LIMIT_BYTES).toFixed(0)
    const heap = trial === undefined ? "" : `, heap left ${bytes(trial.leastFreeBytes)}`
    return `${start}${colors.green("ok")}  code ${share} %${heap}`
}

function asJson({ node, check }: Checked): object {
    const { name, site, kit, board } = node
    return {
        node: name,
        site,
        kit,
        board: board.id,
        problems: check?.problems ?? [],
        bytecodeBytes: check?.program?.bytecode.length ?? null,
        codeEndBytes: check?.program === undefined ? null : codeEnd(check.program.bytecode),
        codeLimitBytes: CODE_LIMIT_BYTES,
        heapBytes: check?.trial?.heapBytes ?? null,
        leastFreeBytes: check?.trial?.leastFreeBytes ?? null,
        leastBlockBytes: check?.trial?.leastBlockBytes ?? null,
        outboxBytes: check?.trial?.outboxBytes ?? null,
        channels: check?.trial?.columns ?? null,
    }
}
