/** What is said of nodes and boards while a suitcase is written. */
import Table from "cli-table3"
import { EXIT_FAILED, EXIT_OK } from "../../errors.js"
import { kitBoards } from "../../../boards/kit-boards.js"
import { line, type Terminal } from "../../terminal.js"
import { type FlashedFile } from "./flashed-file.js"
import { chipOf, type KitQueue, type NodeJob, type Standing } from "./queue.js"

/** "hall (townhall / suitcase-1), a Suitcase QT Py ESP32-C3" */
export function jobText({ node, plan }: NodeJob): string {
    return `${node.name} (${node.site} / ${node.kit}), a ${plan.profile.name}`
}

/** The same with what to hold and press on this board. */
export function nextText(job: NodeJob): string {
    const card = kitBoards().find(({ id }) => id === job.plan.profile.id)?.card
    const hold = card === undefined ? "" : `: ${card.bootMode.en}`
    return `next: ${jobText(job)}. Plug it in${hold} …`
}

/** "hall (ESP32-C3), quay (RP2040)" */
export function jobsText(jobs: readonly NodeJob[]): string {
    return jobs.map(({ node, plan }) => `${node.name} (${chipOf(plan)})`).join(", ")
}

/** "this ESP32-C3 (fe246f28010203ff)" */
export function boardText(chip: string, device: string | undefined): string {
    return `this ${chip}${device === undefined ? "" : ` (${device})`}`
}

const STANDINGS: Readonly<Record<Standing, string>> = {
    new: "not written yet",
    started: "begun: plug it in again",
    failed: "failed",
    changed: "to be updated",
    done: "done",
}

/** The list of `--status`. @returns the exit code */
export function tellStatus(
    queue: KitQueue,
    file: FlashedFile,
    flags: { readonly json?: true },
    terminal: Terminal
): number {
    const rows = queue.jobs.map(job => {
        const { node, plan } = job
        const entry = file.of(node.name)
        return {
            node: node.name,
            site: node.site,
            kit: node.kit,
            board: plan.profile.id,
            standing: queue.standing(job),
            device: node.device ?? entry?.device ?? null,
            at: entry?.at ?? null,
            problem: entry?.problem ?? null,
        }
    })
    const isDone = queue.left.length === 0
    if (flags.json === true) line(terminal.out, JSON.stringify({ nodes: rows }))
    else {
        const table = new Table({
            head: ["node", "board", "state", "its board's id"].map(title =>
                terminal.colors.bold(title)
            ),
            colWidths: [15, 20, 23, 17],
            style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 0 },
            wordWrap: true,
        })
        for (const { node, board, standing, device } of rows)
            table.push([node, board, STANDINGS[standing], device ?? "–"])
        line(terminal.out, table.toString())
        for (const { node, problem } of rows)
            if (problem !== null) line(terminal.out, `${node}: ${problem}`)
        line(terminal.out, progressText(queue))
    }
    return isDone ? EXIT_OK : EXIT_FAILED
}

export function tellSummary(
    {
        queue,
        problems,
        isStopped,
    }: {
        readonly queue: KitQueue
        readonly problems: readonly string[]
        readonly isStopped: boolean
    },
    flags: { readonly json?: true },
    terminal: Terminal
): void {
    const { left, jobs } = queue
    if (flags.json === true) {
        const names = (of: readonly NodeJob[]) => of.map(({ node }) => node.name)
        const done = jobs.filter(job => !left.includes(job))
        line(terminal.out, JSON.stringify({ done: names(done), left: names(left), problems }))
        return
    }
    line(terminal.out, progressText(queue))
    if (problems.length > 0) line(terminal.out, "boards that were put aside:")
    for (const problem of problems) line(terminal.out, `- ${problem}`)
    if (left.length > 0)
        line(
            terminal.err,
            `suitcase: ${isStopped ? "stopped" : "no further board was plugged in"}; the same command goes on where it was`
        )
}

function progressText({ left, jobs }: KitQueue): string {
    const done = `${jobs.length - left.length} of ${jobs.length} nodes are done`
    return left.length === 0 ? done : `${done}; left are ${jobsText(left)}`
}
