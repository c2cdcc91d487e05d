/**
 * Takes apart locals that share a slot without having to do with each other: the
 * compiler uses its temporary slots again and again. Each value then has a slot of
 * its own, and shareSlots() brings them together again at the end.
 */
import { BitSet, Flow } from "../flow.js"
import { walk, type LinkFunction, type Node, type Statement } from "../ir.js"
import { Op } from "../opcodes.js"

/** @param captured slots that closures know by number, which stay */
export function splitSlots(fn: LinkFunction, captured: ReadonlySet<number>): void {
    const stores = fn.body.filter(({ op, num }) => op === Op.STORE_LOCAL && !captured.has(num))
    if (stores.length === 0) return
    new Splitter(fn, captured, stores).run()
}

/**
 * Definitions of slots are numbered: first what a slot holds when the function
 * begins, one for each slot, then the stores.
 */
class Splitter {
    private readonly numbers = new Map<Statement, number>()
    private readonly ofSlot = new Map<number, number[]>()
    private readonly parents: number[]
    private readonly count: number

    constructor(
        private readonly fn: LinkFunction,
        private readonly captured: ReadonlySet<number>,
        stores: readonly Statement[]
    ) {
        this.count = fn.slots + stores.length
        this.parents = Array.from({ length: this.count }, (_, i) => i)
        for (let slot = 0; slot < fn.slots; slot++) this.ofSlot.set(slot, [slot])
        stores.forEach((store, i) => {
            this.numbers.set(store, fn.slots + i)
            this.ofSlot.get(store.num)?.push(fn.slots + i)
        })
    }

    run(): void {
        const reaching = this.reaching()
        const { body } = this.fn
        const loadsOf = (statement: Statement, visit: (node: Node) => void) => {
            for (const arg of statement.args)
                walk(arg, node => {
                    if (node.op === Op.LOAD_LOCAL && !this.captured.has(node.num)) visit(node)
                })
        }
        // Definitions that reach the same use are one value.
        const definitions = new Map<Node, number>()
        body.forEach((statement, i) =>
            loadsOf(statement, node => {
                const found = (this.ofSlot.get(node.num) ?? []).filter(d => reaching[i].has(d))
                for (const d of found) this.join(found[0], d)
                definitions.set(node, found[0])
            })
        )
        this.rename(definitions)
    }

    private rename(definitions: ReadonlyMap<Node, number>): void {
        const { fn } = this
        const slots = new Map<number, number>()
        // What a slot holds at the start stays in it: a parameter, or undefined.
        for (let slot = 0; slot < fn.slots; slot++) slots.set(this.root(slot), slot)
        let next = fn.slots
        const slotOf = (definition: number) => {
            const root = this.root(definition)
            const known = slots.get(root)
            if (known !== undefined) return known
            slots.set(root, next)
            return next++
        }
        for (const [node, definition] of definitions) node.num = slotOf(definition)
        for (const [store, definition] of this.numbers) store.num = slotOf(definition)
        fn.slots = next
    }

    private root(definition: number): number {
        let at = definition
        while (this.parents[at] !== at) at = this.parents[at]
        this.parents[definition] = at
        return at
    }

    private join(a: number, b: number): void {
        const [low, high] = [this.root(a), this.root(b)].sort((x, y) => x - y)
        this.parents[high] = low
    }

    /** @returns for each statement, the definitions that hold when it begins */
    private reaching(): BitSet[] {
        const flow = new Flow(this.fn)
        const { body } = this.fn
        const before = body.map(() => new BitSet(this.count))
        for (let slot = 0; slot < this.fn.slots; slot++) before[0].add(slot)
        const handled = new BitSet(this.count)
        const scratch = new BitSet(this.count)
        for (let isChanged = true; isChanged;) {
            isChanged = false
            body.forEach((statement, i) => {
                const after = this.after(statement, before[i], scratch)
                for (const next of flow.successors[i])
                    if (before[next].addAll(after)) isChanged = true
                if (flow.handlers.length === 0) return
                handled.addAll(before[i])
                for (const handler of flow.handlers)
                    if (before[handler].addAll(handled)) isChanged = true
            })
        }
        return before
    }

    /** @param after where the result goes when the statement changes anything */
    private after(statement: Statement, before: BitSet, after: BitSet): BitSet {
        const number = this.numbers.get(statement)
        if (number === undefined) return before
        after.assign(before)
        for (const definition of this.ofSlot.get(statement.num) ?? []) after.delete(definition)
        after.add(number)
        return after
    }
}
