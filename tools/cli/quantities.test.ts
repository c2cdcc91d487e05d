import { describe, expect, it } from "vitest"
import { type Channel } from "../../src/core/channel.js"
import * as channels from "../../src/drivers/shared/channels.js"
import { UNITS, quantityOf, unitSign } from "./quantities.js"

/** Makes each channel of the board's table; those that take their unit as an argument have none here. */
const MADE = Object.entries(channels)
    .map(([name, make]) => [name, (make as (...args: unknown[]) => Channel)("", 1, 2, 3)] as const)
    .filter(([, { unit }]) => typeof unit === "string")

describe("the table of quantities", () => {
    it("has the channels of the board", () => expect(MADE.length).toBeGreaterThan(25))

    it.each(MADE)("agrees with %s about the code of its unit", (_name, { unit, unitCode }) =>
        expect(UNITS[unit]?.code, unit).toBe(unitCode)
    )

    it("takes the longest ending of a name that it knows", () => {
        expect(quantityOf("pm10")).toBe("pm10")
        expect(quantityOf("outside_co2")).toBe("co2")
        expect(quantityOf("acceleration_x")).toBe("acceleration")
        expect(quantityOf("comfort")).toBeUndefined()
    })

    it("writes units as people do", () => {
        expect(unitSign("Cel")).toBe("°C")
        expect(unitSign("ug/m3")).toBe("µg/m³")
        expect(unitSign("furlong")).toBe("furlong")
    })
})
