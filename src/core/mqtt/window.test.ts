import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { InFlightWindow } from "./window.js"

describe("the window of messages in flight", () => {
    it("[MQTT-2.3.1-2] gives ids 1 … 65,535 in turn and leaves out those in use", () => {
        const window = new InFlightWindow<string>(3)
        expect(window.add("stays")).toBe(1)
        const seen = new Set<number>()
        for (let i = 0; i < 65_534; i++) seen.add(window.takeId())
        expect(seen.size).toBe(65_534)
        expect([Math.min(...seen), Math.max(...seen)]).toEqual([2, 65_535])
        expect(window.add("next"), "1 is in use").toBe(2)
        expect(window.add("one more")).toBe(3)
        expect(window.hasRoom()).toBe(false)
    })

    it("behaves as a list of messages that leave in order once they are acknowledged", () => {
        const operation = fc.oneof(
            fc.constant({ do: "add" as const }),
            fc.record({ do: fc.constant("ack" as const), which: fc.nat(9) }),
            fc.record({ do: fc.constant("forget" as const), which: fc.nat(9) })
        )
        fc.assert(
            fc.property(
                fc.integer({ min: 1, max: 6 }),
                fc.array(operation, { maxLength: 120 }),
                (size, operations) => {
                    const window = new InFlightWindow<number>(size)
                    let model: { id: number; item: number | undefined; isOpen: boolean }[] = []
                    let added = 0
                    for (const op of operations) {
                        expect(window.hasRoom()).toBe(model.length < size)
                        if (op.do === "add" && window.hasRoom()) {
                            const id = window.add(added)
                            expect(model.map(m => m.id)).not.toContain(id)
                            model.push({ id, item: added++, isOpen: true })
                        } else if (op.do !== "add") {
                            const hit = model[op.which] as (typeof model)[0] | undefined
                            if (op.do === "ack") {
                                const id = hit?.id ?? 60_000 + op.which
                                expect(window.acknowledge(id)).toBe(hit?.isOpen === true)
                                if (hit !== undefined) hit.isOpen = false
                            } else if (hit?.isOpen === true) {
                                window.forget(hit.id)
                                hit.isOpen = false
                                hit.item = undefined
                            }
                        }
                        while (model[0]?.isOpen === false) {
                            expect(window.isOldestDone()).toBe(true)
                            expect(window.takeDone()).toBe(model[0].item)
                            model = model.slice(1)
                        }
                        expect(window.isOldestDone()).toBe(false)
                        expect(window.count).toBe(model.length)
                        expect(window.open).toBe(model.filter(m => m.isOpen).length)
                        model.forEach((m, n) => {
                            expect(window.openId(n)).toBe(m.isOpen ? m.id : 0)
                            expect(window.item(n)).toBe(m.item)
                        })
                    }
                }
            ),
            { numRuns: 300, seed: 1 }
        )
    })
})
