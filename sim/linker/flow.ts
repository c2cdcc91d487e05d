/** Which statement runs after which, and which values are still needed. */
import { IS_CONSTRUCTOR, type LinkFunction, type Node, type Statement, some, walk } from "./ir.js"
import { Op, endsFlow, isCall } from "./opcodes.js"

/** Statements whose result is in the register for results afterwards. */
export function setsResult(op: number): boolean {
    return (
        isCall(op) ||
        op === Op.CALL_ARRAY ||
        op === Op.ALLOC_MAP ||
        op === Op.ALLOC_ARRAY ||
        op === Op.ALLOC_BUFFER ||
        op === Op.STORE_RET_VAL ||
        op === Op.INDEX_DELETE ||
        op === Op.CATCH ||
        op === Op.FINALLY
    )
}

/** The flow of control through a function. Valid until its body changes. */
export class Flow {
    readonly index = new Map<Statement, number>()
    /** Statements that can follow each one, exceptions apart. */
    readonly successors: number[][] = []
    /** First statements of the handlers; any statement of the function may lead there. */
    readonly handlers: number[] = []

    constructor(readonly fn: LinkFunction) {
        const { body } = fn
        body.forEach((statement, i) => this.index.set(statement, i))
        const at = (statement: Statement) => this.index.get(statement) as number
        const throwTargets: number[] = []
        for (const { op, target } of body) {
            if (op === Op.TRY) this.handlers.push(at(target as Statement))
            if (op === Op.THROW_JMP) throwTargets.push(at(target as Statement))
        }
        body.forEach(({ op, target }, i) => {
            const next: number[] = []
            if (target !== undefined && op !== Op.TRY) next.push(at(target))
            if (!endsFlow(op) && i + 1 < body.length) next.push(i + 1)
            // What a finally-block interrupted goes on after it.
            if (op === Op.RE_THROW) next.push(...throwTargets)
            this.successors.push(next)
        })
    }

    /** @returns for each statement, those that can precede it, exceptions apart */
    predecessors(): number[][] {
        const before: number[][] = this.successors.map(() => [])
        this.successors.forEach((next, i) => {
            for (const n of next) before[n].push(i)
        })
        return before
    }

    /** @returns for each statement, whether it can be reached */
    reachable(): boolean[] {
        const seen = new Array<boolean>(this.fn.body.length).fill(false)
        const waiting = seen.length === 0 ? [] : [0]
        while (waiting.length > 0) {
            const i = waiting.pop() as number
            if (seen[i]) continue
            seen[i] = true
            waiting.push(...this.successors[i])
            const { op, target } = this.fn.body[i]
            if (op === Op.TRY) waiting.push(this.index.get(target as Statement) as number)
        }
        return seen
    }
}

/** A set of small numbers. */
export class BitSet {
    readonly words: Uint32Array

    constructor(size: number) {
        this.words = new Uint32Array((size + 31) >> 5)
    }

    has(bit: number): boolean {
        return ((this.words[bit >> 5] >>> (bit & 31)) & 1) !== 0
    }

    add(bit: number): void {
        this.words[bit >> 5] |= 1 << (bit & 31)
    }

    delete(bit: number): void {
        this.words[bit >> 5] &= ~(1 << (bit & 31))
    }

    /** @returns whether that added anything */
    addAll(other: BitSet): boolean {
        let isChanged = false
        for (let i = 0; i < this.words.length; i++) {
            const union = (this.words[i] | other.words[i]) >>> 0
            if (union === this.words[i]) continue
            this.words[i] = union
            isChanged = true
        }
        return isChanged
    }

    members(): number[] {
        const found: number[] = []
        for (let i = 0; i < this.words.length; i++)
            for (let word = this.words[i]; word !== 0; word &= word - 1)
                found.push(32 * i + 31 - Math.clz32(word & -word))
        return found
    }
}

/**
 * Which slots hold a value that is read later. The register for results is one
 * more slot, {@link Liveness.result}.
 */
export class Liveness {
    /** Needed when the statement begins. */
    readonly before: BitSet[]
    /** Needed when it has ended. */
    readonly after: BitSet[]
    readonly result: number

    constructor(readonly flow: Flow) {
        const { fn } = flow
        this.result = fn.slots
        const size = fn.slots + 1
        this.before = fn.body.map(() => new BitSet(size))
        this.after = fn.body.map(() => new BitSet(size))
        const uses = fn.body.map(statement => this.uses(statement, size))
        for (let isChanged = true; isChanged;) {
            isChanged = false
            for (let i = fn.body.length - 1; i >= 0; i--) {
                const after = this.after[i]
                for (const next of flow.successors[i])
                    if (after.addAll(this.before[next])) isChanged = true
                if (this.step(i, uses[i])) isChanged = true
            }
        }
    }

    /** before = uses + (after − what the statement sets) + what handlers need */
    private step(i: number, uses: BitSet): boolean {
        const { flow, result } = this
        const { op, num } = flow.fn.body[i]
        const through = new BitSet(flow.fn.slots + 1)
        through.addAll(this.after[i])
        if (op === Op.STORE_LOCAL) through.delete(num)
        if (setsResult(op)) through.delete(result)
        through.addAll(uses)
        // An exception leaves what a statement would have set as it was.
        for (const handler of flow.handlers) through.addAll(this.before[handler])
        return this.before[i].addAll(through)
    }

    private uses(statement: Statement, size: number): BitSet {
        const uses = new BitSet(size)
        for (const arg of statement.args)
            walk(arg, node => {
                if (node.op === Op.LOAD_LOCAL) uses.add(node.num)
                if (node.op === Op.RET_VAL) uses.add(this.result)
            })
        if (statement.op === Op.JMP_RET_VAL_Z) uses.add(this.result)
        // A constructor that returns nothing returns what it was called on.
        if (statement.op === Op.RETURN && (this.flow.fn.flags & IS_CONSTRUCTOR) !== 0) uses.add(0)
        return uses
    }
}

/** @returns slots of a function that closures inside it may read or write */
export function capturedSlots(functions: readonly LinkFunction[]): Map<LinkFunction, Set<number>> {
    const captured = new Map<LinkFunction, Set<number>>(functions.map(fn => [fn, new Set()]))
    const makers = new Map<LinkFunction, Set<LinkFunction>>()
    const each = (visit: (node: Node, fn: LinkFunction) => void) => {
        for (const fn of functions)
            for (const statement of fn.body) walk(statement, node => visit(node, fn))
    }
    each((node, fn) => {
        if (node.op !== Op.MAKE_CLOSURE) return
        const made = node.ref as LinkFunction
        if (!makers.has(made)) makers.set(made, new Set())
        makers.get(made)?.add(fn)
    })
    each((node, fn) => {
        if (node.op !== Op.LOAD_CLOSURE && node.op !== Op.STORE_CLOSURE) return
        let owners = new Set([fn])
        for (let level = closureLevel(node); level > 0; level--)
            owners = new Set([...owners].flatMap(owner => [...(makers.get(owner) ?? [])]))
        for (const owner of owners) captured.get(owner)?.add(node.num)
    })
    return captured
}

function closureLevel(node: Node): number {
    const [level] = node.args
    if (level.op !== Op.LITERAL) throw new RangeError("the level of a closure is no constant")
    return level.num
}

/** Whether the function reaches into another one's slots, or lets another reach into its own. */
export function usesClosures(fn: LinkFunction): boolean {
    return fn.body.some(statement =>
        some(
            statement,
            ({ op }) => op === Op.MAKE_CLOSURE || op === Op.LOAD_CLOSURE || op === Op.STORE_CLOSURE
        )
    )
}
