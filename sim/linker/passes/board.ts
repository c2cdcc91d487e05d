/**
 * What is known of the board that a program is linked for: how much memory it has,
 * and that it is not the simulator, so that what is for that alone goes.
 */
import { literal, makeNode, type LinkFunction } from "../ir.js"
import { type BuiltinTexts } from "../names.js"
import { Op } from "../opcodes.js"

/** The function that tells the heap of the board, src/core/memory-plan.ts. */
const HEAP_QUESTION = "boardHeapBytes"

/** boardHeapBytes() → the heap of the board that is linked for, B */
export function tellHeap(functions: readonly LinkFunction[], bytes: number): void {
    for (const { name, body } of functions) {
        const [answer] = body
        if (name === HEAP_QUESTION && answer.op === Op.RETURN)
            answer.args = [literal(bytes, answer.place)]
    }
}

/** ds.isSimulator() → false */
export function answerForBoard(functions: readonly LinkFunction[], builtins: BuiltinTexts): void {
    const question = builtins.indexOf("isSimulator")
    for (const fn of functions)
        for (const statement of fn.body) {
            const [callee] = statement.args
            if (statement.op !== Op.CALL0 || callee.op !== Op.DS_FIELD || callee.num !== question)
                continue
            statement.op = Op.STORE_RET_VAL
            statement.args = [makeNode(Op.FALSE, statement.place)]
        }
}
