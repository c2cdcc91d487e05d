/**
 * Base classes. A class whose prototype holds nothing and that nobody tests for
 * need not be the base of another one, and the constructor of a class that is
 * never made itself is a function like any other.
 */
import { type ClassTable } from "../class-table.js"
import { IS_CONSTRUCTOR, NEEDS_THIS, walkBody, type LinkFunction, type Statement } from "../ir.js"
import { Flow, Liveness } from "../flow.js"
import { MAX_ARGUMENTS, Op, isCall } from "../opcodes.js"
import { References, type Reference } from "../references.js"

/** Takes out the inheritance that makes no difference. */
export function dropInheritance(functions: readonly LinkFunction[], classes: ClassTable): void {
    const tested = testedClasses(functions)
    if (tested === undefined) return
    const bases = new Map(classes.inheritance.map(({ derived, base }) => [derived, base]))
    const owners = new Set(classes.methods.map(({ owner }) => owner))
    const matters = (base: LinkFunction | undefined): boolean =>
        base === undefined ||
        owners.has(base) ||
        tested.has(base) ||
        (bases.has(base) && matters(bases.get(base)))
    for (const entry of [...classes.inheritance]) if (!matters(entry.base)) classes.remove(entry)
}

/** @returns the classes of `instanceof`; undefined when some class is not known */
function testedClasses(functions: readonly LinkFunction[]): Set<LinkFunction> | undefined {
    const tested = new Set<LinkFunction>()
    let isKnown = true
    for (const fn of functions)
        walkBody(fn, ({ op, args }) => {
            if (op !== Op.INSTANCE_OF) return
            const [, constructor] = args
            if (constructor.op === Op.STATIC_FUNCTION) tested.add(constructor.ref as LinkFunction)
            else if (constructor.op !== Op.BUILTIN_FIELD && constructor.op !== Op.BUILTIN_OBJECT)
                isKnown = false
        })
    return isKnown ? tested : undefined
}

/** Makes constructors that are called by derived ones only into functions. */
export function unmakeConstructors(functions: readonly LinkFunction[]): void {
    const references = new References(functions)
    for (const fn of functions) {
        if ((fn.flags & IS_CONSTRUCTOR) === 0) continue
        const calls = references.toFunction.get(fn) ?? []
        if (calls.length === 0 || !calls.every(call => isSuperCall(call))) continue
        fn.flags &= ~(IS_CONSTRUCTOR | NEEDS_THIS)
        calls.forEach(callAsFunction)
    }
}

/** C.bind(object)(…) → C(object, …) */
export function callAsFunction({ statement }: Reference): void {
    const [bind, ...args] = statement.args
    const [callee, object] = bind.args
    statement.args = [callee, object, ...args]
    statement.op++
}

/** A call of a constructor on an object that is there, whose result nobody wants. */
export function isSuperCall({ from, statement, node }: Reference): boolean {
    if (!isCall(statement.op) || statement.args.length > MAX_ARGUMENTS) return false
    const [bind] = statement.args
    if (bind.op !== Op.BIND || bind.args[0] !== node) return false
    return !isResultWanted(from, statement)
}

function isResultWanted(fn: LinkFunction, statement: Statement): boolean {
    const live = new Liveness(new Flow(fn))
    return live.after.has(fn.body.indexOf(statement), live.result)
}
