/**
 * Works out what every local, global, member and result of a program can hold, so
 * that a call of a method by name can be resolved to the functions that it can
 * reach. All objects that one place makes count as one. The order of statements
 * counts for the register of results only. What comes from the platform is not
 * known, but holds no object of the program except where the platform gives back
 * what it was given (runtime/devicescript/impl_*.c of version 2.16.4). The sets
 * only grow, and the program is gone through until none does.
 */
import { type ClassTable, type MethodEntry } from "./class-table.js"
import { Flow } from "./flow.js"
import {
    HAS_REST,
    IS_CONSTRUCTOR,
    NEEDS_THIS,
    walkBody,
    type LinkFunction,
    type Node,
    type Statement,
} from "./ir.js"
import { constantName, nameIn, type Name, type OutsideNames } from "./names.js"
import { Op as Instructions, isCall, isField, setsResult } from "./opcodes.js"
import {
    BUFFER,
    FOREIGN,
    FOREIGN_ARRAY,
    FOREIGN_MAP,
    JSON_VALUE,
    NUMBER,
    PLATFORM,
    Site,
    TEXT,
    Values,
} from "./values.js"
import {
    GIVES_ELEMENT,
    INHERITED,
    KEEPS_FUNCTIONS,
    NUMERIC_MEMBERS,
    canSuspend,
    isPlainOp,
    kindsOf,
    resultKinds,
} from "./platform.js"

/** As a constant of this module it is read at once; what is imported is asked for by a call. */
const Op = Instructions

/** A use of a member's name that may reach methods of the program. */
export interface NameUse {
    readonly name: Name
    readonly from: LinkFunction
    readonly statement: Statement
    /** The access itself. */
    readonly node: Node
    /** Whether it is what the statement calls. */
    readonly isCall: boolean
    /** What it is a member of. */
    readonly object: Values
}

/** An access through a name that is computed, on an object that has methods. */
export interface OpenUse {
    readonly from: LinkFunction
    readonly node: Node
}

export class Inference {
    private readonly locals = new Map<LinkFunction, Values[]>()
    private readonly results = new Map<LinkFunction, Values>()
    private readonly globals: Values[] = []
    private readonly statementResults = new Map<Statement, Values>()
    private readonly functionSites = new Map<LinkFunction, Site>()
    private readonly instanceSites = new Map<LinkFunction, Site>()
    private readonly statementSites = new Map<Statement, Site>()
    private readonly platformSites = new Map<Node, Site>()
    /** Members of the platform's objects, and elements of its arrays. */
    private readonly platform = new Site("map")
    /** What fibers were resumed with. */
    private readonly resumed = Values.of(FOREIGN)
    private readonly foreign = Values.of(FOREIGN)
    private readonly thrown = new Values()

    private readonly methodsByName = new Map<Name, MethodEntry[]>()
    /** Methods of the platform's objects that are part of the program: @devicescript/core. */
    private readonly libraryMethods = new Set<LinkFunction>()
    private readonly bases = new Map<LinkFunction, LinkFunction>()
    /** Classes that are derived from one of the platform, such as Error. */
    private readonly platformDerived = new Set<LinkFunction>()
    /** Statements of the class table, which are known by what they mean. */
    private readonly tableEntries: ReadonlySet<Statement>
    private readonly closureOwners = new Map<LinkFunction, Set<LinkFunction>>()
    private readonly reaching = new Map<LinkFunction, Map<Statement, readonly Statement[]>>()
    /** Functions of which it is known who calls them. */
    private readonly called = new Set<LinkFunction>()
    private readonly hasNoTable: boolean
    private isChanged = false

