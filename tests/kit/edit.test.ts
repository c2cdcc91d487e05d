/** A command changes one value of a kit file: all else stays byte for byte. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import fc from "fast-check"
import { afterEach, describe, expect, it } from "vitest"
import { parse } from "yaml"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { changeKitFile, withValue } from "../../tools/kit/edit.js"

const TEXT = `# The town's nodes
version: 1   # of the file

sites:
  - name: a # first
    kits:
      - { name: k, nodes: [{ name: n, board: pico_w, sensors: [sht4x] }] }

  # second
  - name: b
    title: "B"   # in quotes
`

/** Lines that differ. */
function difference(before: string, after: string): string[] {
    const old = before.split("\n")
    return after
        .split("\n")
        .filter((line, i, all) => line !== old[i] && line !== old[i - (all.length - old.length)])
}

const folders: string[] = []
afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

describe("a change of one value", () => {
    it.each([
        ["a value", ["sites", 0, "name"], "hall", ["  - name: hall # first"]],
        ["a value in quotes", ["sites", 1, "title"], "Bi", ["    title: Bi   # in quotes"]],
        ["a key at the end", ["sites", 1, "x"], 3, ["    x: 3"]],
        [
            "a key in braces",
            ["sites", 0, "kits", 0, "nodes", 0, "device"],
            "00aa00aa00aa00aa",
            [
                "      - { name: k, nodes: [{ name: n, board: pico_w, sensors: [sht4x], device: 00aa00aa00aa00aa }] }",
            ],
        ],
        [
            "a key whose map is not there yet",
            ["sites", 1, "notification", "silenced_until"],
            "2027-01-01",
            ["    notification: { silenced_until: 2027-01-01 }"],
        ],
    ] as const)("%s leaves comments and all other lines", (_what, at, value, lines) => {
        const changed = withValue(TEXT, at, value)
        expect(difference(TEXT, changed)).toEqual(lines)
    })

    it("keeps Windows line ends and a byte order mark", () => {
        const folder = mkdtempSync(path.join(os.tmpdir(), "kit-edit-"))
        folders.push(folder)
        const file = path.join(folder, "suitcase.yaml")
        writeFileSync(file, `\uFEFF${TEXT.replaceAll("\n", "\r\n")}`)
        changeKitFile(file, ["sites", 1, "x"], "y")
        const changed = readFileSync(file, "utf8")
        expect(changed.replaceAll("\r\n", "")).not.toContain("\n")
        expect(changed.startsWith("\uFEFF# The town")).toBe(true)
        expect(changed).toContain("    x: y\r\n")
    })

    it("means what was asked for, whatever the value and wherever it is", () => {
        const nine = readFileSync(path.join(PROJECT_ROOT, "tests/kit/nine-nodes.yaml"), "utf8")
        const places = [
            ["sites", 0, "kits", 0, "nodes", 3, "notification", "phone"],
            ["sites", 0, "kits", 1, "nodes", 0, "device"],
            ["settings", "broker", "host"],
            ["sites", 0, "place", "height"],
            ["catalog", "license"],
        ]
        const values = fc.oneof(fc.string({ maxLength: 20 }), fc.integer(), fc.boolean())
        fc.assert(
            fc.property(fc.constantFrom(...places), values, (at, value) => {
                let found: unknown = parse(withValue(nine, at, value))
                for (const step of at) found = (found as Record<string | number, unknown>)[step]
                expect(found).toBe(value)
            }),
            { numRuns: 200 }
        )
    })
})
