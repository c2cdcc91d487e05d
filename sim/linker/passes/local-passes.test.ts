/** Each pass within a function, on bodies put together by hand. */
import { describe, expect, it } from "vitest"
import { listing } from "../listing.js"
import { Op } from "../opcodes.js"
import {
    add,
    call,
    endTry,
    field,
    fn,
    global,
    jump,
    lit,
    local,
    lt,
    not,
    op,
    result,
    ret,
    set,
    statement,
    store,
    storeGlobal,
    storeResult,
    throwJump,
    sub,
    tryUntil,
    unless,
} from "../testing/build.js"
import { turnBranches } from "./branches.js"
import { propagateCopies } from "./copies.js"
import { shortenExpressions } from "./expressions.js"
import { forwardValues } from "./forward.js"
import { simplifyJumps } from "./jumps.js"
import { shortenResults } from "./results.js"
import { shareSlots } from "./slots.js"
import { splitSlots } from "./split.js"
import { mergeTails } from "./tails.js"
import { removeUnreachable } from "./unreachable.js"
import { dropUnreadObjects } from "./unread.js"

const NONE: ReadonlySet<number> = new Set()
const nothing = () => op(Op.UNDEFINED)

describe("unreachable code", () => {
    it("goes, handlers and what a finally-block goes on with excepted", () => {
        const f = fn(0, jump("end"), store(1, lit(1)), "end", ret(lit(0)), ret(lit(1)))
        removeUnreachable(f)
        expect(listing(f)).toEqual(["goto 1", "1: return 0"])
        const handled = fn(0, tryUntil("h"), ret(lit(1)), "h", statement(Op.CATCH), ret(lit(2)))
        expect(removeUnreachable(handled)).toBe(false)
    })
})

describe("jumps", () => {
    it("lead to where they end up, and vanish when that is the next statement", () => {
        const f = fn(1, unless(local(0), "a"), ret(lit(1)), "a", jump("b"), "b", ret(lit(2)))
        simplifyJumps(f, NONE)
        expect(listing(f)).toEqual(["unless L0 goto 1", "return 1", "1: return 2"])
    })

    it("survive a circle of jumps", () => {
        const f = fn(1, "a", jump("b"), "b", jump("a"))
        simplifyJumps(f, NONE)
        expect(f.body.length).toBeGreaterThan(0)
    })

    it("turn around a condition that jumps over a jump", () => {
        const f = fn(1, unless(not(local(0)), "a"), jump("b"), "a", ret(lit(1)), "b", ret(lit(2)))
        simplifyJumps(f, NONE)
        expect(listing(f)).toEqual(["unless L0 goto 1", "return 1", "1: return 2"])
    })

    it("keep a condition that can throw although both ways lead to the same place", () => {
        const f = fn(1, unless(field(local(0), "x"), "a"), "a", ret(lit(1)))
        simplifyJumps(f, NONE)
        expect(listing(f)[0]).toBe("unless L0.x goto 1")
    })

    it("skip a second test of the same local, unless closures can change it", () => {
        const body = () =>
            fn(
                1,
                unless(local(0), "again"),
                store(1, lit(1)),
                "again",
                unless(local(0), "end"),
                ret(lit(1)),
                "end",
                ret(lit(2))
            )
        const f = body()
        simplifyJumps(f, NONE)
        expect(listing(f)[0]).toBe("unless L0 goto 1")
        expect(f.body[0].target).toBe(f.body.at(-1))
        const shared = body()
        simplifyJumps(shared, new Set([0]))
        expect(shared.body[0].target).toBe(shared.body[2])
    })

    it("decide constants: 0, false, null and undefined are false, other integers true", () => {
        for (const [condition, first] of [
            [lit(0), "goto 1"],
            [op(Op.NULL), "goto 1"],
            [lit(-1), "return 1"],
            [op(Op.TRUE), "return 1"],
        ] as const) {
            const f = fn(0, unless(condition, "a"), ret(lit(1)), "a", ret(lit(2)))
            simplifyJumps(f, NONE)
            expect(listing(f)[0]).toBe(first)
        }
    })

    it("become the value that a branch chooses: 0 or 1, or an absolute value", () => {
        const choice = (yes: number, no: number) => {
            const f = fn(
                1,
                unless(lt(local(0), lit(5)), "a"),
                store(1, lit(yes)),
                jump("b"),
                "a",
                store(1, lit(no)),
                "b",
                ret(local(1))
            )
            simplifyJumps(f, NONE)
            return listing(f)[0]
        }
        expect(choice(1, 0)).toBe("L1 := to_int((L0 < 5))")
        expect(choice(0, 1)).toBe("L1 := to_int(!(L0 < 5))")
        expect(choice(2, -1)).toBe("unless (L0 < 5) goto 1")
        const f = fn(
            1,
            unless(lt(local(0), lit(0)), "a"),
            store(0, op(Op.NEG, local(0))),
            "a",
            ret(local(0))
        )
        simplifyJumps(f, NONE)
        expect(listing(f)).toEqual(["L0 := abs(L0)", "return L0"])
    })

    it("return a condition that is a truth value, and no other", () => {
        const f = fn(
            2,
            unless(lt(local(0), local(1)), "a"),
            ret(op(Op.TRUE)),
            "a",
            ret(op(Op.FALSE))
        )
        simplifyJumps(f, NONE)
        expect(listing(f)[0]).toBe("return (L0 < L1)")
        const g = fn(2, unless(local(0), "a"), ret(op(Op.TRUE)), "a", ret(op(Op.FALSE)))
        simplifyJumps(g, NONE)
        expect(listing(g)[0]).toBe("unless L0 goto 1")
    })
})

