/** Which programs in devs/ use which parts: read from their imports. */
import { readFileSync } from "node:fs"
import path from "node:path"
import { appNames } from "../../sim/apps/registry.js"
import { PROJECT_ROOT } from "../../sim/program/compile.js"

/** @returns names of programs by the part's folder */
export function appsByPart(): ReadonlyMap<string, readonly string[]> {
    const result = new Map<string, string[]>()
    for (const app of appNames()) {
        const source = readFileSync(path.join(PROJECT_ROOT, "devs", `${app}.ts`), "utf8")
        for (const [, folder] of source.matchAll(
            /from "\.\.\/src\/drivers\/([a-z0-9]+)\/driver\.js"/g
        ))
            result.set(folder, [...(result.get(folder) ?? []), app])
    }
    return result
}
