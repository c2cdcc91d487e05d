/** Finds the application that the command line names. */
import { existsSync } from "node:fs"
import path from "node:path"
import { appNames } from "../../sim/apps/registry.js"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { UsageError } from "./errors.js"

/** @returns the program's file, relative to the project @throws UsageError listing the known ones */
export function appFile(name: string): string {
    const known = appNames()
    if (!known.includes(name) && !isExample(name))
        throw new UsageError(
            `unknown app "${name}"; known are ${known.join(", ")} (files in devs/)`
        )
    return path.join("devs", `${name}.ts`)
}

/** A program that `suitcase new driver` made: "examples/lps22hb". */
function isExample(name: string): boolean {
    const isName = /^examples\/[a-z0-9]+$/.test(name)
    return isName && existsSync(path.join(PROJECT_ROOT, "devs", `${name}.ts`))
}
