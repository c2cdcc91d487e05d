/** In the class table, a prototype that gets several members is read once. */
import {
    isSame,
    loadLocal,
    storeLocal,
    type LinkFunction,
    type Node,
    type Statement,
} from "../ir.js"
import { Op } from "../opcodes.js"

/** @returns whether there were any */
export function keepPrototypes(table: LinkFunction): boolean {
    const isPrototype = ({ op, args }: Statement) =>
        op === Op.INDEX_SET &&
        args[0].op === Op.BUILTIN_FIELD &&
        args[0].args[0].op === Op.STATIC_FUNCTION
    const slot = table.slots
    const body: Statement[] = []
    let kept: Node | undefined
    table.body.forEach((statement, i) => {
        if (isPrototype(statement)) {
            const [object] = statement.args
            const next = table.body[i + 1]
            if (kept !== undefined && isSame(object, kept)) {
                statement.args[0] = loadLocal(slot, object.place)
            } else if (isPrototype(next) && isSame(next.args[0], object)) {
                body.push(storeLocal(slot, object, object.place))
                kept = object
                statement.args[0] = loadLocal(slot, object.place)
            }
        }
        body.push(statement)
    })
    if (kept === undefined) return false
    table.body = body
    table.slots++
    return true
}
