/** Releases of DeviceScript's runtime that this toolkit goes with, and their checksums where they are known. */
import { readFileSync } from "node:fs"
import path from "node:path"
import { z } from "zod"
import { PROJECT_ROOT } from "../../../../sim/program/project.js"

const FILE = path.join("tools", "cli", "flash", "runtimes", "known-runtimes.json")

const knownSchema = z.record(
    z.string(),
    z.strictObject({
        address: z.url(),
        /** Of the file, in hex; null: nobody of this project has had it in hand. */
        sha256: z
            .string()
            .regex(/^[0-9a-f]{64}$/)
            .nullable(),
    })
)

export interface KnownRuntime {
    readonly address: string
    readonly sha256: string | null
}

/** @returns by architecture: "esp32c3" @throws RangeError when the table is malformed */
export function knownRuntimes(): Readonly<Record<string, KnownRuntime>> {
    const content: unknown = JSON.parse(readFileSync(path.join(PROJECT_ROOT, FILE), "utf8"))
    const result = knownSchema.safeParse(content)
    if (!result.success) throw new RangeError(`${FILE}: ${z.prettifyError(result.error)}`)
    return result.data
}
