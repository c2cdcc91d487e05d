/** Which statement runs after which, and which values are still needed. */
import { IS_CONSTRUCTOR, type LinkFunction, type Node, type Statement, some } from "./ir.js"
import { Op as Instructions, endsFlow, setsResult } from "./opcodes.js"

/** As a constant of this module it is read at once; what is imported is asked for by a call. */
const Op = Instructions

/** The flow of control through a function. Valid until its body changes. */
export class Flow {
    /** Statements that can follow each one, exceptions apart. */
    readonly successors: number[][] = []
    /** First statements of the handlers; any statement of the function may lead there. */
    readonly handlers: number[] = []
    /** Whether a statement can be followed by itself or one that stands before it. */
    readonly goesBack: boolean

    constructor(readonly fn: LinkFunction) {
        const { body } = fn
        const at = targetPositions(body)
        const throwTargets: number[] = []
        for (const { op, target } of body) {
            if (op === Op.TRY) this.handlers.push(at.get(target as Statement) as number)
            if (op === Op.THROW_JMP) throwTargets.push(at.get(target as Statement) as number)
        }
        let goesBack = false
        for (let i = 0; i < body.length; i++) {
            const { op, target } = body[i]
            const next: number[] = []
            if (target !== undefined && op !== Op.TRY) next.push(at.get(target) as number)
            if (!endsFlow(op) && i + 1 < body.length) next.push(i + 1)
            // What a finally-block interrupted goes on after it.
            if (op === Op.RE_THROW) next.push(...throwTargets)
            for (const n of next) if (n <= i) goesBack = true
            this.successors.push(next)
        }
        this.goesBack = goesBack
    }

    /** @returns for each statement, those that can precede it, exceptions apart */
    predecessors(): number[][] {
        const before: number[][] = this.successors.map(() => [])
        this.successors.forEach((next, i) => {
            for (const n of next) before[n].push(i)
        })
        return before
    }
}

/** @returns the places of the statements that jumps lead to */
function targetPositions(body: readonly Statement[]): Map<Statement, number> {
    const positions = new Map<Statement, number>()
    for (const { target } of body) if (target !== undefined) positions.set(target, -1)
    if (positions.size === 0) return positions
    for (let i = 0; i < body.length; i++) if (positions.has(body[i])) positions.set(body[i], i)
    return positions
}

