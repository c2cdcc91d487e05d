/** `suitcase bundle`: everything that boards hold, a file each, for other tools and for places without a network. */
import { readFileSync } from "node:fs"
import { mkdir } from "node:fs/promises"
import path from "node:path"
import { fileURLToPath } from "node:url"
import { labelSheet } from "../../kit/label-sheet.js"
import { type KitNode } from "../../kit/kit.js"
import { replaceFile } from "../../receiver/journal/durable.js"
import { programCalled, projectKit } from "../apps.js"
import { EXIT_OK, UsageError } from "../errors.js"
import { fileProblem } from "../file-problem.js"
import { bundleOf, planOf, type FlashPlan, type PlanFlags } from "../flash/plan.js"
import { writePage } from "../kit/labels.js"
import { line, showing, type Terminal } from "../terminal.js"
import { counted } from "../view/format.js"

const NOTICE = fileURLToPath(new URL("NOTICE.txt", import.meta.url))

export interface BundleFlags extends Omit<PlanFlags, "warn"> {
    /** Folder. */
    readonly output: string
    readonly json?: true
}

/** A file that holds all of a board. */
interface Bundle {
    readonly file: string
    readonly bytes: Uint8Array
    /** How to write it. */
    readonly howTo: string
}

/**
 * All is made before the first file is written; each appears whole or not at all.
 *
 * @param names of nodes, or of programs; none: all nodes of the kit file
 * @returns the exit code @throws UsageError, KitError, CompileError, ImageError, StoreError
 */
export async function makeBundles(
    names: readonly string[],
    flags: BundleFlags,
    terminal: Terminal
): Promise<number> {
    const warn = (text: string) => line(terminal.err, `suitcase: ${text}`)
    const kit = await projectKit()
    const wanted = names.length > 0 ? names : (kit?.nodes.map(({ name }) => name) ?? [])
    if (wanted.length === 0)
        throw new UsageError("name a program: there is no suitcase.yaml with nodes here")
    const bundles: Bundle[] = []
    const nodes: KitNode[] = []
    for (const name of wanted) {
        const named = await programCalled(name)
        if (named.node !== undefined) nodes.push(named.node)
        const plan = await showing(`Compiling ${name} …`, terminal, () =>
            planOf(named, { ...flags, warn })
        )
        bundles.push(bundled(plan, fileName(named.node?.name ?? named.name)))
    }
    const { output, json } = flags
    await write(output, bundles)
    if (kit !== undefined && nodes.length > 0)
        await writePage(path.join(output, "labels.html"), labelSheet(kit, nodes))
    if (json === true) {
        const files = bundles.map(({ file }) => path.join(output, file))
        line(terminal.out, JSON.stringify({ files }))
    } else {
        for (const { howTo } of bundles) line(terminal.out, howTo)
        line(
            terminal.out,
            `${counted(bundles.length, "file")} in ${output}, with HOW-TO.txt and NOTICE.txt, which goes with them. They hold passwords: keep them as such.`
        )
    }
    return EXIT_OK
}

function bundled(plan: FlashPlan, name: string): Bundle {
    const { bytes, extension, offset } = bundleOf(plan)
    const file = `${name}.${extension}`
    const at = `0x${offset.toString(16)}`
    const howTo =
        extension === "uf2"
            ? `${file}: copy it to the drive RPI-RP2`
            : `${file}: write it at ${at}, for example: esptool.py write_flash ${at} ${file}`
    return { file, bytes, howTo }
}

/** Windows takes no colon. */
function fileName(name: string): string {
    return path.basename(name).replaceAll(":", "_")
}

/** @throws UsageError */
async function write(folder: string, bundles: readonly Bundle[]): Promise<void> {
    const howTo = bundles.map(bundle => `${bundle.howTo}\n`)
    try {
        await mkdir(folder, { recursive: true })
        for (const { file, bytes } of bundles) await replaceFile(path.join(folder, file), [bytes])
        await replaceFile(path.join(folder, "HOW-TO.txt"), howTo, 0o644)
        await replaceFile(path.join(folder, "NOTICE.txt"), [readFileSync(NOTICE)], 0o644)
    } catch (e) {
        throw new UsageError(`${folder}: ${fileProblem(e)}`)
    }
}
