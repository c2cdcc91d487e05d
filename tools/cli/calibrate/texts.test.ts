import { describe, expect, it } from "vitest"
import { textsOf } from "./texts.js"

/** What a text is with any arguments. */
function said(text: unknown): string {
    return typeof text === "function"
        ? (text as (...of: unknown[]) => string)("1", "2", 3, "4", "5")
        : JSON.stringify(text)
}

describe("texts of suitcase calibrate", () => {
    it("have another wording in Danish each, with the same figures", () => {
        const [english, danish] = [Object.entries(textsOf("en")), Object.entries(textsOf("da"))]
        const same = english.filter(([, text], i) => said(text) === said(danish[i][1]))
        // What fit.ts says is looked up, and a reference is one in both.
        expect(same.map(([key]) => key)).toEqual(["referenceAt", "advice"])
        const figures = (text: unknown) => said(text).match(/\d/g)?.sort()
        for (const [i, [key, text]] of english.entries())
            expect([key, figures(text)]).toEqual([key, figures(danish[i][1])])
    })

    it("have no line beyond 80 columns but for those that name a file", () => {
        for (const language of ["en", "da"] as const)
            for (const [key, text] of Object.entries(textsOf(language)))
                for (const line of said(text).split("\n"))
                    if (!["methods", "columns", "table"].includes(key))
                        expect([key, line.length > 100]).toEqual([key, false])
    })

    it("have a Danish word for each advice that a fit gives", () => {
        for (const begin of [
            "a point is further from",
            "one point shows an",
            "the correction goes through all",
        ])
            expect(textsOf("da").advice(begin)).not.toContain(begin)
        expect(textsOf("da").advice("something new")).toBe("something new")
    })
})
