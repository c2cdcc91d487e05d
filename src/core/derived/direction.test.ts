import { describe, expect, it } from "vitest"
import { DirectionCount } from "./direction.js"

const TOGETHER = 20
const APART = 1500
const QUIET = 80

/** What two inputs tell: "A" and "B" close, "a" and "b" open, each at its time in ms. */
type Changes = readonly (readonly [what: string, ms: number])[]

/** One by the other: closed for 250 ms, half a metre apart. */
const IN: Changes = [
    ["A", 0],
    ["B", 150],
    ["a", 250],
    ["b", 400],
]
const OUT: Changes = [
    ["B", 0],
    ["A", 150],
    ["b", 250],
    ["a", 400],
]

function after(ms: number, changes: Changes): Changes {
    return changes.map(([what, at]) => [what, at + ms])
}

/** @returns [in, out, unclear] long after the last change */
function counted(...all: readonly Changes[]): readonly number[] {
    const passages = new DirectionCount(TOGETHER, APART, QUIET)
    const changes = all.flat().sort(([, a], [, b]) => a - b)
    for (const [what, ms] of changes)
        passages.change(what.toUpperCase() === "A" ? 0 : 1, what === what.toUpperCase(), ms)
    passages.settle((changes.at(-1)?.[1] ?? 0) + 20_000)
    return [passages.inwards, passages.outwards, passages.unclear]
}

describe("the direction of passages by two inputs", () => {
    it("is that of the input which somebody meets first and leaves first", () => {
        expect(counted(IN)).toEqual([1, 0, 0])
        expect(counted(OUT)).toEqual([0, 1, 0])
    })

    it("is told of each one in a bunch, half a second apart", () => {
        const bunch = Array.from({ length: 12 }, (_, i) => after(500 * i, IN))
        expect(counted(...bunch)).toEqual([12, 0, 0])
        expect(counted(IN, after(1000, OUT), after(2000, IN))).toEqual([2, 1, 0])
    })

    it("is told of somebody slow, who is between the inputs for a second", () => {
        const slow: Changes = [
            ["A", 0],
            ["a", 600],
            ["B", 1600],
            ["b", 2200],
        ]
        expect(counted(slow)).toEqual([1, 0, 0])
    })

    it("survives inputs that bounce, and that tell the same twice", () => {
        const bouncing: Changes = [
            ["A", 0],
            ["A", 1],
            ["a", 10],
            ["A", 20],
            ["B", 150],
            ["a", 250],
            ["A", 260],
            ["a", 270],
            ["b", 400],
            ["B", 410],
            ["b", 420],
        ]
        expect(counted(bouncing)).toEqual([1, 0, 0])
    })

    it.each<readonly [string, readonly Changes[]]>([
        ["only the first input", [[["A", 0], ["a", 250]]]], // prettier-ignore
        ["only the second input", [[["B", 0], ["b", 250]]]], // prettier-ignore
        ["both at once", [[["A", 0], ["B", 19], ["a", 250], ["b", 260]]]], // prettier-ignore
        ["back behind the second", [[["A", 0], ["B", 150], ["a", 250], ["A", 500], ["b", 600], ["a", 700]]]], // prettier-ignore
        ["two who meet between the inputs", [IN, after(100, OUT).filter(([what]) => what !== "B" && what !== "a"), [["a", 500]]]], // prettier-ignore
    ])("is unclear, once, and not guessed: %s", (_, changes) => {
        expect(counted(...changes)).toEqual([0, 0, 1])
    })

    it("takes a difference of the stated time for one, and a shorter one for none", () => {
        const apart = (ms: number) =>
            counted([["A", 0], ["B", ms], ["a", 250], ["b", 250 + ms]]) // prettier-ignore
        expect(apart(TOGETHER)).toEqual([1, 0, 0])
        expect(apart(TOGETHER - 1)).toEqual([0, 0, 1])
    })

    it("leaves out an input that is stuck, once as unclear, and tells of all who pass the other one", () => {
        const stuck = counted([["A", 0]], after(15_000, [["B", 0], ["b", 250]]), after(20_000, [["B", 0], ["b", 250]])) // prettier-ignore
        expect(stuck).toEqual([0, 0, 3])
    })

    it("is told again as soon as a stuck input is free", () => {
        expect(counted([["A", 0], ["a", 30_000]], after(32_000, IN), after(40_000, OUT))).toEqual([1, 1, 1]) // prettier-ignore
    })

    it("counts nothing while nobody passes, and comes around behind 2³¹ − 1", () => {
        expect(counted([])).toEqual([0, 0, 0])
        const passages = new DirectionCount(TOGETHER, APART, QUIET)
        passages.unclear = 0x7fffffff
        passages.change(0, true, 0)
        passages.change(0, false, 100)
        passages.settle(10_000)
        expect(passages.unclear).toBe(0)
    })
})
