/**
 * What was written to which board from this computer, so that a run goes on where an earlier one was. The file is
 * whole or as it was before; who a board is stands in the kit file as well, for other computers.
 */
import { createHash } from "node:crypto"
import { mkdir, readFile } from "node:fs/promises"
import path from "node:path"
import { z } from "zod"
import { SECRETS_FOLDER } from "../../../kit/secrets.js"
import { replaceFile } from "../../../receiver/journal/durable.js"
import { type FlashPlan } from "../plan.js"

/** Beside the secrets: what is written is known from the hash of it, passwords included. */
const FLASHED_FILE = path.join(SECRETS_FOLDER, "flashed.json")

const entrySchema = z.object({
    /** "started": nobody saw the end of it. */
    state: z.enum(["started", "done", "failed"]),
    /** Id of the board; unknown for one that is written over its drive. */
    device: z.string().optional(),
    /** Of program, configuration and settings. */
    content: z.string(),
    /** Of the runtime, if one was written. */
    runtime: z.string().optional(),
    /** UTC. */
    at: z.string(),
    problem: z.string().optional(),
})
export type FlashedEntry = z.infer<typeof entrySchema>

const fileSchema = z.object({ version: z.literal(1), nodes: z.record(z.string(), entrySchema) })

/** What a job writes, in a few bytes. */
export interface Fingerprint {
    readonly content: string
    readonly runtime?: string
}

export function fingerprintOf({
    architecture,
    config,
    program,
    values,
    runtime,
}: Pick<FlashPlan, "architecture" | "config" | "program" | "values" | "runtime">): Fingerprint {
    const settings = [...values].sort(([a], [b]) => (a < b ? -1 : 1))
    const pieces = [architecture, config, program, ...settings.flat()]
    const content = createHash("sha256")
    for (const piece of pieces) {
        const bytes = Buffer.from(piece)
        content.update(`${bytes.length}:`).update(bytes)
    }
    return {
        content: content.digest("hex"),
        ...(runtime === undefined
            ? {}
            : { runtime: createHash("sha256").update(runtime).digest("hex") }),
    }
}

export class FlashedFile {
    private constructor(
        private readonly file: string,
        private readonly entries: Map<string, FlashedEntry>
    ) {}

    /** @param folder of the city @param warn told when the file cannot be understood: it is begun anew then */
    static async read(folder: string, warn: (text: string) => void): Promise<FlashedFile> {
        const file = path.join(folder, FLASHED_FILE)
        let text: string
        try {
            text = await readFile(file, "utf8")
        } catch (e) {
            if ((e as NodeJS.ErrnoException).code !== "ENOENT") throw e
            return new FlashedFile(file, new Map())
        }
        const result = fileSchema.safeParse(parsed(text))
        if (!result.success)
            warn(
                `${file} is not what this toolkit wrote: it is begun anew; boards that hold the right things already take seconds`
            )
        return new FlashedFile(file, new Map(Object.entries(result.data?.nodes ?? {})))
    }

    of(node: string): FlashedEntry | undefined {
        return this.entries.get(node)
    }

    /** On the disk when it resolves. */
    async set(node: string, entry: FlashedEntry): Promise<void> {
        this.entries.set(node, entry)
        const content = { version: 1, nodes: Object.fromEntries(this.entries) }
        await mkdir(path.dirname(this.file), { recursive: true, mode: 0o700 })
        await replaceFile(this.file, [`${JSON.stringify(content, undefined, 2)}\n`])
    }
}

function parsed(text: string): unknown {
    try {
        return JSON.parse(text)
    } catch {
        return undefined
    }
}
