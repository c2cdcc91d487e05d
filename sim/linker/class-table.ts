/**
 * The compiler's class table: one function, called before anything else, that
 * puts each method under its name into the prototype of its class, and sets the
 * prototypes of derived classes.
 */
import { type LinkFunction, type Node, type Statement } from "./ir.js"
import { constantName, type BuiltinTexts, type Name } from "./names.js"
import { Op } from "./opcodes.js"

/** The compiler's name for it. */
export const CLASS_TABLE = "prototype"
/** Number of the platform's object Object.prototype. */
const OBJECT_PROTOTYPE = 2

/** class.prototype[name] = method, or class[name] = method */
export interface MethodEntry {
    readonly statement: Statement
    /** Constructor of the class; undefined for objects of the platform. */
    readonly owner: LinkFunction | undefined
    /** Whether every object inherits it: a member of Object.prototype. */
    readonly isForAll: boolean
    readonly name: Name
    readonly method: LinkFunction
}

/** Object.setPrototypeOf(derived.prototype, base.prototype) */
export interface Inheritance {
    readonly statement: Statement
    readonly derived: LinkFunction
    /** Undefined for classes of the platform, such as Error. */
    readonly base: LinkFunction | undefined
}

export class ClassTable {
    methods: MethodEntry[] = []
    inheritance: Inheritance[] = []

    private constructor(
        readonly table: LinkFunction,
        builtins: BuiltinTexts
    ) {
        const prototype = builtins.indexOf("prototype")
        const setPrototypeOf = builtins.indexOf("setPrototypeOf")
        for (const statement of table.body) {
            const { op, args } = statement
            if (op === Op.INDEX_SET && args[2].op === Op.STATIC_FUNCTION) {
                const name = constantName(args[1])
                if (name === undefined) continue
                const method = args[2].ref as LinkFunction
                const owner = prototypeOwner(args[0], prototype) ?? staticOwner(args[0])
                const isForAll =
                    args[0].op === Op.BUILTIN_OBJECT && args[0].num === OBJECT_PROTOTYPE
                this.methods.push({ statement, owner, isForAll, name, method })
            } else if (op === Op.CALL2 && isField(args[0], setPrototypeOf)) {
                const derived = prototypeOwner(args[1], prototype)
                if (derived === undefined) continue
                this.inheritance.push({
                    statement,
                    derived,
                    base: prototypeOwner(args[2], prototype),
                })
            }
        }
    }

    /** @returns undefined for a program without classes */
    static of(functions: readonly LinkFunction[], builtins: BuiltinTexts): ClassTable | undefined {
        const table = functions.find(fn => fn.name === CLASS_TABLE)
        return table === undefined ? undefined : new ClassTable(table, builtins)
    }

    /** Takes an entry out. */
    remove({ statement }: MethodEntry | Inheritance): void {
        this.keepOnly(other => other !== statement)
    }

    /** Takes out the statements that do not pass, and the entries that they are. */
    keepOnly(passes: (statement: Statement) => boolean): void {
        this.table.body = this.table.body.filter(passes)
        this.methods = this.methods.filter(({ statement }) => passes(statement))
        this.inheritance = this.inheritance.filter(({ statement }) => passes(statement))
    }
}

function isField({ op, num }: Node, name: number): boolean {
    return op === Op.OBJECT_FIELD && num === name
}

/** @returns the class C of an expression C.prototype */
function prototypeOwner(node: Node, prototype: number): LinkFunction | undefined {
    if (node.op !== Op.BUILTIN_FIELD || node.num !== prototype) return undefined
    return staticOwner(node.args[0])
}

/** @returns the class itself, for a method that is called on it */
function staticOwner(node: Node): LinkFunction | undefined {
    return node.op === Op.STATIC_FUNCTION ? (node.ref as LinkFunction) : undefined
}
