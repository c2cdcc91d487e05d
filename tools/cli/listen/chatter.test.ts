import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { Chatter } from "./chatter.js"

beforeEach(() => {
    vi.useFakeTimers()
})
afterEach(() => {
    vi.useRealTimers()
})

it("tells some notes at once, and of 100,000 more one line a minute", () => {
    const lines: string[] = []
    const chatter = new Chatter(text => lines.push(text))
    for (let i = 0; i < 100_000; i++) chatter.tell(`x${i} is online`)
    expect(lines.length).toBe(20)
    vi.advanceTimersByTime(60_000)
    expect(lines.slice(20)).toEqual(["and 99,980 notes more, the latest: x99999 is online"])
    chatter.tell("once more")
    vi.advanceTimersByTime(59_000)
    expect(lines.length, "still one a minute").toBe(21)
    vi.advanceTimersByTime(120_000)
    chatter.tell("after a quiet minute")
    expect(lines.at(-1)).toBe("after a quiet minute")
    chatter.close()
})

it("tells the rest when it is closed", () => {
    const lines: string[] = []
    const chatter = new Chatter(text => lines.push(text), 1)
    for (const text of ["a", "b", "c"]) chatter.tell(text)
    chatter.close()
    expect(lines).toEqual(["a", "and 2 notes more, the latest: c"])
})
