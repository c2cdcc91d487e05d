/** docs/sensors.md as a whole; the common suite compares each part's row with what is measured. */
import { readFileSync } from "node:fs"
import path from "node:path"
import prettier from "prettier"
import { describe, expect, it } from "vitest"
import { loadParts } from "../../sim/parts/catalogue.js"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { rangeText } from "../../tools/cli/sensors/words.js"
import { rowOf, sensorsPage } from "../../tools/scripts/docs/sensors-page.js"

const file = path.join(PROJECT_ROOT, "docs/sensors.md")
const page = readFileSync(file, "utf8")

describe("docs/sensors.md", () => {
    it("is what npm run docs:sensors makes of its rows and of what parts say that they cannot tell", async () => {
        const rows = (await loadParts()).map(part => ({ part, row: rowOf(page, part) ?? "" }))
        const options = await prettier.resolveConfig(file)
        const made = await prettier.format(sensorsPage(rows), { ...options, filepath: file })
        expect(page).toBe(made)
    })

    it("has no empty range and no sentence with two full stops", () => {
        expect(page.match(/`[a-z0-9_]+` 0 … 0 [^<|]*/g)).toBeNull()
        expect(page.match(/^.*[^.]\.\.$/gm)).toBeNull()
    })

    it.each([
        [0, 65_535, 1_000_000_000, "m", "0 … 0.000065535 m in steps of 0.000000001 m"],
        [-4500, 13_000, 100, "Cel", "−45 … 130 °C in steps of 0.01 °C"],
        [0, 50, 100, "V", "0 … 0.5 V in steps of 0.01 V"],
    ])("shows %i to %i of 1/%i %s as %s", (min, max, scaleDenominator, unit, text) => {
        const rest = { name: "x", quantity: "length", unitCode: "", scaleNumerator: 1 } as const
        expect(rangeText({ ...rest, min, max, scaleDenominator, unit })).toBe(text)
    })
})
