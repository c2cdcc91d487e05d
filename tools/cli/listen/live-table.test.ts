import { PassThrough } from "node:stream"
import { afterEach, describe, expect, it, vi } from "vitest"
import { fakeTerminal } from "../../../tests/support/fake-terminal.js"
import { type Reading } from "../../decoder/index.js"
import { type Keys } from "../terminal.js"
import { LiveTable } from "./live-table.js"

const TIME = Date.parse("2026-11-30T12:00:00Z")

function reading(node: string): Reading {
    return {
        ...{ site: "town", node, boot: 1, sequence: 0, time: TIME, timeUncertaintyMs: undefined },
        ...{ channel: "co2", unit: "ppm", decimals: 0, value: 650, integer: 650, quality: "ok" },
        isGap: false,
        calibration: 0,
    }
}

class FakeKeys extends PassThrough {
    isRaw = false
    setRawMode(isRaw: boolean): this {
        this.isRaw = isRaw
        return this
    }
}

/** A table of 30 lines by 80 columns, its keys, and what it drew last. */
function bench(nodes: number, hasKeys = true) {
    let now = TIME
    const terminal = fakeTerminal(true)
    const keys = new FakeKeys()
    const table = new LiveTable(
        hasKeys ? { ...terminal, keys: keys as unknown as Keys } : terminal,
        () => now
    )
    table.start("Listening")
    for (let i = 0; i < nodes; i++) table.reading(reading(`n${i}`))
    const draw = (act: () => void): string => {
        const before = terminal.out.text.length
        act()
        return terminal.out.text.slice(before).replace(/\u001b\[[\d;?]*[A-Za-z]/g, "")
    }
    const shownIn = (picture: string) => [...picture.matchAll(/│ (n\d+) /g)].map(([, node]) => node)
    return { table, keys, draw, shownIn, pass: (ms: number) => (now += ms) }
}

describe("the table on a terminal", () => {
    let close: (() => void) | undefined
    afterEach(() => close?.())

    it("has pages that keys turn, from the last one to the first and back, and fits its lines", () => {
        const { table, keys, draw, shownIn } = bench(50)
        close = () => table.close()
        const press = (key: string) => draw(() => keys.emit("data", key))
        const second = press(" ")
        expect(second.split("\n").length).toBeLessThanOrEqual(30)
        expect(second).toContain("rows 22–42 of 50")
        expect(shownIn(second)[0]).toBe("n21")
        expect(shownIn(press("\u001b[6~"))).toEqual(
            Array.from({ length: 8 }, (_, i) => `n${42 + i}`)
        )
        expect(shownIn(press("\u001b[B"))[0]).toBe("n0")
        expect(shownIn(press("\u001b[A"))[0]).toBe("n42")
        expect(press("x")).toBe("")
    })

    it("without keys shows one page after the other", () => {
        const { table, draw, shownIn, pass } = bench(50, false)
        close = () => table.close()
        const next = () => {
            pass(5000)
            return shownIn(draw(() => table.link(true)))[0]
        }
        expect([next(), next(), next()]).toEqual(["n21", "n42", "n0"])
    })

    it("says which nodes are offline, and what an outage was in one line", () => {
        const { table, draw, pass } = bench(2)
        close = () => table.close()
        table.state({ site: "town", node: "n1" }, { online: false, boot: 1, restart: undefined })
        const lost = draw(() => table.link(false))
        expect(lost).toMatch(/│ n1 +│ co2 +│ +650 ppm │ offline/)
        expect(lost).toMatch(/│ n0 +│ co2 +│ +650 ppm │ ok/)
        expect(lost).toContain("1 node offline: town/n1")
        expect(lost).toContain("no connection since 12:00:00 UTC, now")
        pass(180_000)
        table.state({ site: "town", node: "n1" }, { online: true, boot: 2, restart: undefined })
        const back = draw(() => table.link(true))
        expect(back).toContain("there was no connection from 12:00:00 UTC on, for 3 min")
        expect(back).not.toContain("since")
        expect(back).not.toContain("offline")
    })

    it("keeps the latest notes in the picture, cut to its width", () => {
        const { table, draw } = bench(1)
        close = () => table.close()
        for (let i = 0; i < 9; i++) table.note(`suitcase: note ${i}`)
        const picture = draw(() => table.note("x".repeat(200)))
        expect(picture.match(/12:00:00 note \d/g)).toEqual([6, 7, 8].map(i => `12:00:00 note ${i}`))
        for (const line of picture.split("\n")) expect(line.length).toBeLessThanOrEqual(79)
    })

    it("ends as Ctrl-C does where keys come one by one, and gives the keyboard back", () => {
        const { table, keys } = bench(1)
        const kill = vi.spyOn(process, "kill").mockReturnValue(true)
        expect(keys.isRaw).toBe(true)
        keys.emit("data", "\u0003")
        expect(kill).toHaveBeenCalledWith(process.pid, "SIGINT")
        kill.mockRestore()
        table.close()
        expect(keys.isRaw).toBe(false)
        expect(keys.listenerCount("data")).toBe(0)
    })
})
