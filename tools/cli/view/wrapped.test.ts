import { expect, it } from "vitest"
import { wrapped } from "./wrapped.js"

it("wraps a text between words, keeps its indentation, and lets a long word stand alone", () => {
    expect(wrapped("one two three four", 9)).toEqual(["one two", "  three", "  four"])
    expect(wrapped("    one two three", 11, "    ")).toEqual(["    one two", "    three"])
    expect(wrapped("incomprehensibility of it", 9)).toEqual(["incomprehensibility", "  of it"])
    expect(wrapped("")).toEqual([""])
})