describe("copies", () => {
    it("are replaced by the original while neither changes", () => {
        const f = fn(1, store(1, local(0)), store(2, add(local(1), lit(1))), ret(local(2)))
        propagateCopies(f, NONE)
        expect(listing(f)[1]).toBe("L2 := (L0 + 1)")
        const g = fn(1, store(1, local(0)), store(0, lit(5)), ret(local(1)))
        expect(propagateCopies(g, NONE)).toBe(false)
    })

    it("of a copy do not become copies of an original that changes before they are read", () => {
        const f = fn(
            1,
            store(1, local(0)),
            store(2, local(1)),
            store(0, result()),
            ret(add(local(2), local(0)))
        )
        propagateCopies(f, NONE)
        expect(listing(f).at(-1)).toBe("return (L1 + L0)")
    })

    it("hold on every path or not at all", () => {
        const f = fn(
            1,
            unless(local(0), "a"),
            store(1, lit(3)),
            jump("b"),
            "a",
            store(1, lit(4)),
            "b",
            ret(local(1))
        )
        expect(propagateCopies(f, NONE)).toBe(false)
    })

    it("are not trusted in a handler", () => {
        const f = fn(
            1,
            store(1, lit(3)),
            tryUntil("h"),
            store(1, lit(4)),
            call(local(0)),
            endTry("end"),
            "h",
            statement(Op.CATCH),
            store(2, local(1)),
            "end",
            ret(lit(0))
        )
        propagateCopies(f, NONE)
        expect(listing(f)).toContain("L2 := L1")
    })
})

describe("a jump out of a block with finally", () => {
    it("goes through the finally-block: what that stores holds at its target", () => {
        const f = fn(
            1,
            store(1, lit(1)),
            tryUntil("finally"),
            throwJump("end"),
            "finally",
            statement(Op.FINALLY),
            store(2, result()),
            store(1, lit(2)),
            statement(Op.RE_THROW, local(2)),
            ret(lit(0)),
            "end",
            ret(local(1))
        )
        propagateCopies(f, NONE)
        expect(listing(f).at(-1)).toMatch(/return L1$/)
    })
})

