/**
 * Functions that can never run. The compiler keeps a method when its name stands
 * anywhere in the program; here it is kept when the name stands in code that can
 * run, and its class or a class derived from it is made somewhere.
 */
import { walk, type LinkFunction, type Statement } from "../ir.js"
import { type ClassTable } from "../class-table.js"
import { nameIn, type Name, type OutsideNames } from "../names.js"
import { refersToFunction } from "../opcodes.js"

/**
 * @param keepsAllNames whether any method can be called by a name that is computed
 * @returns the functions that are left; those of the class table lose their entries there
 */
export function removeDead(
    functions: readonly LinkFunction[],
    classes: ClassTable | undefined,
    outside: OutsideNames,
    keepsAllNames: boolean
): LinkFunction[] {
    const search = new LiveSearch(classes, outside, keepsAllNames)
    search.start(functions[0])
    classes?.keepOnly(statement => search.keeps(statement))
    return functions.filter(fn => search.live.has(fn))
}

class LiveSearch {
    readonly live = new Set<LinkFunction>()
    private readonly made = new Set<LinkFunction>()
    private readonly names: Set<Name>
    private readonly waiting: LinkFunction[] = []
    /** Statements of the class table that depend on what is alive. */
    private readonly conditional = new Map<Statement, () => boolean>()

    constructor(
        private readonly classes: ClassTable | undefined,
        outside: OutsideNames,
        private readonly keepsAllNames: boolean
    ) {
        this.names = new Set(outside.present)
        if (classes === undefined) return
        for (const entry of classes.methods)
            this.conditional.set(
                entry.statement,
                () =>
                    (entry.owner === undefined || this.made.has(entry.owner)) &&
                    (this.keepsAllNames || this.names.has(entry.name))
            )
        for (const { statement, derived } of classes.inheritance)
            this.conditional.set(statement, () => this.made.has(derived))
    }

    start(main: LinkFunction): void {
        this.add(main)
        for (;;) {
            for (let fn = this.waiting.pop(); fn !== undefined; fn = this.waiting.pop())
                if (fn === this.classes?.table) this.scanTable(fn)
                else this.scan(fn)
            if (!this.extend()) return
        }
    }

    /** Whether a statement of the class table stays. */
    keeps(statement: Statement): boolean {
        return this.conditional.get(statement)?.() ?? true
    }

    private add(fn: LinkFunction): boolean {
        if (this.live.has(fn)) return false
        this.live.add(fn)
        this.waiting.push(fn)
        return true
    }

    private scan(fn: LinkFunction): void {
        for (const statement of fn.body) this.scanStatement(statement)
    }

    private scanStatement(statement: Statement): void {
        walk(statement, node => {
            if (refersToFunction(node.op)) this.use(node.ref as LinkFunction)
            const name = nameIn(node)
            if (name !== undefined) this.names.add(name)
        })
    }

    private use(fn: LinkFunction): void {
        this.made.add(fn)
        this.add(fn)
    }

    private scanTable(table: LinkFunction): void {
        for (const statement of table.body)
            if (!this.conditional.has(statement)) this.scanStatement(statement)
    }

    /** What becomes alive through the class table. @returns whether anything did */
    private extend(): boolean {
        let isChanged = false
        for (const { derived, base } of this.classes?.inheritance ?? [])
            if (base !== undefined && this.made.has(derived) && !this.made.has(base)) {
                this.use(base)
                isChanged = true
            }
        for (const { statement, method } of this.classes?.methods ?? [])
            if (this.keeps(statement) && this.add(method)) isChanged = true
        return isChanged
    }
}
