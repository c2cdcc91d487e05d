/**
 * Gives locals that are never needed at the same time one slot. Fewer slots make
 * smaller activations on the heap. A copy from one local to another needs no
 * instruction when both get the same slot, so that is tried first.
 */
import { Flow, Liveness } from "../flow.js"
import { type LinkFunction, type Statement, walk, walkBody } from "../ir.js"
import { Op } from "../opcodes.js"

/** @param captured slots that closures know by number: then nothing moves */
export function shareSlots(fn: LinkFunction, captured: ReadonlySet<number>): void {
    if (captured.size > 0 || fn.body.length === 0) return
    const colors = new Coloring(fn).run()
    walkBody(fn, node => {
        if (node.op !== Op.LOAD_LOCAL && node.op !== Op.STORE_LOCAL) return
        node.num = colors.get(node.num) as number
    })
    fn.slots = Math.max(fn.parameters, ...[...colors.values()].map(color => color + 1))
}

/** Locals that have to do with each other are joined to groups, which then get their slots. */
class Coloring {
    private readonly live: Liveness
    private readonly parents = new Map<number, number>()
    /** For each group, the others that are needed while it holds a value. */
    private readonly conflicts = new Map<number, Set<number>>()
    /** Groups whose slot is given: parameters, and locals that must be undefined at the start. */
    private readonly fixed = new Map<number, number>()

    constructor(private readonly fn: LinkFunction) {
        this.live = new Liveness(new Flow(fn))
    }

    /** @returns the new slot of each old one that occurs */
    run(): Map<number, number> {
        this.findConflicts()
        this.fixStart()
        for (const { num, args } of this.fn.body.filter(isCopy)) this.join(num, args[0].num)
        const colors = new Map<number, number>(this.fixed)
        for (const group of [...this.conflicts.keys()].sort((a, b) => a - b)) {
            if (this.root(group) !== group || colors.has(group)) continue
            const taken = new Set(
                [...(this.conflicts.get(group) ?? [])].map(other => colors.get(this.root(other)))
            )
            let color = 0
            while (taken.has(color)) color++
            colors.set(group, color)
        }
        return new Map(
            [...this.parents.keys()].map(slot => [slot, colors.get(this.root(slot)) as number])
        )
    }

    private findConflicts(): void {
        const { fn, live } = this
        const start = live.before.members(0)
        for (let slot = 0; slot < fn.parameters; slot++) this.conflictAll(slot, start)
        for (const slot of start) this.conflictAll(slot, start)
        fn.body.forEach((statement, i) => {
            walk(statement, ({ op, num }) => {
                if (op === Op.LOAD_LOCAL) this.conflictsOf(num)
            })
            if (statement.op !== Op.STORE_LOCAL) return
            // A copy and its original hold the same value until one of them changes.
            const original = isCopy(statement) ? statement.args[0].num : -1
            const after = live.after.members(i).filter(slot => slot !== original)
            this.conflictAll(statement.num, after)
        })
    }

    private fixStart(): void {
        const { fn, live } = this
        for (let slot = 0; slot < fn.parameters; slot++) this.fixed.set(slot, slot)
        let next = fn.parameters
        for (const slot of live.before.members(0))
            if (slot >= fn.parameters && slot !== live.result) this.fixed.set(slot, next++)
    }

    private conflictAll(slot: number, others: readonly number[]): void {
        const own = this.conflictsOf(slot)
        for (const other of others) {
            if (other === slot || other === this.live.result || slot === this.live.result) continue
            own.add(other)
            this.conflictsOf(other).add(slot)
        }
    }

    private conflictsOf(slot: number): Set<number> {
        let set = this.conflicts.get(slot)
        if (set === undefined) {
            set = new Set()
            this.conflicts.set(slot, set)
            this.parents.set(slot, slot)
        }
        return set
    }

    /** Makes two locals one, if they can be. */
    private join(a: number, b: number): void {
        const [first, second] = [this.root(a), this.root(b)]
        if (first === second || this.areInConflict(first, second)) return
        if (this.fixed.has(first) && this.fixed.has(second)) return
        const [stays, goes] = this.fixed.has(second) ? [second, first] : [first, second]
        this.parents.set(goes, stays)
        const all = this.conflictsOf(stays)
        for (const other of this.conflictsOf(goes)) {
            all.add(other)
            this.conflictsOf(other).add(stays)
        }
    }

    private areInConflict(a: number, b: number): boolean {
        return [...(this.conflicts.get(a) ?? [])].some(other => this.root(other) === b)
    }

    private root(slot: number): number {
        let at = slot
        for (
            let up = this.parents.get(at);
            up !== undefined && up !== at;
            up = this.parents.get(at)
        )
            at = up
        return at
    }
}

function isCopy({ op, args }: Statement): boolean {
    return op === Op.STORE_LOCAL && args[0].op === Op.LOAD_LOCAL
}
