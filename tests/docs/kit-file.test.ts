/** docs/kit-file.md: its example is a kit file, and no key is missing in it. */
import { readFileSync } from "node:fs"
import path from "node:path"
import { describe, expect, it } from "vitest"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { KIT_SCHEMA_FILE } from "../../tools/kit/json-schema.js"
import { kitOf } from "../kit/kit-bench.js"

const page = readFileSync(path.join(PROJECT_ROOT, "docs/kit-file.md"), "utf8")
const example = /```yaml\n([^]*?)```/.exec(page)?.[1] ?? ""

/** Names of all keys in the schema, but those of sensors. */
function keysOf(schema: unknown, found = new Set<string>()): Set<string> {
    if (Array.isArray(schema)) for (const one of schema) keysOf(one, found)
    else if (typeof schema === "object" && schema !== null)
        for (const [name, value] of Object.entries(schema)) {
            if (name === "properties")
                for (const key of Object.keys(value as object)) found.add(key)
            if (name !== "$defs") keysOf(value, found)
        }
    return found
}

const keys = [...keysOf(JSON.parse(readFileSync(KIT_SCHEMA_FILE, "utf8")))]

describe("docs/kit-file.md", () => {
    it("has an example that is a kit file", async () => {
        const { nodes } = await kitOf(example)
        expect(nodes.map(({ name }) => name)).toEqual([
            "hall",
            "meeting-room",
            "quay",
            "laboratory",
        ])
    })

    it.each(keys)("shows the key %s in its example, and says what it means", key => {
        expect(example).toMatch(new RegExp(`\\b${key}:`))
        expect(page.replace(example, "")).toContain(`\`${key}\``)
    })
})
