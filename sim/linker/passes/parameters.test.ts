import { describe, expect, it } from "vitest"
import { NEEDS_THIS, type LinkFunction } from "../ir.js"
import { listing } from "../listing.js"
import { Op } from "../opcodes.js"
import {
    add,
    call,
    field,
    fn,
    functionRef,
    lit,
    local,
    op,
    result,
    ret,
    store,
} from "../testing/build.js"
import { dropParameters } from "./parameters.js"

function dropped(...functions: LinkFunction[]): boolean {
    return dropParameters(functions, new Map()).size > 0
}

describe("parameters", () => {
    it("that each call gives the same constant are that constant, wherever they are read", () => {
        const f = fn(3, ret(add(add(local(0), local(1)), local(2))))
        const main = fn(
            2,
            call(functionRef(f), local(0), lit(500), local(1)),
            call(functionRef(f), result(), lit(500), lit(1)),
            ret(result())
        )
        expect(dropped(main, f)).toBe(true)
        expect(f.parameters).toBe(2)
        expect(listing(f)).toEqual(["return ((L0 + 500) + L1)"])
        expect(listing(main).slice(0, 2)).toEqual([
            `call ${f.name}(L0, L1)`,
            `call ${f.name}(result, 1)`,
        ])
    })

    it("that no call gives are undefined, and those that are written begin with the constant", () => {
        const f = fn(2, store(1, add(local(1), local(0))), ret(local(1)))
        const main = fn(1, call(functionRef(f), local(0), lit(2)), ret(result()))
        expect(dropped(main, f)).toBe(true)
        expect(listing(f)).toEqual(["L1 := 2", "L1 := (L1 + L0)", "return L1"])
        const g = fn(2, ret(local(1)))
        const caller = fn(1, call(functionRef(g), local(0)), ret(result()))
        dropped(caller, g)
        expect(listing(g)).toEqual(["return undefined"])
        expect(listing(caller)[0]).toBe(`call ${g.name}()`)
    })

    it("that nobody reads go, unless an argument could throw", () => {
        const f = fn(2, ret(local(0)))
        const quiet = fn(2, call(functionRef(f), local(0), local(1)), ret(result()))
        expect(dropped(quiet, f)).toBe(true)
        expect(listing(quiet)[0]).toBe(`call ${f.name}(L0)`)
        const g = fn(2, ret(local(0)))
        const loud = fn(2, call(functionRef(g), local(0), field(local(1), "x")), ret(result()))
        expect(dropped(loud, g)).toBe(false)
    })

    it("stay where constants differ, with one call less, and where calls are not known", () => {
        const f = fn(1, ret(local(0)))
        const differing = fn(
            0,
            call(functionRef(f), lit(1)),
            call(functionRef(f), lit(2)),
            ret(result())
        )
        expect(dropped(differing, f)).toBe(false)
        const missing = fn(0, call(functionRef(f), lit(1)), call(functionRef(f)), ret(result()))
        expect(dropped(missing, f)).toBe(false)
        const stored = fn(0, store(0, functionRef(f)), call(functionRef(f), lit(1)), ret(result()))
        expect(dropped(stored, f)).toBe(false)
        const once = fn(0, call(functionRef(f), op(Op.TRUE)), ret(result()))
        expect(dropParameters([once, f], new Map([[f, new Set([0])]])).size).toBe(0)
        f.flags |= NEEDS_THIS
        expect(dropped(once, f)).toBe(false)
    })
})
