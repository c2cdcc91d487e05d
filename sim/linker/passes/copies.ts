/**
 * Copy propagation: reads of a local that holds a copy of another local, or a
 * constant of one byte, become reads of the original. The copy is then often
 * not needed, which forwarding notices.
 */
import { BitSet, Flow } from "../flow.js"
import { copyOf, type LinkFunction, type Node, type Statement } from "../ir.js"
import { DIRECT_MAX, DIRECT_MIN, Op } from "../opcodes.js"

/** @returns whether anything changed */
export function propagateCopies(fn: LinkFunction, captured: ReadonlySet<number>): boolean {
    const copies = fn.body.filter(statement => isCopy(statement, captured))
    if (copies.length === 0) return false
    const available = availableCopies(fn, copies)
    // As they are now: they are changed below like everything else.
    const values = copies.map(({ args: [value] }) => copyOf(value))
    let isChanged = false
    fn.body.forEach((statement, i) => {
        const bySlot = new Map<number, Node>()
        for (const c of available[i].members()) {
            const { num } = copies[c]
            const value = values[c]
            // Two locals that are copies of each other: the first one stays.
            const known = bySlot.get(num)
            if (known === undefined || isBetter(value, known)) bySlot.set(num, value)
        }
        if (bySlot.size === 0) return
        const replaced = (node: Node): Node => {
            node.args = node.args.map(replaced)
            if (node.op !== Op.LOAD_LOCAL) return node
            const value = bySlot.get(node.num)
            if (value === undefined || isCircular(value, node.num, bySlot)) return node
            isChanged = true
            return { ...copyOf(value), place: node.place }
        }
        statement.args = statement.args.map(replaced)
    })
    return isChanged
}

/** A store of a local or of a constant that is at most as long as reading the local. */
function isCopy({ op, num, args }: Statement, captured: ReadonlySet<number>): boolean {
    if (op !== Op.STORE_LOCAL || captured.has(num)) return false
    const [value] = args
    if (value.op === Op.LOAD_LOCAL) return value.num !== num && !captured.has(value.num)
    return isShortConstant(value)
}

export function isShortConstant(node: Node): boolean {
    switch (node.op) {
        case Op.UNDEFINED:
        case Op.NULL:
        case Op.TRUE:
        case Op.FALSE:
        case Op.NAN:
        case Op.INF:
            return true
        case Op.LITERAL:
            return node.num >= DIRECT_MIN && node.num <= DIRECT_MAX
        default:
            return false
    }
}

function isBetter(value: Node, than: Node): boolean {
    if (value.op !== Op.LOAD_LOCAL) return than.op === Op.LOAD_LOCAL
    return than.op === Op.LOAD_LOCAL && value.num < than.num
}

function isCircular(value: Node, slot: number, bySlot: ReadonlyMap<number, Node>): boolean {
    if (value.op !== Op.LOAD_LOCAL) return false
    const back = bySlot.get(value.num)
    return back?.op === Op.LOAD_LOCAL && back.num === slot && value.num > slot
}

/** @returns for each statement, which copies hold when it begins, on every path to it */
function availableCopies(fn: LinkFunction, copies: readonly Statement[]): BitSet[] {
    const flow = new Flow(fn)
    const numbers = new Map(copies.map((copy, i) => [copy, i]))
    const killedBy = new Map<number, number[]>()
    copies.forEach(({ num, args }, i) => {
        const slots = args[0].op === Op.LOAD_LOCAL ? [num, args[0].num] : [num]
        for (const slot of slots) killedBy.set(slot, [...(killedBy.get(slot) ?? []), i])
    })
    const { body } = fn
    const all = new BitSet(copies.length)
    copies.forEach((_, i) => all.add(i))
    const before = body.map(() => all.copy())
    const after = body.map(() => all.copy())
    const predecessors = flow.predecessors()
    // Nothing is known where the function or a handler begins.
    const starts = new Set([0, ...flow.handlers])
    const out = new BitSet(copies.length)
    for (let isChanged = true; isChanged;) {
        isChanged = false
        body.forEach((statement, i) => {
            const inSet = before[i]
            if (starts.has(i)) inSet.words.fill(0)
            else for (const p of predecessors[i]) inSet.keepOnly(after[p])
            out.assign(inSet)
            if (statement.op === Op.STORE_LOCAL)
                for (const killed of killedBy.get(statement.num) ?? []) out.delete(killed)
            const own = numbers.get(statement)
            if (own !== undefined) out.add(own)
            if (after[i].assign(out)) isChanged = true
        })
    }
    return before
}
