/**
 * Objects of classes of whose prototype nothing is left need no class: a new object
 * without one is given to the constructor, which becomes a function like any other.
 * That saves the prototype, which takes some 90 B of heap.
 */
import { replace } from "../edit.js"
import { Flow, Liveness } from "../flow.js"
import {
    IS_CONSTRUCTOR,
    NEEDS_THIS,
    loadLocal,
    makeNode,
    some,
    storeLocal,
    type LinkFunction,
    type Node,
    type Statement,
} from "../ir.js"
import { nameUses, type BuiltinTexts } from "../names.js"
import { MAX_ARGUMENTS, MAX_SLOTS, Op, isCall } from "../opcodes.js"
import { References, type Reference } from "../references.js"
import { callAsFunction, isSuperCall } from "./bases.js"

/** Locals that one making needs: the object, and a result that an argument reads. */
const LOCALS = 2

/** Takes away the classes that make no difference. Only when no name of a member is computed. */
export function makePlainObjects(functions: readonly LinkFunction[], builtins: BuiltinTexts): void {
    const references = new References(functions)
    // Whoever asks an object for its class gets to hear of it.
    if (nameUses(functions).has(builtins.indexOf("constructor"))) return
    for (const fn of functions) {
        if ((fn.flags & IS_CONSTRUCTOR) === 0) continue
        const uses = references.toFunction.get(fn) ?? []
        const makings = uses.filter(isMaking)
        const calls = uses.filter(use => !isMaking(use))
        if (makings.length === 0 || !calls.every(isSuperCall)) continue
        if (makings.some(({ from }) => from.slots + LOCALS > MAX_SLOTS)) continue
        fn.flags &= ~(IS_CONSTRUCTOR | NEEDS_THIS)
        calls.forEach(callAsFunction)
        makings.forEach(makePlain)
    }
}

/** new C(…), with room for one more argument */
function isMaking({ statement, node }: Reference): boolean {
    const [callee] = statement.args
    return (
        isCall(statement.op) &&
        statement.args.length <= MAX_ARGUMENTS &&
        callee.op === Op.NEW &&
        callee.args[0] === node
    )
}

function makePlain({ from, statement }: Reference): void {
    const { place } = statement
    const at = from.body.indexOf(statement)
    const live = new Liveness(new Flow(from))
    const isResultNeeded = live.after.has(at, live.result)
    const object = from.slots++
    const before: Statement[] = []
    let args = statement.args.slice(1)
    const isResult = (node: Node) => node.op === Op.RET_VAL
    if (args.some(arg => some(arg, isResult))) {
        // The new object comes into the register in which it is.
        const result = from.slots++
        before.push(storeLocal(result, makeNode(Op.RET_VAL, place), place))
        const read = (node: Node): Node =>
            isResult(node) ? loadLocal(result, place) : { ...node, args: node.args.map(read) }
        args = args.map(read)
    }
    const [making] = statement.args
    const allocation = makeNode(Op.ALLOC_MAP, place)
    const stored = storeLocal(object, makeNode(Op.RET_VAL, place), place)
    const call = makeNode(Op.CALL0 + args.length + 1, place, [
        making.args[0],
        loadLocal(object, place),
        ...args,
    ])
    const taken = makeNode(Op.STORE_RET_VAL, place, [loadLocal(object, place)])
    replace(from, at, [...before, allocation, stored, call, ...(isResultNeeded ? [taken] : [])])
}
