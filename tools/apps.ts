/** Finds the application that the command line names. */
import path from "node:path"
import { appNames } from "../sim/apps/registry.js"
import { UsageError } from "./errors.js"

/** @returns the program's file, relative to the project @throws UsageError listing the known ones */
export function appFile(name: string): string {
    const known = appNames()
    if (!known.includes(name))
        throw new UsageError(
            `unknown app "${name}"; known are ${known.join(", ")} (files in devs/)`
        )
    return path.join("devs", `${name}.ts`)
}
