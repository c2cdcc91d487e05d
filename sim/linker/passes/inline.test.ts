import { describe, expect, it } from "vitest"
import { type LinkFunction } from "../ir.js"
import { listing } from "../listing.js"
import { Op } from "../opcodes.js"
import {
    add,
    call,
    field,
    fn,
    functionRef,
    jump,
    lit,
    local,
    op,
    result,
    ret,
    store,
    sub,
    tryUntil,
    unless,
} from "../testing/build.js"
import { inlineCalls } from "./inline.js"

function inlined(main: LinkFunction, ...others: LinkFunction[]): LinkFunction[] {
    return inlineCalls([main, ...others], new Set([main]))
}

describe("inlining", () => {
    it("puts a function that is called once where it is called", () => {
        const f = fn(2, ret(sub(local(0), local(1))))
        const main = fn(1, call(functionRef(f), lit(7), local(0)), ret(result()))
        expect(inlined(main, f)).toEqual([main])
        expect(listing(main)).toEqual(["return (7 - L0)"])
    })

    it("gives locals that are read first the value undefined, in every turn of a loop", () => {
        const f = fn(1, unless(local(0), "a"), store(5, lit(1)), "a", ret(local(5)))
        const main = fn(
            1,
            "again",
            call(functionRef(f), local(0)),
            store(1, add(result(), lit(1))),
            jump("again")
        )
        inlined(main, f)
        expect(listing(main).some(line => /^(?:\d: )?L\d+ := undefined$/.test(line))).toBe(true)
    })

    it("evaluates an argument that nobody takes when it can throw", () => {
        const f = fn(0, ret(lit(1)))
        const main = fn(1, call(functionRef(f), field(local(0), "x")), ret(result()))
        inlined(main, f)
        expect(listing(main)[0]).toMatch(/L0\.x$/)
    })

    it("leaves functions alone that have handlers, are constructors, or call themselves", () => {
        const handled = fn(0, tryUntil("h"), "h", ret(lit(1)))
        const constructor = { ...fn(1, ret(op(Op.UNDEFINED))), flags: 3 }
        const recursive = fn(1, ret(lit(0)))
        recursive.body.unshift(call(functionRef(recursive), local(0)))
        for (const f of [handled, constructor, recursive]) {
            const main = fn(1, call(functionRef(f), local(0)), ret(result()))
            expect(inlined(main, f)).toHaveLength(2)
        }
    })

    it("leaves functions alone that are also used as values", () => {
        const f = fn(1, ret(local(0)))
        const main = fn(1, call(functionRef(f), local(0)), ret(functionRef(f)))
        expect(inlined(main, f)).toHaveLength(2)
    })

    it("copies what is shorter than its calls, and not what is longer", () => {
        const short = fn(1, ret(local(0)))
        const long = fn(1, ...Array.from({ length: 20 }, () => call(local(0))), ret(lit(0)))
        const calls = (f: LinkFunction) =>
            fn(1, call(functionRef(f), lit(1)), call(functionRef(f), lit(2)), ret(result()))
        expect(inlined(calls(short), short)).toHaveLength(1)
        expect(inlined(calls(long), long)).toHaveLength(2)
    })

    it("remembers where code stood and where that was called, through several levels", () => {
        const inner = fn(1, call(field(local(0), "go")), ret(result()))
        inner.body[0].place = { position: 100, length: 1 }
        const outer = fn(1, call(functionRef(inner), local(0)), ret(result()))
        outer.body[0].place = { position: 50, length: 1 }
        const main = fn(1, call(functionRef(outer), local(0)), ret(result()))
        main.body[0].place = { position: 10, length: 1 }
        inlined(main, outer, inner)
        const { position, inlined: call1 } = main.body[0].place
        expect(position).toBe(100)
        expect(call1?.of).toBe(inner)
        expect(call1?.calledAt.position).toBe(50)
        expect(call1?.calledAt.inlined?.of).toBe(outer)
        expect(call1?.calledAt.inlined?.calledAt.position).toBe(10)
    })
})
