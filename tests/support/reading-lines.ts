import { readFileSync, readdirSync } from "node:fs"
import path from "node:path"

/** Lines of all files of readings that a listener wrote into a folder, in order. */
export function linesIn(folder: string): string[] {
    return readdirSync(folder)
        .filter(file => file.startsWith("readings-"))
        .sort()
        .flatMap(file => readFileSync(path.join(folder, file), "utf8").split("\n"))
        .filter(line => line !== "")
}
