/** The passes within a function as a whole: what they know of a function is no older than the function. */
import { describe, expect, it } from "vitest"
import { listing } from "./listing.js"
import { simplify } from "./simplify.js"
import { add, fn, lit, local, ret, storeGlobal, store } from "./testing/build.js"

const NONE: ReadonlySet<number> = new Set()

/** t := 1; global 0 := t; return 0, where t is slot 0 */
const stored = () => fn(0, store(0, lit(1)), storeGlobal(0, local(0)), ret(lit(0)))

describe("a function that was simplified before", () => {
    it("is simplified again when a statement has come to it", () => {
        const f = stored()
        simplify(f, NONE)
        const simple = listing(f)
        f.body.unshift(...stored().body.slice(0, 1))
        simplify(f, NONE)
        expect(listing(f)).toEqual(simple)
    })

    it("is simplified again when something deep in a statement has changed", () => {
        const f = fn(1, storeGlobal(0, add(local(0), lit(1))), ret(lit(0)))
        simplify(f, NONE)
        f.body[0].args[0].args[0] = lit(2)
        simplify(f, NONE)
        expect(listing(f)).toEqual(listing(fn(1, storeGlobal(0, lit(3)), ret(lit(0)))))
    })

    it("is simplified again when closures have no part in a slot any more", () => {
        const f = stored()
        simplify(f, new Set([0]))
        const shared = listing(f)
        simplify(f, NONE)
        expect(listing(f)).not.toEqual(shared)
        const alone = stored()
        simplify(alone, NONE)
        expect(listing(f)).toEqual(listing(alone))
    })
})
