/** Which nodes are still to be written, and which of them a board becomes. */
import { layoutOf } from "../../../flash/chips.js"
import { type KitNode } from "../../../kit/kit.js"
import { type FlashPlan } from "../plan.js"
import { type Fingerprint, type FlashedEntry } from "./flashed-file.js"

export interface NodeJob {
    readonly node: KitNode
    readonly plan: FlashPlan
    readonly fingerprint: Fingerprint
}

/** Where a node is: "changed" holds something else than the kit file says now. */
export type Standing = "new" | "started" | "failed" | "changed" | "done"

export type Choice =
    /** It becomes this node, or is it already. */
    | { readonly kind: "job"; readonly job: NodeJob; readonly isKnown: boolean }
    | { readonly kind: "done"; readonly job: NodeJob }
    /** It is a node that is not asked for. */
    | { readonly kind: "other node"; readonly node: KitNode }
    /** No node that is left has such a chip; these are left. */
    | { readonly kind: "wrong chip"; readonly left: readonly NodeJob[] }
    /** Nodes with such a chip have their boards already. */
    | { readonly kind: "has boards"; readonly jobs: readonly NodeJob[] }

interface Entries {
    of(node: string): FlashedEntry | undefined
}

export class KitQueue {
    /** Nodes that were done in this run: what the kit file said before does not count for them any more. */
    private readonly devices = new Map<string, string | undefined>()

    /**
     * @param jobs of the nodes that are asked for
     * @param all nodes of the kit file
     * @param replaced names of nodes that get another board
     */
    constructor(
        readonly jobs: readonly NodeJob[],
        private readonly all: readonly KitNode[],
        private readonly entries: Entries,
        replaced: ReadonlySet<string>
    ) {
        for (const { name } of all) if (replaced.has(name)) this.devices.set(name, undefined)
    }

    standing({ node, fingerprint }: NodeJob): Standing {
        const entry = this.entries.of(node.name)
        const device = this.deviceOf(node)
        if (this.isReplaced(node)) return "new"
        if (entry === undefined) return device === undefined ? "new" : "changed"
        if (entry.state !== "done") return entry.state
        const isOther =
            device !== undefined && entry.device !== undefined && device !== entry.device
        const isSame =
            entry.content === fingerprint.content &&
            (fingerprint.runtime === undefined || entry.runtime === fingerprint.runtime)
        return isSame && !isOther ? "done" : "changed"
    }

    get left(): NodeJob[] {
        return this.jobs.filter(job => this.standing(job) !== "done")
    }

    /** The node that a board without a name becomes first: one that never had a board, in the order of the file. */
    get next(): NodeJob | undefined {
        return this.free()[0] ?? this.left[0]
    }

    /** The node has a board now. */
    settle(node: KitNode, device: string | undefined): void {
        this.devices.set(node.name, device ?? "")
    }

    /** @param device id of the board; undefined when it cannot be read */
    choose(chip: string, device: string | undefined): Choice {
        const owner =
            device === undefined
                ? undefined
                : (this.all.find(node => this.deviceOf(node) === device) ??
                  this.all.find(
                      node =>
                          !this.isReplaced(node) && this.entries.of(node.name)?.device === device
                  ))
        if (owner !== undefined) {
            const job = this.jobs.find(({ node }) => node.name === owner.name)
            if (job === undefined) return { kind: "other node", node: owner }
            if (this.standing(job) === "done") return { kind: "done", job }
            return { kind: "job", job, isKnown: true }
        }
        const [job] = this.candidates(chip)
        if (job !== undefined) return { kind: "job", job, isKnown: false }
        const { left } = this
        const jobs = left.filter(({ plan }) => chipOf(plan) === chip)
        return jobs.length > 0 ? { kind: "has boards", jobs } : { kind: "wrong chip", left }
    }

    /** Nodes that a board without a name can become. */
    candidates(chip: string): NodeJob[] {
        return this.free().filter(({ plan }) => chipOf(plan) === chip)
    }

    /** Nodes without a board of their own; those whose writing did not come to its end last. */
    private free(): NodeJob[] {
        const free = this.left.filter(({ node }) => this.deviceOf(node) === undefined)
        const isFresh = (job: NodeJob) => this.standing(job) === "new"
        return [...free.filter(isFresh), ...free.filter(job => !isFresh(job))]
    }

    private deviceOf({ name, device }: KitNode): string | undefined {
        if (this.devices.has(name)) return this.devices.get(name)
        const entry = this.entries.of(name)
        return device ?? (entry?.state === "done" ? entry.device : undefined)
    }

    private isReplaced({ name }: KitNode): boolean {
        return this.devices.has(name) && this.devices.get(name) === undefined
    }
}

export function chipOf({ architecture }: Pick<FlashPlan, "architecture">): string {
    return layoutOf(architecture).chip
}
