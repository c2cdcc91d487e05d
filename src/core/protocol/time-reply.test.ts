import { describe, expect, it } from "vitest"
import { timeReply } from "./time-reply.js"

describe("the answer to a time request", () => {
    it.each([
        ["2020-01-01T00:00:00.000Z", true],
        ["2026-11-30T09:00:00.123Z", true],
        ["2099-12-31T23:59:59.999Z", true],
        ["2019-12-31T23:59:59.999Z", false],
        ["1970-01-01T00:00:00.000Z", false],
        ["2100-01-01T00:00:00.000Z", false],
        ["9999-12-31T23:59:59.999Z", false],
    ])("with the time %s is given: %s", (time, isGiven) => {
        const unixMs = Date.parse(time)
        expect(timeReply("4711", unixMs)).toBe(isGiven ? `4711 ${unixMs}` : undefined)
    })

    it("has whole milliseconds, and there is none without a time", () => {
        expect(timeReply("1", 1_700_000_000_000.6)).toBe("1 1700000000001")
        expect(timeReply("1", NaN)).toBeUndefined()
    })

    it.each(["", " 1", "-5", "1.5", "12 rm -rf", "1".repeat(16)])("to %j is none", request =>
        expect(timeReply(request, 1_700_000_000_000)).toBeUndefined()
    )
})
