import { existsSync } from "node:fs"
import path from "node:path"
import { describe, expect, it } from "vitest"
import { partFolders } from "../../sim/parts/catalogue.js"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { deviceImports } from "./device-imports.js"

/** What the plugin adds to a module of the project: a path from the project's root. */
function programOf(file: string): string | undefined {
    const id = path.join(PROJECT_ROOT, file)
    const code = deviceImports().transform("", id)?.code
    const imported = /import\("(.*)"\)/.exec(code ?? "")?.[1]
    if (imported === undefined) return undefined
    return path.relative(PROJECT_ROOT, path.resolve(path.dirname(id), imported))
}

describe("vitest --changed", () => {
    it.each(partFolders())("runs the tests of src/drivers/%s when its driver changes", folder => {
        const driver = path.join("src", "drivers", folder, "driver.ts")
        const test = path.join("src", "drivers", folder, `${folder}.test.ts`)
        expect(programOf(`src/drivers/${folder}/part.ts`)).toBe(driver)
        expect(existsSync(path.join(PROJECT_ROOT, test)), test).toBe(true)
    })

    it("runs what compiles a program when the station changes, and what simulates an app when that does", () => {
        expect(programOf("sim/program/compile.ts")).toBe(path.join("src", "station", "index.ts"))
        expect(programOf("sim/apps/indoor-climate.ts")).toBe(path.join("devs", "indoor-climate.ts"))
    })

    it("changes no other module", () => {
        expect(deviceImports().transform("", path.join(PROJECT_ROOT, "sim/world/world.ts"))).toBe(
            undefined
        )
    })
})
