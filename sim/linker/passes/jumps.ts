/**
 * Jumps: leads each to where it ends up, drops those that lead to the next
 * statement, turns around those that jump over a jump, and decides those whose
 * condition is known on the path that leads there.
 */
import { remove, retarget, targetCounts } from "../edit.js"
import { canThrow } from "../effects.js"
import { isSame, makeNode, type LinkFunction, type Node, type Statement } from "../ir.js"
import { Op } from "../opcodes.js"
import { asCondition, isBoolean, isNothingConstant, negated, truthOf } from "./conditions.js"

/** Longest chain of jumps that is followed: a chain can be a circle. */
const MAX_HOPS = 50

/** @returns whether anything changed */
export function simplifyJumps(fn: LinkFunction, captured: ReadonlySet<number>): boolean {
    let isChanged = false
    for (let i = 0; i < fn.body.length; i++) {
        const step = new JumpStep(fn, i, captured)
        while (step.apply()) isChanged = true
        if (step.isRemoved) i--
    }
    return isChanged
}

class JumpStep {
    isRemoved = false

    constructor(
        private readonly fn: LinkFunction,
        private readonly i: number,
        private readonly captured: ReadonlySet<number>
    ) {}

    private get statement(): Statement {
        return this.fn.body[this.i]
    }

    private get next(): Statement | undefined {
        return this.fn.body[this.i + 1]
    }

    /** @returns whether it changed something and should be called again */
    apply(): boolean {
        if (this.isRemoved) return false
        const { statement } = this
        switch (statement.op) {
            case Op.JMP:
            case Op.END_TRY:
            case Op.JMP_RET_VAL_Z:
                return this.follow() || (statement.op === Op.JMP && this.dropIfNext())
            case Op.JMP_Z:
                return (
                    this.simplifyCondition() ||
                    this.follow() ||
                    this.dropIfNext() ||
                    this.turnAround() ||
                    this.followKnownCondition() ||
                    this.returnCondition() ||
                    this.storeCondition() ||
                    this.storeAbsolute()
                )
            case Op.STORE_LOCAL:
                return this.skipTestOfConstant()
            case Op.STORE_RET_VAL:
                return this.decideTestOfResult()
            default:
                return false
        }
    }

    /** A jump to a jump. */
    private follow(): boolean {
        const { statement } = this
        let to = statement.target as Statement
        for (let hops = 0; to.op === Op.JMP && to !== statement && hops < MAX_HOPS; hops++)
            to = to.target as Statement
        if (to === statement.target) return false
        statement.target = to
        return true
    }

    private dropIfNext(): boolean {
        const { statement, fn, i } = this
        if (this.next === undefined || this.next !== statement.target) return false
        if (statement.args.some(canThrow)) return false
        this.isRemoved = remove(fn, i)
        return this.isRemoved
    }

    private simplifyCondition(): boolean {
        const { statement, fn, i } = this
        const condition = asCondition(statement.args[0])
        const truth = truthOf(condition)
        if (truth === false) {
            statement.op = Op.JMP
            statement.args = []
            return true
        }
        if (truth === true) {
            this.isRemoved = remove(fn, i)
            return this.isRemoved
        }
        if (condition === statement.args[0]) return false
        statement.args = [condition]
        return true
    }

    /** JMP_Z c A; JMP B; A: → JMP_Z !c B; A: */
    private turnAround(): boolean {
        const { statement, next, fn, i } = this
        if (next === undefined || next.op !== Op.JMP || next.target === next) return false
        if (fn.body[i + 2] !== statement.target || isTarget(fn, next)) return false
        statement.args = [asCondition(negated(statement.args[0]))]
        statement.target = next.target as Statement
        fn.body.splice(i + 1, 1)
        return true
    }

    /** A jump on a local to a jump on the same local, unchanged in between. */
    private followKnownCondition(): boolean {
        const { statement, fn } = this
        const test = localTest(statement.args[0])
        if (test === undefined || this.captured.has(test.slot)) return false
        // The jump is taken when the condition is false.
        const value = test.isNegated
        let to = statement.target as Statement
        for (let hops = 0; hops < MAX_HOPS; hops++) {
            const next = afterTest(fn, to, test.slot, value)
            if (next === undefined || next === to) break
            to = next
        }
        if (to === statement.target) return false
        statement.target = to
        return true
    }

    /** t := constant; JMP A; A: JMP_Z t B → t := constant; JMP (B or after A) */
    private skipTestOfConstant(): boolean {
        const { statement, next, fn } = this
        if (next === undefined || next.op !== Op.JMP || this.captured.has(statement.num))
            return false
        const truth = truthOf(statement.args[0])
        if (truth === undefined || isTarget(fn, next)) return false
        const to = afterTest(fn, next.target as Statement, statement.num, truth)
        if (to === undefined || to === next) return false
        next.target = to
        return true
    }

    /** ret_val := constant; JMP_RET_VAL_Z A → ret_val := constant, and JMP A if that is nothing */
    private decideTestOfResult(): boolean {
        const { statement, next, fn, i } = this
        if (next?.op !== Op.JMP_RET_VAL_Z || isTarget(fn, next)) return false
        const isNothing = isNothingConstant(statement.args[0])
        if (isNothing === undefined) return false
        if (!isNothing) return remove(fn, i + 1)
        next.op = Op.JMP
        return true
    }