/** @returns for each statement, whether it can be reached; undefined when all of them can */
export function reachable(body: readonly Statement[]): boolean[] | undefined {
    const seen = new Array<boolean>(body.length).fill(false)
    const positions = targetPositions(body)
    const throwTargets = body.filter(({ op }) => op === Op.THROW_JMP)
    const waiting = [0]
    let count = 0
    for (let start = waiting.pop(); start !== undefined; start = waiting.pop())
        for (let i = start; i < body.length && !seen[i]; i++) {
            seen[i] = true
            count++
            const { op, target } = body[i]
            if (target !== undefined) waiting.push(positions.get(target) as number)
            if (op === Op.RE_THROW)
                for (const jump of throwTargets)
                    waiting.push(positions.get(jump.target as Statement) as number)
            if (endsFlow(op)) break
        }
    return count === body.length ? undefined : seen
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

    copy(): BitSet {
        const copy = new BitSet(32 * this.words.length)
        copy.assign(this)
        return copy
    }

    /** Takes out what is not in the other set. */
    keepOnly(other: BitSet): void {
        for (let i = 0; i < this.words.length; i++) this.words[i] &= other.words[i]
    }

    /** Takes over the members of a set of the same size. @returns whether that changed anything */
    assign(other: BitSet): boolean {
        let isChanged = false
        for (let i = 0; i < this.words.length; i++) {
            if (this.words[i] === other.words[i]) continue
            this.words[i] = other.words[i]
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

/** As many sets of small numbers as a function has statements, all of one size. */
class BitRows {
    /** Words of 32 bits that a row takes. */
    readonly width: number
    readonly words: Uint32Array

    constructor(rows: number, size: number) {
        this.width = (size + 31) >> 5
        this.words = new Uint32Array(rows * this.width)
    }

    has(row: number, bit: number): boolean {
        return ((this.words[row * this.width + (bit >> 5)] >>> (bit & 31)) & 1) !== 0
    }

    add(row: number, bit: number): void {
        this.words[row * this.width + (bit >> 5)] |= 1 << (bit & 31)
    }

    members(row: number): number[] {
        const found: number[] = []
        for (let bit = 0; bit < 32 * this.width; bit++) if (this.has(row, bit)) found.push(bit)
        return found
    }
}

/**
 * Which slots hold a value that is read later. The register for results is one
 * more slot, {@link Liveness.result}.
 */
export class Liveness {
    /** Needed when the statement begins. */
    readonly before: BitRows
    /** Needed when it has ended. */
    readonly after: BitRows
    readonly result: number

    constructor(readonly flow: Flow) {
        const { body, slots } = flow.fn
        this.result = slots
        this.before = new BitRows(body.length, slots + 1)
        this.after = new BitRows(body.length, slots + 1)
        for (let i = 0; i < body.length; i++) this.addUses(body[i], i)
        const needsMore = flow.goesBack || flow.handlers.length > 0
        for (let isChanged = true; isChanged;) {
            isChanged = false
            for (let i = body.length - 1; i >= 0; i--) if (this.step(i)) isChanged = true
            // Without a way back, everything behind a statement is known before the statement is.
            if (!needsMore) return
        }
    }

    /**
     * before = uses + (after − what the statement sets) + what handlers need
     *
     * @returns whether more is needed than was known
     */
    private step(i: number): boolean {
        const { flow, result } = this
        const { width, words: before } = this.before
        const { words: after } = this.after
        const { op, num } = flow.fn.body[i]
        const next = flow.successors[i]
        const setSlot = op === Op.STORE_LOCAL ? num : setsResult(op) ? result : -1
        let isChanged = false
        for (let w = 0; w < width; w++) {
            let through = after[i * width + w]
            for (let n = 0; n < next.length; n++) through |= before[next[n] * width + w]
            after[i * width + w] = through
            if (setSlot >> 5 === w) through &= ~(1 << (setSlot & 31))
            // An exception leaves what a statement would have set as it was.
            for (const handler of flow.handlers) through |= before[handler * width + w]
            const known = before[i * width + w]
            through = (through | known) >>> 0
            if (through === known) continue
            before[i * width + w] = through
            isChanged = true
        }
        return isChanged
    }

    private addUses(statement: Statement, i: number): void {
        for (const arg of statement.args) this.addReads(arg, i)
        if (statement.op === Op.JMP_RET_VAL_Z) this.before.add(i, this.result)
        // A constructor that returns nothing returns what it was called on.
        if (statement.op === Op.RETURN && (this.flow.fn.flags & IS_CONSTRUCTOR) !== 0)
            this.before.add(i, 0)
    }

    private addReads({ op, num, args }: Node, i: number): void {
        if (op === Op.LOAD_LOCAL) this.before.add(i, num)
        else if (op === Op.RET_VAL) this.before.add(i, this.result)
        for (const arg of args) this.addReads(arg, i)
    }
}

/** @returns slots of a function that closures inside it may read or write */
export function capturedSlots(functions: readonly LinkFunction[]): Map<LinkFunction, Set<number>> {
    const captured = new Map<LinkFunction, Set<number>>()
    const makers = new Map<LinkFunction, Set<LinkFunction>>()
    const accesses: { fn: LinkFunction; node: Node }[] = []
    const search = (node: Node, fn: LinkFunction) => {
        for (const arg of node.args) search(arg, fn)
        if (node.op === Op.LOAD_CLOSURE || node.op === Op.STORE_CLOSURE) accesses.push({ fn, node })
        if (node.op !== Op.MAKE_CLOSURE) return
        const made = node.ref as LinkFunction
        if (!makers.has(made)) makers.set(made, new Set())
        makers.get(made)?.add(fn)
    }
    for (const fn of functions) {
        captured.set(fn, new Set())
        for (const statement of fn.body) search(statement, fn)
    }
    for (const { fn, node } of accesses) {
        let owners = new Set([fn])
        for (let level = closureLevel(node); level > 0; level--)
            owners = new Set([...owners].flatMap(owner => [...(makers.get(owner) ?? [])]))
        for (const owner of owners) captured.get(owner)?.add(node.num)
    }
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
