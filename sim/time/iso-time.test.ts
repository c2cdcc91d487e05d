import { describe, expect, it } from "vitest"
import { dayMsOf, endOfDayOf, unixMsOf } from "./iso-time.js"

describe("a time that somebody wrote", () => {
    it.each([
        ["2026-11-30", "2026-11-30T00:00:00.000Z"],
        ["2024-02-29", "2024-02-29T00:00:00.000Z"],
        ["2026-11-30T12:00Z", "2026-11-30T12:00:00.000Z"],
        ["2026-11-30T12:00:30.25+01:00", "2026-11-30T11:00:30.250Z"],
        ["1969-12-31T23:59:59Z", "1969-12-31T23:59:59.000Z"],
    ])("%s is %s", (text, time) => {
        expect(new Date(unixMsOf(text) ?? NaN).toISOString()).toBe(time)
    })

    it.each([
        "2026-02-31",
        "2025-02-29",
        "2026-04-31T12:00Z",
        "2026-13-01",
        "2026-00-10",
        "2026-11-30T24:00Z",
        "2026-11-30T12:60Z",
        // Of which clock?
        "2026-11-30T12:00",
        "30-11-2026",
        "2026-11-30 ",
        "",
    ])("%j is none", text => {
        expect(unixMsOf(text)).toBeUndefined()
    })

    it("has a last second that still counts, when it is a day", () => {
        expect(endOfDayOf("2027-04-30")).toBe(Date.UTC(2027, 4, 1) / 1000 - 1)
        expect(endOfDayOf("2027-04-31")).toBeUndefined()
        expect(endOfDayOf("2027-04-30T12:00Z")).toBeUndefined()
        expect(dayMsOf("2027-04-30T12:00Z")).toBeUndefined()
    })
})
