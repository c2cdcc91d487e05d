/** What a place in a program can hold, as far as it is known without running it. */
import { type LinkFunction } from "./ir.js"
import { type Name } from "./names.js"

/** Kinds of values that are not made by the program, as bits. */
export const NUMBER = 1
export const TEXT = 2
/** What JSON.parse makes of an object, with members of any name. */
export const FOREIGN_MAP = 4
export const FOREIGN_ARRAY = 8
export const BUFFER = 16
/** Roles, packets, fibers, the objects ds, Math, JSON … */
export const PLATFORM = 32
/** All that can come from the platform, other than JSON. */
export const FOREIGN = NUMBER | TEXT | FOREIGN_ARRAY | BUFFER | PLATFORM
/** All that JSON can hold. */
export const JSON_VALUE = NUMBER | TEXT | FOREIGN_ARRAY | FOREIGN_MAP

/**
 * All objects that one place in the program makes: the instances of a class, the
 * arrays or object literals of one statement, a function, or a function of the
 * platform together with the object that it was read from.
 */
export class Site {
    /** Its members, by name. */
    readonly members = new Map<Name, Values>()
    /** Its elements, by number. */
    readonly elements = new Values()
    /** Members whose name is computed. */
    readonly open = new Values()
    /** What a function of the platform was read from. */
    readonly object = new Values()

    constructor(
        readonly kind: "instance" | "array" | "map" | "function" | "platform",
        /** The class, or the function itself. */
        readonly fn?: LinkFunction,
        /** Name of a function of the platform. */
        readonly name = ""
    ) {}

    member(name: Name): Values {
        let values = this.members.get(name)
        if (values === undefined) {
            values = new Values()
            this.members.set(name, values)
        }
        return values
    }
}

const NO_SITES: ReadonlySet<Site> = new Set()

/**
 * A set of values that only grows. Undefined is in every set, and where members are
 * looked for, null and the two truth values are, too: a member of them is an error.
 */
export class Values {
    kinds = 0
    /** Whether something else may be among them: null, a truth value, or what is not followed. */
    hasOther = false
    /** Most sets hold no objects of the program. */
    private ownSites: Set<Site> | undefined

    static of(kinds: number, site?: Site): Values {
        const values = new Values()
        values.kinds = kinds
        if (site !== undefined) values.addSite(site)
        return values
    }

    /** Null, a truth value, or what is not followed. */
    static other(): Values {
        const values = new Values()
        values.hasOther = true
        return values
    }

    /** Objects of the program among the values. */
    get sites(): ReadonlySet<Site> {
        return this.ownSites ?? NO_SITES
    }

    get isEmpty(): boolean {
        return this.kinds === 0 && this.ownSites === undefined
    }

    /** Undefined, and nothing else. */
    get isNothing(): boolean {
        return this.isEmpty && !this.hasOther
    }

    /** Numbers, if anything: as a key it names no method. */
    get isNumeric(): boolean {
        return (this.kinds & ~NUMBER) === 0 && this.ownSites === undefined
    }

    /** @returns whether the set has grown */
    add(other: Values): boolean {
        const { kinds, hasOther } = this
        this.kinds |= other.kinds
        this.hasOther ||= other.hasOther
        const isChanged = kinds !== this.kinds || hasOther !== this.hasOther
        if (other.ownSites === undefined) return isChanged
        const own = (this.ownSites ??= new Set())
        const { size } = own
        for (const site of other.ownSites) own.add(site)
        return isChanged || size !== own.size
    }

    addSite(site: Site): void {
        this.ownSites ??= new Set()
        this.ownSites.add(site)
    }

    has(kind: number): boolean {
        return (this.kinds & kind) !== 0
    }

    /** The functions among the values. */
    get functions(): LinkFunction[] {
        return this.fnsOf("function")
    }

    /** The classes of which there are instances among the values. */
    get classes(): LinkFunction[] {
        return this.fnsOf("instance")
    }

    private fnsOf(kind: Site["kind"]): LinkFunction[] {
        const found: LinkFunction[] = []
        for (const site of this.sites) if (site.kind === kind) found.push(site.fn as LinkFunction)
        return found
    }
}
