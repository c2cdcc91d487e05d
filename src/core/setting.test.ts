import { describe, expect, it } from "vitest"
import { Setting, applySettings } from "./setting.js"

const settings = () => [
    new Setting("full", "mm", 300, 50, 3900),
    new Setting("alarm-full", "%", 85, -5, 100),
]
const values = (list: Setting[]) => list.map(({ value }) => value)

describe("settings of an application", () => {
    it("take what is there and keep their defaults for the rest", () => {
        const list = settings()
        expect(applySettings(list, "alarm-full=90")).toBe("")
        expect(values(list)).toEqual([300, 90])
        expect(applySettings(list, "")).toBe("")
        expect(applySettings(list, "other=7,full=400,alarm-full=-5")).toBe("")
        expect(values(list)).toEqual([400, -5])
    })

    it("refuse what is out of range or no whole number, by name", () => {
        for (const text of ["full=49", "full=3901", "full=", "full=x", "full=60.5", "full"]) {
            const list = settings()
            expect(applySettings(list, text), text).toBe(text === "full" ? "" : "full")
            expect(values(list)).toEqual([300, 85])
        }
        expect(applySettings(settings(), "full=1,alarm-full=999")).toBe("full alarm-full")
    })

    it("are not taken from a key that only ends alike", () => {
        const list = settings()
        applySettings(list, "half-full=77")
        expect(values(list)).toEqual([300, 85])
    })
})