    constructor(
        private readonly functions: readonly LinkFunction[],
        classes: ClassTable | undefined,
        private readonly outside: OutsideNames
    ) {
        this.hasNoTable = classes === undefined
        const methods = classes?.methods ?? []
        const inheritance = classes?.inheritance ?? []
        this.tableEntries = new Set([...methods, ...inheritance].map(entry => entry.statement))
        for (const entry of methods) {
            const known = this.methodsByName.get(entry.name)
            if (known === undefined) this.methodsByName.set(entry.name, [entry])
            else known.push(entry)
        }
        for (const { derived, base } of inheritance)
            if (base === undefined) this.platformDerived.add(derived)
            else this.bases.set(derived, base)
        for (const fn of functions) {
            this.locals.set(
                fn,
                Array.from({ length: fn.slots }, () => new Values())
            )
            this.reaching.set(fn, reachingResults(fn))
            walkBody(fn, ({ op, ref }) => {
                if (op === Op.MAKE_CLOSURE) this.ownersOf(ref as LinkFunction).add(fn)
            })
        }
        const constructors = functions.filter(fn => (fn.flags & IS_CONSTRUCTOR) !== 0)
        for (const { name, owner, method } of methods) {
            if (owner === undefined) this.libraryMethods.add(method)
            if (owner === undefined || outside.has(name)) this.calledFromOutside(method)
            if (owner !== undefined && outside.has(name))
                for (const made of constructors)
                    if (this.lookUp(made, name) === method)
                        this.bind(method, Values.of(0, this.instanceSite(made)))
        }
        do {
            this.isChanged = false
            for (const fn of functions) for (const statement of fn.body) this.step(fn, statement)
        } while (this.isChanged)
    }

    /** @returns the methods that a name can mean on these values, each with what it is called on */
    methodsOf(name: Name, object: Values): Map<LinkFunction, Values> {
        const found = new Map<LinkFunction, Values>()
        const entries = this.methodsByName.get(name)
        if (entries === undefined) return found
        const others = Values.of(object.kinds)
        for (const site of object.sites) {
            const method = site.fn === undefined ? undefined : this.lookUp(site.fn, name)
            if (method !== undefined) getOrMake(found, method, () => new Values()).addSite(site)
            if (site.kind !== "instance") others.addSite(site)
        }
        const isPlatform = others.kinds !== 0 || others.sites.size > 0
        for (const { owner, isForAll, method } of entries)
            if (isForAll) found.set(method, object)
            else if (owner === undefined && isPlatform) found.set(method, others)
        return found
    }

    /** Whether the name can mean something that is no method of a class of the program. */
    meansMore(name: Name, object: Values): boolean {
        for (const site of object.sites) {
            if (site.open.functions.length > 0) return true
            if ((site.members.get(name)?.functions.length ?? 0) > 0) return true
        }
        return this.isPlatformName(name) && this.isOfPlatform(object)
    }

    /**
     * Whether an expression can only be undefined.
     *
     * @param from the function in which it stands; nothing is said of those that nobody calls
     */
    isNothing(node: Node, from: LinkFunction, statement: Statement): boolean {
        return this.called.has(from) && this.valueOf(node, from, statement).isNothing
    }

    /** @returns every use of a member's name, and every access through a computed name */
    uses(): { readonly names: NameUse[]; readonly open: OpenUse[] } {
        const names: NameUse[] = []
        const open: OpenUse[] = []
        for (const from of this.functions)
            walkBody(from, (node, statement) => {
                if (this.tableEntries.has(statement)) return
                const name = memberName(node)
                if (name !== undefined) {
                    const isCallee = isCall(statement.op) && statement.args[0] === node
                    const object = this.valueOf(node.args[0], from, statement)
                    const isDirect = isCallee && isField(node.op)
                    names.push({ name, from, statement, node, isCall: isDirect, object })
                } else if (node.op === Op.INDEX && this.isOpen(node, from, statement))
                    open.push({ from, node })
            })
        return { names, open }
    }

    /** Whether an element access may read a method by its name. */
    private isOpen(node: Node, from: LinkFunction, statement: Statement): boolean {
        const [object, key] = node.args
        if (this.valueOf(key, from, statement).isNumeric || this.isPacketName(key)) return false
        return this.valueOf(object, from, statement).classes.length > 0
    }

    /** packet.spec.name, or a constant before it: the names of services, which are known. */
    private isPacketName(key: Node): boolean {
        if (key.op === Op.ADD) return this.isPacketName(key.args[1])
        const text = (node: Node) => {
            const name = isField(node.op) ? nameIn(node) : undefined
            return name === undefined ? "" : this.outside.textOf(name)
        }
        return text(key) === "name" && text(key.args[0]) === "spec"
    }

