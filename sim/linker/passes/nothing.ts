/**
 * Values that can only be undefined: options that a program does not name, arguments
 * that nobody gives, members of which nothing ever comes. Tests of them are decided
 * now, and what a program would do with them goes.
 */
import { type ClassTable } from "../class-table.js"
import { BitSet, Flow } from "../flow.js"
import { type Inference } from "../inference.js"
import { NEEDS_THIS, makeNode, walk, type LinkFunction, type Node, type Statement } from "../ir.js"
import { Op, isField, setsResult } from "../opcodes.js"

/**
 * @param inference what the functions can hold; used up when anything changed
 * @param captured for each function, slots that closures share
 * @returns whether anything changed
 */
export function decideNothing(
    functions: readonly LinkFunction[],
    classes: ClassTable | undefined,
    inference: Inference,
    captured: ReadonlyMap<LinkFunction, ReadonlySet<number>>
): boolean {
    if (inference.uses().open.length > 0) return false
    let isChanged = false
    for (const fn of functions) {
        if (fn === classes?.table) continue
        // Most functions have nothing to decide.
        let objects: KnownObjects | undefined
        const canReadThrow = (node: Node, i: number): boolean => {
            objects ??= new KnownObjects(fn, captured.get(fn) ?? new Set())
            return objects.canThrow(node, i)
        }
        fn.body.forEach((statement, i) => {
            const replaced = (node: Node): Node => {
                if (
                    isRead(node) &&
                    inference.isNothing(node, fn, statement) &&
                    !canReadThrow(node, i)
                ) {
                    isChanged = true
                    return makeNode(Op.UNDEFINED, node.place)
                }
                node.args = node.args.map(replaced)
                return node
            }
            statement.args = statement.args.map(replaced)
        })
    }
    return isChanged
}

function isRead({ op }: Node): boolean {
    return op === Op.LOAD_LOCAL || op === Op.LOAD_GLOBAL || op === Op.LOAD_CLOSURE || isField(op)
}

/**
 * Locals that hold something that has members, as a member of theirs was read or written on
 * each way. The register for results is one more.
 */
class KnownObjects {
    private readonly before: BitSet[]

    constructor(
        private readonly fn: LinkFunction,
        private readonly captured: ReadonlySet<number>
    ) {
        const { body, slots } = fn
        const all = () => {
            const set = new BitSet(slots + 1)
            set.words.fill(0xffffffff)
            return set
        }
        this.before = body.map(all)
        const after = body.map(all)
        const flow = new Flow(fn)
        const predecessors = flow.predecessors()
        const starts = new Set([0, ...flow.handlers])
        const from = new BitSet(slots + 1)
        const out = new BitSet(slots + 1)
        for (let isChanged = true; isChanged;) {
            isChanged = false
            body.forEach((statement, i) => {
                const inSet = this.before[i]
                if (starts.has(i)) inSet.words.fill(0)
                else
                    for (const p of predecessors[i]) {
                        from.assign(after[p])
                        // It jumps when there is nothing in the register.
                        const { op, target } = body[p]
                        if (op === Op.JMP_RET_VAL_Z && target !== statement) from.add(slots)
                        for (let w = 0; w < inSet.words.length; w++) inSet.words[w] &= from.words[w]
                    }
                out.assign(inSet)
                this.learn(statement, out)
                if (after[i].assign(out)) isChanged = true
            })
        }
    }

    /** Whether reading it can throw when statement i begins. */
    canThrow(node: Node, i: number): boolean {
        if (!isField(node.op)) return false
        const [object] = node.args
        if (object.op === Op.RET_VAL) return !this.before[i].has(this.fn.slots)
        if (object.op !== Op.LOAD_LOCAL) return true
        return !this.before[i].has(object.num) && !isThis(this.fn, object.num)
    }

    /** What is known once a statement has run. */
    private learn({ op, num, args }: Statement, known: BitSet): void {
        const use = (object: Node) => {
            if (object.op === Op.LOAD_LOCAL && !this.captured.has(object.num)) known.add(object.num)
        }
        for (const arg of args)
            walk(arg, node => {
                if (isField(node.op)) use(node.args[0])
            })
        if (op === Op.INDEX_SET) use(args[0])
        if (op === Op.STORE_LOCAL) known.delete(num)
        if (setsResult(op)) known.delete(this.fn.slots)
    }
}

function isThis(fn: LinkFunction, slot: number): boolean {
    if (slot !== 0 || (fn.flags & NEEDS_THIS) === 0) return false
    return !fn.body.some(({ op, num }) => op === Op.STORE_LOCAL && num === 0)
}
