/** Everything that a suitcase needs is checked before the first board is looked for. */
import { projectRoot } from "../../../../sim/program/project.js"
import { ImageError } from "../../../flash/image-error.js"
import { StoreError } from "../../../flash/store/write.js"
import { type Kit, type KitNode } from "../../../kit/kit.js"
import { didYouMean } from "../../../kit/near.js"
import { programOfNode, projectKit } from "../../apps.js"
import { UsageError } from "../../errors.js"
import { showing, type Terminal } from "../../terminal.js"
import { planOf, type PlanFlags } from "../plan.js"
import { fingerprintOf } from "./flashed-file.js"
import { type NodeJob } from "./queue.js"

/** @throws UsageError when there is no kit file, KitError */
export async function theKit(): Promise<Kit> {
    const kit = await projectKit()
    if (kit !== undefined) return kit
    throw new UsageError(
        `there is no suitcase.yaml in ${projectRoot()}; suitcase init makes a folder with one`
    )
}

/** @param name of a kit or a site; true: all @throws UsageError naming those that there are */
export function nodesOf(kit: Kit, name: string | true): KitNode[] {
    if (name === true) return [...kit.nodes]
    const nodes = kit.nodes.filter(node => node.kit === name || node.site === name)
    if (nodes.length > 0) return nodes
    const names = [...new Set([...kit.kits, ...kit.sites].map(group => group.name))]
    throw new UsageError(
        `there is no kit and no site "${name}"${didYouMean(name, names, `; there are ${names.join(", ")}`)}`
    )
}

/** @throws UsageError with what is wrong with each node */
export async function jobsOf(
    nodes: readonly KitNode[],
    flags: Pick<PlanFlags, "runtimes" | "warn">,
    terminal: Terminal
): Promise<NodeJob[]> {
    const jobs: NodeJob[] = []
    const problems = new Set<string>()
    const warned = new Set<string>()
    // One line for all nodes, not one for each.
    const warn = (text: string) => {
        if (!warned.has(text)) flags.warn(text)
        warned.add(text)
    }
    for (const [i, node] of nodes.entries())
        try {
            const plan = await showing(
                `Compiling ${node.name}, ${i + 1} of ${nodes.length} …`,
                terminal,
                async () => planOf(await programOfNode(node), { ...flags, warn, set: [] })
            )
            jobs.push({ node, plan, fingerprint: fingerprintOf(plan) })
        } catch (e) {
            if (!isUsersOwn(e)) throw e
            problems.add(e.message.startsWith(node.name) ? e.message : `${node.name}: ${e.message}`)
        }
    if (problems.size > 0) throw new UsageError([...problems].join("\n"))
    return jobs
}

function isUsersOwn(e: unknown): e is Error {
    return e instanceof UsageError || e instanceof ImageError || e instanceof StoreError
}