describe("forwarding", () => {
    it("moves a value to its only use", () => {
        const f = fn(2, store(2, add(local(0), lit(1))), ret(sub(local(2), local(1))))
        forwardValues(f, NONE)
        expect(listing(f)).toEqual(["return ((L0 + 1) - L1)"])
    })

    it("keeps which of two exceptions comes first", () => {
        // L2 := L0.x comes before L1.y; in L1.y - L2 it would come after it.
        const f = fn(2, store(2, field(local(0), "x")), ret(sub(field(local(1), "y"), local(2))))
        expect(forwardValues(f, NONE)).toBe(false)
        const g = fn(2, store(2, field(local(0), "x")), ret(sub(local(2), field(local(1), "y"))))
        forwardValues(g, NONE)
        expect(listing(g)).toEqual(["return (L0.x - L1.y)"])
    })

    it("does not move a read of memory past something that can write it", () => {
        const f = fn(2, store(2, field(local(0), "x")), call(local(1)), ret(local(2)))
        expect(forwardValues(f, NONE)).toBe(false)
        const g = fn(2, store(2, global(0)), storeGlobal(0, lit(1)), ret(local(2)))
        expect(forwardValues(g, NONE)).toBe(false)
    })

    it("does not move a value past a change of what it is made of", () => {
        const f = fn(
            1,
            store(1, add(local(0), lit(1))),
            store(0, lit(7)),
            ret(add(local(1), local(0)))
        )
        forwardValues(f, NONE)
        expect(listing(f)[0]).toBe("L1 := (L0 + 1)")
    })

    it("drops a store that nobody reads, unless its value can throw", () => {
        const f = fn(
            1,
            store(1, add(local(0), lit(1))),
            store(2, sub(local(0), lit(1))),
            ret(lit(0))
        )
        forwardValues(f, NONE)
        // The sum may be one of texts, for which room can run out.
        expect(listing(f)).toEqual(["L1 := (L0 + 1)", "return 0"])
    })

    it("keeps what a handler reads, and what closures share", () => {
        const f = fn(
            1,
            tryUntil("h"),
            store(1, lit(4)),
            call(local(0)),
            store(1, lit(5)),
            call(local(0)),
            endTry("end"),
            "h",
            statement(Op.CATCH),
            ret(local(1)),
            "end",
            ret(lit(0))
        )
        expect(forwardValues(f, NONE)).toBe(false)
        const g = fn(1, store(1, lit(4)), ret(lit(0)))
        expect(forwardValues(g, new Set([1]))).toBe(false)
    })

    it("takes the result of a call to where it is used, but not past another call", () => {
        const f = fn(1, call(local(0)), store(1, result()), ret(add(local(1), lit(1))))
        forwardValues(f, NONE)
        expect(listing(f)).toEqual(["call L0()", "return (result + 1)"])
        const g = fn(
            1,
            call(local(0)),
            store(1, result()),
            call(local(0)),
            ret(add(local(1), result()))
        )
        expect(forwardValues(g, NONE)).toBe(false)
    })

    it("leaves the stack of the VM room: 16 values", () => {
        let deep = local(1)
        for (let i = 0; i < 12; i++) deep = sub(local(0), deep)
        let use = local(2)
        for (let i = 0; i < 6; i++) use = sub(local(0), use)
        const f = fn(2, store(2, deep), ret(use))
        expect(forwardValues(f, NONE)).toBe(false)
    })
})

describe("results", () => {
    it("are returned where they are known instead of jumped to", () => {
        const f = fn(
            1,
            unless(local(0), "a"),
            jump("end"),
            "a",
            call(local(0)),
            "end",
            ret(nothing())
        )
        shortenResults(f)
        expect(listing(f)[1]).toBe("return undefined")
    })

    it("stay results where they are read again", () => {
        const f = fn(
            1,
            unless(local(0), "a"),
            storeResult(lit(1)),
            jump("end"),
            "a",
            storeResult(lit(2)),
            "end",
            store(1, result()),
            ret(add(local(1), result()))
        )
        expect(shortenResults(f)).toBe(false)
    })

    it("go straight to the local that takes them over", () => {
        const f = fn(
            1,
            unless(local(0), "a"),
            storeResult(lit(1)),
            jump("end"),
            "a",
            storeResult(lit(2)),
            "end",
            store(1, result()),
            ret(local(1))
        )
        shortenResults(f)
        expect(listing(f).slice(1, 3)).toEqual(["L1 := 1", "goto 2"])
    })
})

describe("equal ends of blocks", () => {
    it("become one", () => {
        const end = () => [set(local(0), "state", lit(2)), call(field(local(0), "done"))]
        const f = fn(1, unless(local(0), "a"), ...end(), jump("b"), "a", ...end(), "b", ret(lit(0)))
        mergeTails(f)
        removeUnreachable(f)
        expect(listing(f).filter(line => line.includes("done"))).toHaveLength(1)
    })

    it("stay apart when a test in them leads elsewhere", () => {
        const f = fn(
            2,
            unless(local(0), "a"),
            unless(local(1), "x"),
            call(local(0)),
            jump("end"),
            "a",
            unless(local(1), "y"),
            call(local(0)),
            "end",
            ret(lit(0)),
            "x",
            ret(lit(1)),
            "y",
            ret(lit(2))
        )
        mergeTails(f)
        expect(listing(f).filter(line => line.includes("unless L1"))).toHaveLength(2)
    })

    it("stay apart when they go on differently", () => {
        const f = fn(
            1,
            unless(local(0), "a"),
            call(local(0)),
            ret(lit(1)),
            "a",
            call(local(0)),
            ret(lit(2))
        )
        expect(mergeTails(f)).toBe(false)
    })
})

