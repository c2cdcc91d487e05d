/**
 * For a board: the question whether the program runs in the simulator has an
 * answer there, and what is for the simulator alone goes.
 */
import { makeNode, type LinkFunction } from "../ir.js"
import { type BuiltinTexts } from "../names.js"
import { Op } from "../opcodes.js"

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