    /**
     * JMP_Z c A; t := 1; JMP B; A: t := 0; B: → t := c as an integer; the same with
     * 0 and 1, and with the truth values themselves.
     */
    private storeCondition(): boolean {
        const { statement, fn, i } = this
        const [, yes, jump, no, end] = fn.body.slice(i, i + 5) as (Statement | undefined)[]
        const isStore = yes?.op === Op.STORE_LOCAL || yes?.op === Op.STORE_RET_VAL
        if (!isStore || jump?.op !== Op.JMP || no === undefined || end === undefined) return false
        if (yes.op !== no.op || yes.num !== no.num) return false
        if (statement.target !== no || jump.target !== end) return false
        const targets = targetCounts(fn.body)
        if (targets.has(yes) || targets.has(jump) || targets.get(no) !== 1) return false
        const value = conditionAs(statement.args[0], yes.args[0], no.args[0])
        if (value === undefined) return false
        fn.body[i] = { ...yes, args: [value] }
        retarget(fn.body, statement, fn.body[i])
        fn.body.splice(i + 1, 3)
        return true
    }

    /**
     * JMP_Z (x < 0) A; x := -x; A: → x := |x|, and the same with an other side that
     * takes x as it is. The instruction does for every value what the branch does.
     */
    private storeAbsolute(): boolean {
        const { statement, fn, i } = this
        const x = negativeTest(statement.args[0])
        const [, store, jump, other, end] = fn.body.slice(i, i + 5) as (Statement | undefined)[]
        if (x === undefined || store?.op !== Op.STORE_LOCAL || !isNegationOf(store.args[0], x))
            return false
        const targets = targetCounts(fn.body)
        if (targets.has(store)) return false
        const isInPlace = store.num === x.num && statement.target === jump
        const isCopied =
            jump?.op === Op.JMP &&
            !targets.has(jump) &&
            statement.target === other &&
            jump.target === end &&
            end !== undefined &&
            targets.get(other as Statement) === 1 &&
            other?.op === Op.STORE_LOCAL &&
            other.num === store.num &&
            isSame(other.args[0], x)
        if (!isInPlace && !isCopied) return false
        fn.body[i] = { ...store, args: [makeNode(Op.ABS, store.args[0].place, [x])] }
        retarget(fn.body, statement, fn.body[i])
        fn.body.splice(i + 1, isInPlace ? 1 : 3)
        return true
    }

    /** JMP_Z c A; RETURN true; A: RETURN false → RETURN c */
    private returnCondition(): boolean {
        const { statement, next, fn, i } = this
        const [condition] = statement.args
        const other = statement.target as Statement
        if (next?.op !== Op.RETURN || other.op !== Op.RETURN || isTarget(fn, next)) return false
        const yes = next.args[0].op
        const no = other.args[0].op
        const isPlain = yes === Op.TRUE && no === Op.FALSE
        if (!isPlain && !(yes === Op.FALSE && no === Op.TRUE)) return false
        const value = isPlain ? condition : negated(condition)
        if (!isBoolean(value)) return false
        statement.op = Op.RETURN
        statement.args = [value]
        delete statement.target
        fn.body.splice(i + 1, 1)
        return true
    }
}

/** @returns the local of a test whether it is below 0 */
function negativeTest({ op, args }: Node): Node | undefined {
    if (op !== Op.LT || args[1].op !== Op.LITERAL || args[1].num !== 0) return undefined
    return args[0].op === Op.LOAD_LOCAL ? args[0] : undefined
}

function isNegationOf({ op, args }: Node, x: Node): boolean {
    return op === Op.NEG && isSame(args[0], x)
}

/** @returns the condition as one of two values that it chooses; undefined when they are others */
function conditionAs(condition: Node, yes: Node, no: Node): Node | undefined {
    const isInteger = yes.op === Op.LITERAL && no.op === Op.LITERAL && yes.num + no.num === 1
    const isTruth =
        (yes.op === Op.TRUE && no.op === Op.FALSE) || (yes.op === Op.FALSE && no.op === Op.TRUE)
    if (isInteger ? yes.num * no.num !== 0 : !isTruth) return undefined
    const isPlain = isInteger ? yes.num === 1 : yes.op === Op.TRUE
    let value = isPlain ? condition : negated(condition)
    if (!isBoolean(value)) {
        // As an integer, what is no truth value would be itself.
        value = makeNode(Op.TO_BOOL, condition.place, [value])
    }
    return isInteger ? makeNode(Op.TO_INT, condition.place, [value]) : value
}

function isTarget(fn: LinkFunction, statement: Statement): boolean {
    return fn.body.some(({ target }) => target === statement)
}

interface LocalTest {
    readonly slot: number
    readonly isNegated: boolean
}

/** @returns the local that the condition is, or is not */
function localTest(condition: Node): LocalTest | undefined {
    let node = asCondition(condition)
    const isNegated = node.op === Op.NOT
    if (isNegated) [node] = node.args
    return node.op === Op.LOAD_LOCAL ? { slot: node.num, isNegated } : undefined
}

/** @returns where a test of a local with a known truth leads; undefined when it is no such test */
function afterTest(
    fn: LinkFunction,
    statement: Statement,
    slot: number,
    truth: boolean
): Statement | undefined {
    if (statement.op !== Op.JMP_Z) return undefined
    const test = localTest(statement.args[0])
    if (test?.slot !== slot) return undefined
    const isMet = test.isNegated ? !truth : truth
    return isMet ? fn.body[fn.body.indexOf(statement) + 1] : statement.target
}
