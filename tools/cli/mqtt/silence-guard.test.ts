import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { SilenceGuard } from "./silence-guard.js"

describe("a session's connection on which nothing new comes", () => {
    let renewed: number[]
    let guard: SilenceGuard
    beforeEach(() => {
        vi.useFakeTimers({ now: 0 })
        renewed = []
        guard = new SilenceGuard(() => {
            renewed.push(Date.now() / 1000)
            guard.connected()
        })
    })
    afterEach(() => void vi.useRealTimers())

    it("is renewed after 30 s, then at doubling intervals, at most once an hour", () => {
        guard.connected()
        vi.advanceTimersByTime(4 * 3_600_000)
        expect(renewed).toEqual([30, 90, 210, 450, 930, 1890, 3810, 7410, 11_010])
    })

    it("stays when something came, and the next one is watched from 30 s again", () => {
        guard.connected()
        vi.advanceTimersByTime(40_000)
        guard.heard()
        vi.advanceTimersByTime(10 * 3_600_000)
        expect(renewed).toEqual([30])
        guard.connected()
        vi.advanceTimersByTime(30_000)
        expect(renewed).toEqual([30, 36_070])
    })

    it("is left alone once it is gone", () => {
        guard.connected()
        guard.stop()
        vi.advanceTimersByTime(3_600_000)
        expect(renewed).toEqual([])
    })
})
