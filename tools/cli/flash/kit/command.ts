/** What `suitcase flash --kit` was asked for: checks it, then lists or writes. */
import { select, isCancel } from "@clack/prompts"
import { UsageError } from "../../errors.js"
import { Interrupted } from "../../interrupt.js"
import { nodeCalled } from "../../kit/open.js"
import { line, type Terminal } from "../../terminal.js"
import { Journal } from "../../settings/journal.js"
import { StoreCopies } from "../copies.js"
import { Runtimes, type RuntimeFlags } from "../runtimes/runtimes.js"
import { tellWifi } from "../wifi-words.js"
import { SystemFinder } from "./finder.js"
import { FlashedFile } from "./flashed-file.js"
import { jobsOf, nodesOf, theKit } from "./plan.js"
import { KitQueue, type NodeJob } from "./queue.js"
import { flashKit } from "./run.js"
import { jobText, tellStatus } from "./words.js"

export interface KitCommandFlags extends RuntimeFlags {
    readonly kit?: string | true
    readonly status?: true
    readonly replace: readonly string[]
    /** false: none are wanted. */
    readonly labels: string | false
    readonly port: readonly string[]
    readonly drive?: string
    readonly baud?: number
    /** false: readings are not waited for. */
    readonly wait?: number | false
    /** Longest wait for readings, ms. */
    readonly readings?: number
    /** Folder of the journal of `suitcase settings`. */
    readonly journal: string
    readonly copies: string
    readonly json?: true
}

/** How long a script waits for the next board, ms; a person may take the time that it takes. */
const WAIT_MS = 60_000

/** @returns the exit code @throws UsageError, KitError, CompileError, ImageError, StoreError */
export async function flashAll(flags: KitCommandFlags, terminal: Terminal): Promise<number> {
    const warn = (text: string) => line(terminal.err, `suitcase: ${text}`)
    const kit = await theKit()
    const nodes = nodesOf(kit, flags.kit ?? true)
    const replaced = new Set(flags.replace.map(name => nodeCalled(name, kit).name))
    for (const name of replaced)
        if (!nodes.some(node => node.name === name))
            throw new UsageError(`${name} is none of the nodes of ${String(flags.kit)}`)
    const runtimes = new Runtimes(flags, text => line(terminal.out, text))
    const jobs = await jobsOf(nodes, { runtimes, warn }, terminal)
    const file = await FlashedFile.read(kit.folder, warn)
    const queue = new KitQueue(jobs, kit.nodes, file, replaced)
    if (flags.status === true) return tellStatus(queue, file, flags, terminal)
    const plans = jobs.map(({ plan }) => plan)
    tellWifi(plans, terminal)
    const { port: ports, wait: waiting, baud, drive, labels, json } = flags
    const wait = waiting === false ? undefined : waiting
    const finder = new SystemFinder({
        ports,
        waitMs: wait ?? (terminal.isLive ? Infinity : WAIT_MS),
        ...(baud === undefined ? {} : { baud }),
        ...(drive === undefined ? {} : { drive }),
    })
    const copies = new StoreCopies(flags.copies)
    const afterwards = {
        journal: new Journal(flags.journal),
        waitMs: waiting !== false && flags.readings,
    }
    return await flashKit(
        {
            kit,
            queue,
            file,
            finder,
            copies,
            afterwards,
            terminal,
            ...(terminal.keys ? { ask: askWhich } : {}),
        },
        {
            labels: labels === false ? "" : labels,
            ...(json === undefined ? {} : { json }),
        }
    )
}

/** @throws Interrupted on Ctrl-C */
async function askWhich(jobs: readonly NodeJob[]): Promise<NodeJob> {
    const options = jobs.map(job => ({ value: job, label: jobText(job) }))
    const answer = await select<NodeJob>({ message: "Which node is this board for?", options })
    if (isCancel(answer)) throw new Interrupted()
    return answer
}
