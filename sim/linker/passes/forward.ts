/**
 * Forwarding: a value that is stored only to be read once moves to where it is
 * read, and a store that nobody reads goes. The register for results counts as a
 * local here. A move keeps what is computed, and which exception comes first: a
 * value that can throw moves past nothing that can throw or that can be seen.
 */
import { remove, targetCounts } from "../edit.js"
import { canThrow, readsOf, throwsItself, type Reads } from "../effects.js"
import { Flow, Liveness } from "../flow.js"
import { copyOf, stackDepth, type LinkFunction, type Node, type Statement } from "../ir.js"
import { MAX_STACK, Op, endsFlow, isJump, setsResult } from "../opcodes.js"
import { isShortConstant } from "./copies.js"

/** Statements that a value moves past at most. */
const WINDOW = 16

/** @returns whether anything changed */
export function forwardValues(fn: LinkFunction, captured: ReadonlySet<number>): boolean {
    let isChanged = false
    let pass = new ForwardPass(fn, captured)
    for (let i = 0; i < fn.body.length; i++) {
        if (!pass.at(i)) continue
        isChanged = true
        pass = new ForwardPass(fn, captured)
        i--
    }
    return isChanged
}

class ForwardPass {
    private readonly result: number
    private liveness: Liveness | undefined
    private targetsFound: ReadonlyMap<Statement, number> | undefined

    constructor(
        private readonly fn: LinkFunction,
        private readonly captured: ReadonlySet<number>
    ) {
        this.result = fn.slots
    }

    /** Found only where there is a store: most functions have few. */
    private get live(): Liveness {
        return (this.liveness ??= new Liveness(new Flow(this.fn)))
    }

    private get targets(): ReadonlyMap<Statement, number> {
        return (this.targetsFound ??= targetCounts(this.fn.body))
    }

    /** Tries the store at this place. @returns whether the function changed */
    at(i: number): boolean {
        const statement = this.fn.body[i]
        const slot = this.storedSlot(statement)
        if (slot === undefined) return false
        const [value] = statement.args
        if (isOwnValue(statement)) return remove(this.fn, i)
        if (!this.isNeeded(i, slot)) return !canThrow(value) && remove(this.fn, i)
        return this.moveToUse(i, slot, value)
    }

    /** The slot that a plain store writes. */
    private storedSlot({ op, num }: Statement): number | undefined {
        if (op === Op.STORE_RET_VAL) return this.result
        return op === Op.STORE_LOCAL && !this.captured.has(num) ? num : undefined
    }

    private isNeeded(i: number, slot: number): boolean {
        return this.live.after.has(i, slot) || this.isNeededByHandler(slot)
    }

    private isNeededByHandler(slot: number): boolean {
        return this.live.flow.handlers.some(handler => this.live.before.has(handler, slot))
    }

    private moveToUse(i: number, slot: number, value: Node): boolean {
        const { body } = this.fn
        if (this.isNeededByHandler(slot)) return false
        const reads = readsOf(value, this.captured)
        const throws = canThrow(value)
        const end = Math.min(body.length, i + 1 + WINDOW)
        for (let j = i + 1; j < end; j++) {
            const user = body[j]
            if (this.targets.has(user)) return false
            const count = this.countReads(user, slot)
            if (count > 0)
                return this.mayReplace(j, slot, value, count) && this.replaceUse(i, j, slot)
            if (!this.mayPass(user, slot, reads, throws)) return false
        }
        return false
    }

    private countReads(statement: Statement, slot: number): number {
        if (statement.op === Op.JMP_RET_VAL_Z && slot === this.result) return Infinity
        let count = 0
        const visit = (node: Node): void => {
            if (this.isRead(node, slot)) count++
            node.args.forEach(visit)
        }
        statement.args.forEach(visit)
        return count
    }

    private isRead({ op, num }: Node, slot: number): boolean {
        return slot === this.result ? op === Op.RET_VAL : op === Op.LOAD_LOCAL && num === slot
    }

    private mayReplace(j: number, slot: number, value: Node, count: number): boolean {
        const user = this.fn.body[j]
        if (this.live.after.has(j, slot) && this.written(user) !== slot) return false
        const isShort =
            isShortConstant(value) || value.op === Op.LOAD_LOCAL || value.op === Op.RET_VAL
        if (count !== 1 && !isShort) return false
        if (count === Infinity) return false
        return !canThrow(value) || this.comesFirst(user, slot)
    }

    /** Whether nothing that is evaluated before the read of the slot can throw. */
    private comesFirst(user: Statement, slot: number): boolean {
        let isFound = false
        let isFirst = true
        const visit = (node: Node): void => {
            node.args.forEach(visit)
            if (isFound) return
            if (this.isRead(node, slot)) isFound = true
            else if (throwsItself(node)) isFirst = false
        }
        user.args.forEach(visit)
        return isFirst
    }

    /** Replaces the reads at j by the value stored at i. */
    private replaceUse(i: number, j: number, slot: number): boolean {
        const { body } = this.fn
        const [value] = body[i].args
        const user = body[j]
        const put = (node: Node): Node =>
            this.isRead(node, slot) ? copyOf(value) : { ...node, args: node.args.map(put) }
        const args = user.args.map(put)
        if (args.some((arg, k) => k + stackDepth(arg) >= MAX_STACK)) return false
        if (!remove(this.fn, i)) return false
        user.args = args
        return true
    }

    /** The slot that a statement writes as its only effect on locals. */
    private written(statement: Statement): number | undefined {
        if (statement.op === Op.STORE_LOCAL) return statement.num
        return setsResult(statement.op) ? this.result : undefined
    }

    /** Whether the value can be computed after this statement as well as before it. */
    private mayPass(statement: Statement, slot: number, reads: Reads, throws: boolean): boolean {
        const { op, args } = statement
        if (isJump(op) || endsFlow(op)) return false
        if (op === Op.CATCH || op === Op.FINALLY || op === Op.RE_THROW) return false
        const written = this.written(statement)
        if (written === slot) return false
        if (written !== undefined)
            if (written === this.result ? reads.result : reads.locals.has(written)) return false
        const isQuiet = op === Op.STORE_LOCAL || op === Op.STORE_RET_VAL
        const isCaptured = op === Op.STORE_LOCAL && this.captured.has(statement.num)
        if (!isQuiet || isCaptured) {
            // It can change members, globals and what closures share, or be seen from outside.
            if (reads.memory || throws) return false
            return true
        }
        if (!throws) return true
        // A handler must not find something stored that was not yet, or the other exception.
        if (args.some(canThrow)) return false
        return written === undefined || !this.isNeededByHandler(written)
    }
}

/** A local that is stored into itself. */
function isOwnValue({ op, num, args }: Statement): boolean {
    const [value] = args
    if (op === Op.STORE_RET_VAL) return value.op === Op.RET_VAL
    return value.op === Op.LOAD_LOCAL && value.num === num
}
