/** The tables of messages in docs/calibrate.md and its Danish twin have what the command says. */
import { readFileSync } from "node:fs"
import path from "node:path"
import { expect, it } from "vitest"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { inDanish } from "../../tools/cli/calibrate/danish.js"
import { REASONS, SENTENCES } from "../../tools/cli/calibrate/danish-sentences.js"
import { textsOf } from "../../tools/cli/calibrate/texts.js"

const known = [...REASONS, ...SENTENCES]
/** What fit.ts advises has its Danish in texts.ts. */
const ADVICE = "a point is further from the correction than noise and reference explain"

/** First cells of the table behind this heading, without their marks. */
function messages(page: string, heading: string): string[] {
    const text = readFileSync(path.join(PROJECT_ROOT, "docs", page), "utf8")
    const section = text.split(`## ${heading}\n`)[1]?.split("\n## ")[0] ?? ""
    return [...section.matchAll(/^\| `(.*?)`/gm)].map(([, cell]) => cell)
}

/** Whether a text has the pieces of a message, one after the other. */
function holds(text: string, message: string): boolean {
    let from = 0
    return message.split("…").every(piece => {
        const at = text.indexOf(piece.trim(), from)
        from = at + 1
        return at >= 0
    })
}

/** Sentences with what stands in the places of these. */
const said = (side: 0 | 1) => [
    ...known.map(row => row[side].replaceAll("{}", "…")),
    side === 0
        ? `its readings are "warming up"`
        : inDanish(`co2: its readings are "warming up", after 900 s`),
    side === 0 ? ADVICE : textsOf("da").advice(ADVICE),
]

const ENGLISH = messages("calibrate.md", "Messages")
const DANISH = messages("calibrate.da.md", "Beskeder")

it.each(ENGLISH)("docs/calibrate.md: %s is said so", message => {
    expect(said(0).some(text => holds(text, message))).toBe(true)
})

it.each(DANISH)("docs/calibrate.da.md: %s is said so", message => {
    expect(said(1).some(text => holds(text, message))).toBe(true)
})

it("both pages explain as many", () => {
    expect(DANISH.length).toBeGreaterThan(9)
    expect(ENGLISH).toHaveLength(DANISH.length)
})
