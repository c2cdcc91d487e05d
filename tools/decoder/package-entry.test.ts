import { createRequire } from "node:module"
import path from "node:path"
import { expect, it } from "vitest"
import { PROJECT_ROOT } from "../../sim/program/compile.js"

it("others import the decoder as suitcase/decoder", () => {
    const entry = createRequire(import.meta.url).resolve("suitcase/decoder")
    expect(entry).toBe(path.join(PROJECT_ROOT, "tools", "decoder", "index.ts"))
})
