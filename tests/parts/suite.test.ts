import { existsSync, readFileSync } from "node:fs"
import path from "node:path"
import { describe, expect, it } from "vitest"
import { partFolders } from "../../sim/parts/catalogue.js"
import { PROJECT_ROOT } from "../../sim/program/compile.js"

describe("the common suite", () => {
    it.each(partFolders())("is run by src/drivers/%s", folder => {
        const file = path.join(PROJECT_ROOT, "src", "drivers", folder, `${folder}.test.ts`)
        expect(existsSync(file), `${folder}.test.ts`).toBe(true)
        expect(readFileSync(file, "utf8")).toMatch(/^commonSuite\(/m)
    })
})
