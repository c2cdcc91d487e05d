/**
 * Inlining: a function that is called from one place moves there, and a small one
 * that is called from a few is copied where that is shorter. Every instruction
 * remembers the function it stood in and where that was called.
 */
import { replace } from "../edit.js"
import { canThrow } from "../effects.js"
import { Flow, Liveness, capturedSlots, usesClosures } from "../flow.js"
import {
    HAS_REST,
    IS_CONSTRUCTOR,
    NEEDS_THIS,
    jumpTo,
    makeNode,
    storeLocal,
    type InlinedCall,
    type LinkFunction,
    type Node,
    type Place,
    type Statement,
} from "../ir.js"
import { FUNCTION_BYTES } from "../image.js"
import { MAX_SLOTS, Op } from "../opcodes.js"
import { References, type Reference } from "../references.js"
import { bodySize } from "../size.js"
import { simplify } from "../simplify.js"

/** The slots of a function that takes in others stay below that; shareSlots() needs fewer. */
const SLOT_LIMIT = MAX_SLOTS - 18
/** Code is padded to 4 B. */
const PADDING_BYTES = 2
/** A copy must be worth it, B. */
const LEAST_SAVING = 4

/**
 * @param fixed functions that stay, and whose code stays out of others: the main
 * function and the class table
 * @returns the functions that are left
 */
export function inlineCalls(
    functions: readonly LinkFunction[],
    fixed: ReadonlySet<LinkFunction>
): LinkFunction[] {
    let left = [...functions]
    for (;;) {
        const round = new InlineRound(left, fixed)
        if (!round.run()) return left
        left = left.filter(fn => !round.gone.has(fn))
    }
}

/** Functions that call none that are inlined themselves go first. */
class InlineRound {
    readonly gone = new Set<LinkFunction>()
    private readonly references: References
    private readonly captured: ReadonlyMap<LinkFunction, ReadonlySet<number>>
    private readonly changed = new Set<LinkFunction>()

    constructor(
        private readonly functions: readonly LinkFunction[],
        private readonly fixed: ReadonlySet<LinkFunction>
    ) {
        this.references = new References(functions)
        this.captured = capturedSlots(functions)
    }

    /** @returns whether anything was inlined */
    run(): boolean {
        const candidates = new Map<LinkFunction, readonly Reference[]>()
        for (const fn of this.functions) {
            const calls = this.callsOf(fn)
            if (calls !== undefined) candidates.set(fn, calls)
        }
        const callers = new Set<LinkFunction>()
        for (const calls of candidates.values()) for (const { from } of calls) callers.add(from)
        for (const [fn, calls] of candidates) {
            if (callers.has(fn)) continue
            if (calls.some(({ from }) => from.slots + fn.slots > SLOT_LIMIT)) continue
            for (const call of calls) this.inline(fn, call)
            this.gone.add(fn)
        }
        for (const fn of this.changed) simplify(fn, this.captured.get(fn) ?? new Set())
        return this.gone.size > 0
    }

    /** @returns the calls of a function that can and should be inlined; undefined for others */
    private callsOf(fn: LinkFunction): readonly Reference[] | undefined {
        if (this.fixed.has(fn) || fn.tryFrames > 0) return undefined
        if ((fn.flags & (IS_CONSTRUCTOR | HAS_REST | NEEDS_THIS)) !== 0) return undefined
        const calls = this.references.toFunction.get(fn) ?? []
        if (calls.length === 0) return undefined
        if (
            !calls.every(
                call => call.isCallee && call.from !== fn && call.node.op === Op.STATIC_FUNCTION
            )
        )
            return undefined
        if (usesClosures(fn)) return undefined
        if (calls.length > 1 && copySaving(fn, calls.length) < LEAST_SAVING) return undefined
        return calls
    }

    private inline(fn: LinkFunction, { from, statement }: Reference): void {
        const at = from.body.indexOf(statement)
        const base = from.slots
        from.slots += Math.max(fn.slots, statement.args.length - 1)
        const live = new Liveness(new Flow(from))
        const isResultNeeded = live.after.has(at, live.result)
        replace(from, at, bodyInPlace(fn, statement, from.body[at + 1], base, isResultNeeded))
        this.changed.add(from)
    }
}

