import { readdirSync } from "node:fs"
import path from "node:path"
import { PROJECT_ROOT } from "../../sim/program/compile.js"

/**
 * Files of the project, dependencies and hidden folders left out.
 * @param name what paths from the project's root have to look like, with slashes
 */
export function projectFiles(name: RegExp, folder = ""): string[] {
    return readdirSync(path.join(PROJECT_ROOT, folder), { withFileTypes: true }).flatMap(entry => {
        const at = path.posix.join(folder, entry.name)
        if (entry.isDirectory())
            return /^(?:\.|node_modules$)/.test(entry.name) ? [] : projectFiles(name, at)
        return entry.isFile() && name.test(at) ? [at] : []
    })
}