    private step(fn: LinkFunction, statement: Statement): void {
        if (this.tableEntries.has(statement)) return
        const { op, num, args } = statement
        if (isCall(op)) {
            this.setResult(statement, this.call(fn, statement))
            return
        }
        switch (op) {
            case Op.STORE_LOCAL:
                return this.grow(this.local(fn, num), this.valueOf(args[0], fn, statement))
            case Op.STORE_GLOBAL:
                return this.grow(this.global(num), this.valueOf(args[0], fn, statement))
            case Op.STORE_CLOSURE:
                for (const owner of this.ownersAt(fn, args[0]))
                    this.grow(this.local(owner, num), this.valueOf(args[1], fn, statement))
                return
            case Op.STORE_RET_VAL:
                return this.setResult(statement, this.valueOf(args[0], fn, statement))
            case Op.INDEX_SET:
                return this.write(
                    this.valueOf(args[0], fn, statement),
                    args[1],
                    this.valueOf(args[1], fn, statement),
                    this.valueOf(args[2], fn, statement)
                )
            case Op.RETURN:
                return this.grow(this.resultOf(fn), this.valueOf(args[0], fn, statement))
            case Op.THROW:
                return this.grow(this.thrown, this.valueOf(args[0], fn, statement))
            case Op.ALLOC_MAP:
                return this.setResult(statement, Values.of(0, this.siteOf(statement, "map")))
            case Op.ALLOC_ARRAY:
                return this.setResult(statement, Values.of(0, this.siteOf(statement, "array")))
            case Op.ALLOC_BUFFER:
                return this.setResult(statement, Values.of(BUFFER))
            case Op.INDEX_DELETE:
                return this.setResult(statement, Values.other())
            case Op.CATCH:
            case Op.FINALLY:
                this.setResult(statement, this.thrown)
                return this.setResult(statement, this.foreign)
            case Op.CALL_ARRAY:
                return this.callWithArray(
                    statement,
                    this.valueOf(args[0], fn, statement),
                    this.valueOf(args[1], fn, statement)
                )
            default:
                // Reading has effects here, too: a method is bound to its object.
                for (const arg of args) this.valueOf(arg, fn, statement)
        }
    }

    private write(target: Values, keyNode: Node, key: Values, written: Values): void {
        const name = constantName(keyNode)
        const sites = target.kinds === 0 ? target.sites : [...target.sites, this.platform]
        for (const site of sites)
            if (name !== undefined) this.grow(site.member(name), written)
            else {
                this.grow(site.elements, written)
                if (!key.isNumeric) this.grow(site.open, written)
            }
        // The runtime calls what it finds in its own objects under names that it knows, and what is
        // put there outside of the class table, a closure, is called on whatever inherits it.
        if (target.has(PLATFORM)) for (const fn of written.functions) this.calledFromOutside(fn)
    }

    /** @returns what the expression can be */
    private valueOf(node: Node, fn: LinkFunction, statement: Statement): Values {
        const { op, num, args, ref } = node
        switch (op) {
            case Op.LOAD_LOCAL:
                return this.local(fn, num)
            case Op.LOAD_GLOBAL:
                return this.global(num)
            case Op.LOAD_CLOSURE:
                return union(this.ownersAt(fn, args[0]).map(owner => this.local(owner, num)))
            case Op.RET_VAL:
                return this.resultAt(fn, statement)
            case Op.STATIC_FUNCTION:
            case Op.MAKE_CLOSURE:
                return Values.of(0, this.functionSite(ref as LinkFunction))
            case Op.BIND:
                return this.bound(
                    this.valueOf(args[0], fn, statement),
                    this.valueOf(args[1], fn, statement)
                )
            case Op.NEW:
                return this.valueOf(args[0], fn, statement)
            case Op.INDEX:
                return this.element(args[0], args[1], fn, statement)
            case Op.ADD: {
                const [a, b] = args.map(arg => this.valueOf(arg, fn, statement))
                return Values.of(a.isNumeric && b.isNumeric ? NUMBER : NUMBER | TEXT)
            }
            case Op.DS_FIELD:
            case Op.MATH_FIELD:
            case Op.OBJECT_FIELD:
                return union([
                    Values.of(FOREIGN, this.platformFunction(node, num)),
                    this.platform.member(num),
                ])
            default:
                if (isPlainOp(op)) return OTHER
                if (op === Op.BUILTIN_OBJECT) {
                    const object = Values.of(PLATFORM)
                    object.hasOther = true
                    return object
                }
                if (!isField(op)) return ofKinds(kindsOf(op))
                return this.memberValue(
                    nameIn(node) as Name,
                    this.valueOf(args[0], fn, statement),
                    node
                )
        }
    }

    private resultAt(fn: LinkFunction, statement: Statement): Values {
        const setters = this.reaching.get(fn)?.get(statement) ?? []
        if (setters.length === 0) return OTHER
        return union(setters.map(setter => this.statementResult(setter)))
    }

