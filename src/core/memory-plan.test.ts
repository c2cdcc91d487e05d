import { describe, expect, it } from "vitest"
import { USUAL_HEAP_BYTES, planMemory } from "./memory-plan.js"

const S2_HEAP_BYTES = 40960

describe("the plan of a station's memory", () => {
    it("gives a small node of a usual board frames of 1,000 B and the most RAM for them", () => {
        expect(planMemory(USUAL_HEAP_BYTES, 4, 3)).toEqual({
            frameBytes: 1000,
            outboxBytes: 14000,
            spareBytes: 4000,
        })
    })

    it("gives frames less room the more columns there are, never less than 600 B", () => {
        const rooms = (heap: number) =>
            [1, 4, 8, 16, 32].map(columns => planMemory(heap, columns, 8).outboxBytes)
        for (const heap of [USUAL_HEAP_BYTES, S2_HEAP_BYTES]) {
            const sizes = rooms(heap)
            expect(sizes, `B on a heap of ${heap} B`).toEqual([...sizes].sort((a, b) => b - a))
            expect(Math.min(...sizes), "B").toBeGreaterThanOrEqual(600)
        }
        expect(Math.max(...rooms(S2_HEAP_BYTES)), "B on 40 KB").toBeLessThan(
            Math.min(...rooms(USUAL_HEAP_BYTES).slice(0, 3))
        )
    })

    it("keeps frames on a small heap short", () => {
        expect(planMemory(S2_HEAP_BYTES, 8, 4).frameBytes, "B").toBe(400)
    })

    it("gives whole numbers", () => {
        for (let columns = 1; columns <= 32; columns++)
            for (const bytes of Object.values(planMemory(S2_HEAP_BYTES + 3, columns, columns)))
                expect(Number.isInteger(bytes)).toBe(true)
    })
})