describe("branches", () => {
    it("change sides rather than negate", () => {
        const f = fn(
            2,
            unless(not(local(0)), "else"),
            call(local(0)),
            jump("end"),
            "else",
            call(local(1)),
            "end",
            ret(lit(0))
        )
        turnBranches(f)
        expect(listing(f)).toEqual([
            "unless L0 goto 1",
            "call L1()",
            "goto 2",
            "1: call L0()",
            "2: return 0",
        ])
    })

    it("use a return that stands elsewhere", () => {
        const f = fn(2, unless(not(local(0)), "a"), ret(lit(0)), "a", call(local(1)), ret(lit(0)))
        turnBranches(f)
        expect(listing(f)).toEqual(["unless L0 goto 1", "call L1()", "1: return 0"])
    })
})

describe("expressions", () => {
    it("on integers are computed while they stay integers", () => {
        const value = (node: ReturnType<typeof lit>) => {
            const f = fn(0, ret(node))
            shortenExpressions(f)
            return listing(f)[0]
        }
        expect(value(op(Op.MUL, lit(8), lit(33)))).toBe("return 264")
        expect(value(op(Op.MUL, lit(65_536), lit(65_536)))).toBe("return (65536 * 65536)")
        expect(value(op(Op.MUL, lit(0), lit(-1)))).toBe("return (0 * -1)")
        expect(value(add(lit(2_147_483_647), lit(1)))).toBe("return (2147483647 + 1)")
        expect(value(op(Op.SHIFT_LEFT, lit(1), lit(31)))).toBe("return -2147483648")
        expect(value(op(Op.EQ, local(0), nothing()))).toBe("return is_undefined(L0)")
        expect(value(op(Op.EQ, local(0), op(Op.NULL)))).toBe("return (L0 === null)")
        expect(value(op(Op.APPROX_NE, op(Op.NULL), local(0)))).toBe("return !is_nullish(L0)")
    })
})

describe("slots", () => {
    it("are shared by values that are never needed together", () => {
        const f = fn(1, store(3, lit(1)), call(local(0), local(3)), store(4, lit(2)), ret(local(4)))
        shareSlots(f, NONE)
        expect(f.slots).toBe(2)
    })

    it("of parameters stay, and a local that is read first stays undefined", () => {
        const f = fn(2, store(5, lit(1)), call(local(0), local(5)), ret(add(local(9), local(1))))
        shareSlots(f, NONE)
        const [first, second] = listing(f)
        expect(first).toBe("L3 := 1")
        expect(second).toBe("call L0(L3)")
        expect(f.slots).toBe(4)
    })

    it("stay as they are when closures know them", () => {
        const f = fn(1, store(5, lit(1)), ret(local(5)))
        shareSlots(f, new Set([5]))
        expect(listing(f)[0]).toBe("L5 := 1")
    })

    it("are taken apart where two values have nothing to do with each other", () => {
        const f = fn(1, store(1, lit(1)), call(local(0), local(1)), store(1, lit(2)), ret(local(1)))
        splitSlots(f, NONE)
        expect(f.body[0].num).not.toBe(f.body[2].num)
        const loop = fn(
            1,
            store(1, lit(0)),
            "a",
            store(1, add(local(1), lit(1))),
            unless(local(0), "a"),
            ret(local(1))
        )
        splitSlots(loop, NONE)
        expect(loop.body[0].num).toBe(loop.body[1].num)
    })
})

describe("object literals that go nowhere", () => {
    it("vanish with what is put into them", () => {
        const f = fn(
            0,
            statement(Op.ALLOC_MAP),
            store(1, result()),
            set(local(1), "a", lit(1)),
            ret(lit(0))
        )
        dropUnreadObjects(f, NONE)
        expect(listing(f)).toEqual(["return 0"])
    })

    it("stay when something is read out of them, or can throw on the way in", () => {
        for (const last of [ret(local(1)), call(local(1))]) {
            const f = fn(0, statement(Op.ALLOC_MAP), store(1, result()), last, ret(lit(0)))
            expect(dropUnreadObjects(f, NONE)).toBe(false)
        }
        const g = fn(
            1,
            statement(Op.ALLOC_MAP),
            store(1, result()),
            set(local(1), "a", field(local(0), "x")),
            ret(lit(0))
        )
        expect(dropUnreadObjects(g, NONE)).toBe(false)
    })
})