    private bound(callees: Values, object: Values): Values {
        for (const callee of callees.functions) this.bind(callee, object)
        return callees
    }

    private bind(method: LinkFunction, object: Values): void {
        if ((method.flags & NEEDS_THIS) !== 0) this.grow(this.local(method, 0), object)
    }

    private element(object: Node, key: Node, fn: LinkFunction, statement: Statement): Values {
        const name = constantName(key)
        const target = this.valueOf(object, fn, statement)
        if (name !== undefined) return this.memberValue(name, target, key)
        const all = new Values()
        for (const site of target.sites) all.add(site.elements)
        if (target.has(BUFFER)) all.kinds |= NUMBER
        if (target.has(TEXT)) all.kinds |= TEXT
        if (target.has(FOREIGN_MAP)) all.kinds |= JSON_VALUE
        if (target.has(FOREIGN_ARRAY | PLATFORM)) {
            // An array may have been in JSON, too.
            all.kinds |= FOREIGN | JSON_VALUE
            all.add(this.platform.elements)
        }
        if (this.valueOf(key, fn, statement).isNumeric) return all
        for (const site of target.sites) {
            for (const member of site.members.values()) all.add(member)
            all.add(site.open)
            if (site.kind !== "instance") continue
            const isPacketName = this.isPacketName(key)
            for (const methodName of this.methodsByName.keys())
                if (!isPacketName || this.outside.has(methodName))
                    all.add(this.methodValue(methodName, target))
        }
        return all
    }

    /** What reading a member gives. */
    private memberValue(name: Name, object: Values, node: Node): Values {
        const all = this.methodValue(name, object)
        // What the platform's own objects have is not followed, such as a board's pins.
        if (object.hasOther && (object.isEmpty || object.has(PLATFORM))) all.hasOther = true
        for (const site of object.sites) {
            const member = site.members.get(name)
            if (member !== undefined) all.add(member)
            all.add(site.open)
        }
        const text = this.outside.textOf(name)
        if (text === "prototype")
            for (const fn of object.functions) all.addSite(this.instanceSite(fn))
        if (INHERITED.has(text)) all.kinds |= FOREIGN
        // A map may have come from outside, with members of any name.
        if (object.has(FOREIGN_MAP)) all.kinds |= JSON_VALUE
        if (this.mayInherit(object)) all.add(this.platform.member(name))
        if (!this.isPlatformName(name) || !this.isOfPlatform(object)) return all
        if (NUMERIC_MEMBERS.has(text)) all.kinds |= NUMBER
        else {
            const site = this.platformFunction(node, name)
            this.grow(site.object, object)
            all.kinds |= FOREIGN
            all.addSite(site)
        }
        return all
    }

    /**
     * Whether it may have members that were put into one of the platform's objects, such as
     * Array.prototype. Without a class table, as in a program without classes, its entries are
     * statements like others.
     */
    private mayInherit(object: Values): boolean {
        if (object.kinds !== 0 || this.hasNoTable) return true
        for (const { kind } of object.sites) if (kind !== "instance" && kind !== "map") return true
        return false
    }

    /** A function of the platform, as it is read at one place. */
    private platformFunction(node: Node, name: Name): Site {
        return getOrMake(
            this.platformSites,
            node,
            () => new Site("platform", undefined, this.outside.textOf(name))
        )
    }

    /** Methods under a name; each is bound to its object at once. */
    private methodValue(name: Name, object: Values): Values {
        const all = new Values()
        for (const [method, calledOn] of this.methodsOf(name, object)) {
            all.addSite(this.functionSite(method))
            this.bind(method, calledOn)
        }
        return all
    }

    /** @returns what the call can give */
    private call(fn: LinkFunction, statement: Statement): Values {
        const [callee, ...rest] = statement.args
        const args = rest.map(arg => this.valueOf(arg, fn, statement))
        const callees = this.valueOf(callee, fn, statement)
        if (callee.op === Op.NEW) return this.make(callees, args, statement)
        const name = isField(callee.op) ? (nameIn(callee) as Name) : undefined
        if (name === undefined || !GIVES_ELEMENT.has(this.outside.textOf(name)))
            return this.callAll(callees, args)
        // One function of the library for all arrays of the program: told apart by the array.
        const all = new Values()
        const object = this.valueOf(callee.args[0], fn, statement)
        for (const called of callees.functions) {
            this.pass(called, args)
            all.add(
                this.libraryMethods.has(called) ? this.elementsOf(object) : this.resultOf(called)
            )
        }
        if (callees.kinds !== 0) all.add(this.callPlatform("", new Values(), args))
        return all
    }