/** @returns bytes that are saved when each of several calls gets its own copy; may be negative */
function copySaving(fn: LinkFunction, calls: number): number {
    const body = bodySize(fn.body)
    const [first] = fn.body
    const isExpression = fn.body.length === 1 && first.op === Op.RETURN
    // What a copy costs less: the call itself, and a return as part of what uses it.
    const callBytes = 3
    const perCopy = isExpression ? body - callBytes - 2 : body - callBytes + 2 * fn.parameters + 3
    return FUNCTION_BYTES + PADDING_BYTES + body - calls * perCopy
}

/** @returns the statements that stand for the call; `next` is the statement after it */
function bodyInPlace(
    fn: LinkFunction,
    call: Statement,
    next: Statement,
    base: number,
    isResultNeeded: boolean
): Statement[] {
    const { place } = call
    const relocate = new Relocation(fn, place)
    const result: Statement[] = parameters(fn, call, base)
    const copies = new Map<Statement, Statement>()
    const body: Statement[] = []
    for (const original of fn.body) {
        const copy = movedCopy(original, base, relocate)
        const statements = copy.op === Op.RETURN ? returned(copy, next, isResultNeeded) : [copy]
        copies.set(original, statements[0])
        body.push(...statements)
    }
    for (const statement of body)
        if (statement.target !== undefined)
            statement.target = copies.get(statement.target) ?? statement.target
    return [...result, ...body]
}

/** Arguments become locals; further locals that are read first are undefined, as in a call. */
function parameters(fn: LinkFunction, call: Statement, base: number): Statement[] {
    const { place } = call
    const values = call.args.slice(1)
    const stores: Statement[] = []
    values.forEach((value, i) => {
        // Not into the result register: arguments behind this one may read it.
        if (i < fn.parameters || canThrow(value)) stores.push(storeLocal(base + i, value, place))
    })
    const needed = new Liveness(new Flow(fn)).before
    for (let slot = Math.min(values.length, fn.parameters); slot < fn.slots; slot++)
        if (needed.has(0, slot))
            stores.push(storeLocal(base + slot, makeNode(Op.UNDEFINED, place), place))
    return stores
}

/** A return within the caller: the result, if it is wanted, and a jump behind the call. */
function returned(copy: Statement, next: Statement, isResultNeeded: boolean): Statement[] {
    const [value] = copy.args
    const jump = jumpTo(next, copy.place)
    const isThere = value.op === Op.RET_VAL
    if (isResultNeeded ? isThere : !canThrow(value)) return [jump]
    return [makeNode(Op.STORE_RET_VAL, copy.place, [value]), jump]
}

function movedCopy(node: Statement, base: number, relocate: Relocation): Statement {
    const move = (original: Node): Node => {
        const copy = {
            ...original,
            args: original.args.map(move),
            place: relocate.place(original.place),
        }
        if (copy.op === Op.LOAD_LOCAL || copy.op === Op.STORE_LOCAL) copy.num += base
        return copy
    }
    return move(node)
}

/** Places of code that moves into another function. */
class Relocation {
    private readonly places = new Map<Place, Place>()
    private readonly calls = new Map<InlinedCall, InlinedCall>()
    private readonly outer: InlinedCall

    constructor(fn: LinkFunction, calledAt: Place) {
        this.outer = { of: fn, calledAt }
    }

    place(place: Place): Place {
        let moved = this.places.get(place)
        if (moved === undefined) {
            const inlined = place.inlined === undefined ? this.outer : this.call(place.inlined)
            moved = { ...place, inlined }
            this.places.set(place, moved)
        }
        return moved
    }

    /** A call that was inlined earlier, and comes along. */
    private call(call: InlinedCall): InlinedCall {
        let moved = this.calls.get(call)
        if (moved === undefined) {
            moved = { of: call.of, calledAt: this.place(call.calledAt) }
            this.calls.set(call, moved)
        }
        return moved
    }
}
