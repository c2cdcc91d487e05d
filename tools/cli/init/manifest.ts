/** The package.json that a folder has already. */
import { readFileSync } from "node:fs"
import { UsageError } from "../errors.js"

/** Parts of a package.json that are used here. */
export interface Manifest {
    readonly dependencies?: Readonly<Record<string, string>>
    readonly devDependencies?: Readonly<Record<string, string>>
    readonly scripts?: Readonly<Record<string, string>>
    readonly [key: string]: unknown
}

/** @throws UsageError when it is none */
export function readManifest(file: string): Manifest {
    try {
        const content = JSON.parse(readFileSync(file, "utf8")) as unknown
        if (typeof content === "object" && content !== null && !Array.isArray(content))
            return content as Manifest
    } catch {
        // Told below.
    }
    throw new UsageError(`${file}: not a JSON object; mend it first`)
}