    private callAll(callees: Values, args: readonly Values[]): Values {
        const all = new Values()
        for (const fn of callees.functions) {
            this.pass(fn, args)
            all.add(this.resultOf(fn))
        }
        let isKnown = false
        for (const site of callees.sites)
            if (site.kind === "platform") {
                isKnown = true
                all.add(this.callPlatform(site.name, site.object, args))
            }
        if (!isKnown && callees.kinds !== 0) all.add(this.callPlatform("", new Values(), args))
        if (callees.hasOther) all.hasOther = true
        return all
    }

    /** @returns what a function of the platform gives, and does with objects of the program */
    private callPlatform(name: string, object: Values, args: readonly Values[]): Values {
        const result = Values.of(resultKinds(name))
        if (!KEEPS_FUNCTIONS.has(name))
            for (const arg of args) for (const fn of arg.functions) this.calledFromOutside(fn)
        if (canSuspend(name)) result.add(this.resumed)
        switch (name) {
            case "start":
                for (const fn of object.functions) this.pass(fn, args)
                break
            case "resume":
                for (const arg of args) this.grow(this.resumed, arg)
                break
            case "push":
            case "insert":
                for (const arg of args) this.addElement(object, arg)
                break
            case "pushRange":
                for (const arg of args) this.addElement(object, this.elementsOf(arg))
                break
            case "slice":
                for (const site of object.sites) if (site.kind === "array") result.addSite(site)
                break
            case "assign":
                for (const arg of args)
                    for (const site of arg.sites) this.copyMembers(site, args[0])
                result.add(args[0] ?? new Values())
                break
            case "values":
                for (const arg of args) for (const site of arg.sites) this.listMembers(site)
        }
        return result
    }

    /** All members of an object become elements of an array of the platform. */
    private listMembers(site: Site): void {
        for (const member of [...site.members.values(), site.elements, site.open])
            this.grow(this.platform.elements, member)
    }

    private copyMembers(from: Site, to: Values): void {
        for (const site of to.sites) {
            for (const [name, member] of from.members) this.grow(site.member(name), member)
            this.grow(site.elements, from.elements)
            this.grow(site.open, from.open)
        }
    }

    private elementsOf(array: Values): Values {
        const all = new Values()
        for (const site of array.sites) all.add(site.elements)
        if (array.kinds !== 0) {
            all.kinds |= FOREIGN
            all.add(this.platform.elements)
        }
        return all
    }

    private addElement(target: Values, written: Values): void {
        for (const site of target.sites) this.grow(site.elements, written)
        if (target.has(FOREIGN_ARRAY)) this.grow(this.platform.elements, written)
    }

    private make(constructors: Values, args: readonly Values[], statement: Statement): Values {
        const made = new Values()
        for (const constructor of constructors.functions) {
            made.addSite(this.instanceSite(constructor))
            made.add(this.resultOf(constructor))
            this.bind(constructor, Values.of(0, this.instanceSite(constructor)))
            this.pass(constructor, args)
        }
        if (constructors.kinds !== 0) {
            // new Array(n), or another class of the platform.
            made.kinds |= FOREIGN
            made.addSite(this.siteOf(statement, "array"))
        }
        return made
    }

    private callWithArray(statement: Statement, callees: Values, array: Values): void {
        const element = this.elementsOf(array)
        const args = Array.from({ length: 16 }, () => element)
        this.setResult(statement, this.callAll(callees, args))
    }

    /** Arguments become parameters. */
    private pass(fn: LinkFunction, args: readonly Values[]): void {
        this.called.add(fn)
        const first = (fn.flags & NEEDS_THIS) !== 0 ? 1 : 0
        const last = fn.parameters - 1
        const hasRest = (fn.flags & HAS_REST) !== 0
        if (hasRest) this.grow(this.local(fn, last), Values.of(0, this.siteOf(fn.body[0], "array")))
        args.forEach((arg, i) => {
            const slot = first + i
            if (hasRest && slot >= last) this.grow(this.siteOf(fn.body[0], "array").elements, arg)
            else if (slot <= last) this.grow(this.local(fn, slot), arg)
        })
    }

