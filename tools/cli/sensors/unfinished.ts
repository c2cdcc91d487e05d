/** Drivers that were begun with `suitcase new driver` and not finished. */
import { readFileSync, readdirSync } from "node:fs"
import path from "node:path"
import { ownOrToolkit } from "../../../sim/program/project.js"

/** What the templates leave for people to fill in; see tools/cli/new/. */
const MARKS = [
    /±\?/,
    /\bwhich revision\?/i,
    /\bsection \?/,
    /https:\/\/example\.com\//,
    /^What it measures, and what it is good for/,
    /\bfrom the template\b/,
    /\bWhich voltages does it bear\?/,
    /\bhow long until readings are good\?/,
    /\bwhat comes from the factory, what drifts\?/,
    /\bwhile it measures, and between samples\?/,
    /^Set-up: … /,
]

/** @returns where marks of the template are left: "part.ts:14: accuracy: "±? Pa"…"; none in a finished part */
export function unfinishedMarks(folder: string): string[] {
    const root = ownOrToolkit(path.join("src", "drivers", folder))
    return readdirSync(root)
        .filter(file => /\.(ts|md)$/.test(file))
        .flatMap(file =>
            readFileSync(path.join(root, file), "utf8")
                .split("\n")
                .flatMap((text, i) =>
                    MARKS.some(mark => mark.test(text)) ? [`${file}:${i + 1}: ${text.trim()}`] : []
                )
        )
}
