/**
 * What is known of the board that a program is linked for: how much memory it has,
 * and that it is not the simulator, so that what is for that alone goes.
 */
import { literal, makeNode, type LinkFunction } from "../ir.js"
import { type BuiltinTexts } from "../names.js"
import { Op } from "../opcodes.js"

/** Functions that tell of the board: src/core/memory-plan.ts, src/scheduler/scheduler.ts. */
const HEAP_QUESTION = "boardHeapBytes"
const BEAT_QUESTION = "mayBeat"
const BEAT_PIN_QUESTION = "beatPin"

/**
 * boardHeapBytes() → the heap of the board that is linked for, B
 * @param beatPin for the scheduler's beat; undefined: the board needs none, and does not carry it
 */
export function tellBoard(
    functions: readonly LinkFunction[],
    heapBytes: number,
    beatPin: number | undefined
): void {
    for (const { name, body } of functions) {
        const [answer] = body
        if (answer.op !== Op.RETURN) continue
        if (name === HEAP_QUESTION) answer.args = [literal(heapBytes, answer.place)]
        else if (name === BEAT_QUESTION && beatPin === undefined)
            answer.args = [makeNode(Op.FALSE, answer.place)]
        else if (name === BEAT_PIN_QUESTION && beatPin !== undefined)
            answer.args = [literal(beatPin, answer.place)]
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