    private calledFromOutside(fn: LinkFunction): void {
        this.called.add(fn)
        const first = (fn.flags & IS_CONSTRUCTOR) !== 0 ? 1 : 0
        for (let slot = first; slot < fn.parameters; slot++)
            this.grow(this.local(fn, slot), this.foreign)
    }

    /** The method that the name means on an instance of the class, or on the class itself. */
    private lookUp(constructor: LinkFunction, name: Name): LinkFunction | undefined {
        const candidates = this.methodsByName.get(name)
        if (candidates === undefined) return undefined
        for (
            let at: LinkFunction | undefined = constructor;
            at !== undefined;
            at = this.bases.get(at)
        ) {
            const owner: LinkFunction = at
            const found = candidates.find(candidate => candidate.owner === owner)
            if (found !== undefined) return found.method
        }
        return undefined
    }

    private isPlatformName(name: Name): boolean {
        return typeof name === "number" || this.outside.has(name)
    }

    /** Whether something of the platform can be among the values. */
    private isOfPlatform({ kinds, sites }: Values): boolean {
        if (kinds !== 0) return true
        for (const { kind, fn } of sites) {
            if (kind !== "instance") return true
            for (let at = fn; at !== undefined; at = this.bases.get(at))
                if (this.platformDerived.has(at)) return true
        }
        return false
    }

    private ownersOf(closure: LinkFunction): Set<LinkFunction> {
        return getOrMake(this.closureOwners, closure, () => new Set())
    }

    /** The functions in whose slots a closure reaches, N levels up. */
    private ownersAt(fn: LinkFunction, level: Node): LinkFunction[] {
        let owners = [fn]
        for (let k = level.num; k > 0; k--)
            owners = [...new Set(owners.flatMap(owner => [...this.ownersOf(owner)]))]
        return owners
    }

    private functionSite(fn: LinkFunction): Site {
        return getOrMake(this.functionSites, fn, () => new Site("function", fn))
    }

    private instanceSite(constructor: LinkFunction): Site {
        return getOrMake(this.instanceSites, constructor, () => new Site("instance", constructor))
    }

    private siteOf(statement: Statement, kind: "array" | "map"): Site {
        return getOrMake(this.statementSites, statement, () => new Site(kind))
    }

    private local(fn: LinkFunction, slot: number): Values {
        const slots = this.locals.get(fn) as Values[]
        return (slots[slot] ??= new Values())
    }

    private global(index: number): Values {
        return (this.globals[index] ??= new Values())
    }

    private resultOf(fn: LinkFunction): Values {
        return getOrMake(this.results, fn, () => new Values())
    }

    private statementResult(statement: Statement): Values {
        return getOrMake(this.statementResults, statement, () => new Values())
    }

    private setResult(statement: Statement, values: Values): void {
        this.grow(this.statementResult(statement), values)
    }

    private grow(place: Values, values: Values): void {
        if (place.add(values)) this.isChanged = true
    }
}

/** To read only, like all that is given for an expression. */
const OTHER = Values.other()

const byKinds = new Map<number, Values>()

/** @returns values of these kinds, to read only */
function ofKinds(kinds: number): Values {
    return getOrMake(byKinds, kinds, () => Values.of(kinds))
}

/** The name of an access with a constant name. */
function memberName(node: Node): Name | undefined {
    if (isField(node.op)) return nameIn(node)
    return node.op === Op.INDEX ? constantName(node.args[1]) : undefined
}

/** @returns all of them, to read only: of one, it is that one itself */
function union(parts: readonly Values[]): Values {
    if (parts.length === 1) return parts[0]
    const all = new Values()
    for (const part of parts) all.add(part)
    return all
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
    let value = map.get(key)
    if (value === undefined) {
        value = make()
        map.set(key, value)
    }
    return value
}

/** @returns for each statement, the statements whose result it can find in the register */
function reachingResults(fn: LinkFunction): Map<Statement, readonly Statement[]> {
    const flow = new Flow(fn)
    const before: Set<number>[] = fn.body.map(() => new Set())
    for (let isChanged = true; isChanged;) {
        isChanged = false
        fn.body.forEach(({ op }, i) => {
            const out = setsResult(op) ? new Set([i]) : before[i]
            for (const next of flow.successors[i])
                for (const setter of out)
                    if (!before[next].has(setter)) {
                        before[next].add(setter)
                        isChanged = true
                    }
        })
    }
    return new Map(fn.body.map((statement, i) => [statement, [...before[i]].map(j => fn.body[j])]))
}
