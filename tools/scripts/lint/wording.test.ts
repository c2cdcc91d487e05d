/** Comments, pages and messages in the words that an engineer would use: the worst do not come back. */
import { readFileSync } from "node:fs"
import path from "node:path"
import { describe, expect, it } from "vitest"
import { PROJECT_ROOT } from "../../../sim/program/compile.js"
import { projectFiles } from "../../../tests/support/project-files.js"

const BETTER: readonly (readonly [phrase: RegExp, better: string])[] = [
    [/\bcan not\b/i, "cannot"],
    [/\bfor ever\b/i, "forever"],
    [/\bcheck values?\b/i, "checksum, or CRC where it is one"],
    [/\bunder way\b/i, "in flight, in progress, current"],
    [/\bso many (?!that|of them)/i, "N"],
    [/\bbehind the decimal point\b/i, "decimal places"],
    [/\bthe part feels\b/i, "simulated input"],
    [/\bloss(?:es)? of supply\b/i, "power loss"],
    [/\bin vain\b/i, "timed out"],
    [/\bhad better\b/i, "should"],
    [/\bthere is hope\b/i, "readable"],
    [/\bmakers' documents\b/i, "datasheets"],
    [/\bpass for (?:a|an|new|whole)\b/i, "be mistaken for"],
    [/\btried on (?:real )?hardware\b/i, "tested on hardware"],
    [/\bequal seeds\b/i, "the same seed"],
    [/\bPossible are\b/, "Valid values:"],
]

/** Danish pages, and this list, are left out. */
const TEXTS = /^(?!.*(?:\.da\.md|wording\.test\.ts)$).*\.(?:ts|mjs|md)$/

describe("plain English", () => {
    const lines = projectFiles(TEXTS).flatMap(file =>
        readFileSync(path.join(PROJECT_ROOT, file), "utf8")
            .split("\n")
            .map((text, i) => ({ at: `${file}:${i + 1}`, text }))
    )

    it.each(BETTER)("%s is said otherwise: %s", phrase => {
        expect(lines.filter(({ text }) => phrase.test(text)).map(({ at }) => at)).toEqual([])
    })
})
