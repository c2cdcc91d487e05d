/**
 * Values that nobody reads: globals that are only written, and object literals
 * that go nowhere. Modules bring such along when a program uses a part of them.
 */
import { canThrow } from "../effects.js"
import { Flow, Liveness } from "../flow.js"
import { some, walkBody, type LinkFunction, type Statement } from "../ir.js"
import { constantName } from "../names.js"
import { Op, endsFlow, isJump } from "../opcodes.js"
import { targetCounts } from "../edit.js"

/** Globals that are never read become locals, which go like others that are not needed. */
export function dropUnreadGlobals(functions: readonly LinkFunction[]): void {
    const read = new Set<number>()
    for (const fn of functions)
        walkBody(fn, ({ op, num }) => {
            if (op === Op.LOAD_GLOBAL) read.add(num)
        })
    for (const fn of functions)
        for (const statement of fn.body)
            if (statement.op === Op.STORE_GLOBAL && !read.has(statement.num)) {
                statement.op = Op.STORE_LOCAL
                statement.num = fn.slots++
            }
}

/**
 * Takes out object literals whose members are set and that are then forgotten.
 * @returns whether there were any
 */
export function dropUnreadObjects(fn: LinkFunction, captured: ReadonlySet<number>): boolean {
    let isChanged = false
    for (let i = 0; i + 1 < fn.body.length; i++) {
        const uses = usesOfLiteral(fn, i, captured)
        if (uses === undefined) continue
        const gone = new Set(uses)
        fn.body = fn.body.filter(statement => !gone.has(statement))
        isChanged = true
        i--
    }
    return isChanged
}

/** @returns all statements that have to do with the literal made here, when nothing reads it */
function usesOfLiteral(
    fn: LinkFunction,
    i: number,
    captured: ReadonlySet<number>
): Statement[] | undefined {
    const { body } = fn
    const store = body[i + 1]
    if (body[i].op !== Op.ALLOC_MAP || store.op !== Op.STORE_LOCAL) return undefined
    const slot = store.num
    if (store.args[0].op !== Op.RET_VAL || captured.has(slot)) return undefined
    const targets = targetCounts(body)
    const found = [body[i], store]
    if (targets.has(body[i]) || targets.has(store)) return undefined
    const live = new Liveness(new Flow(fn))
    if (live.flow.handlers.length > 0 || live.after.has(i + 1, live.result)) return undefined
    for (let k = i + 2; k < body.length; k++) {
        const statement = body[k]
        if (!live.before.has(k, slot)) return found
        if (targets.has(statement) || isJump(statement.op) || endsFlow(statement.op))
            return undefined
        if (!some(statement, ({ op, num }) => op === Op.LOAD_LOCAL && num === slot)) continue
        if (!isMemberWrite(statement, slot)) return undefined
        found.push(statement)
    }
    return undefined
}

/** slot.name := something that cannot throw and is not the object itself */
function isMemberWrite({ op, args }: Statement, slot: number): boolean {
    if (op !== Op.INDEX_SET || args[0].op !== Op.LOAD_LOCAL || args[0].num !== slot) return false
    if (constantName(args[1]) === undefined || canThrow(args[2])) return false
    return !some(args[2], ({ op: o, num }) => o === Op.LOAD_LOCAL && num === slot)
}
