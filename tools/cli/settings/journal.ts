/**
 * What this computer wrote to each node: one file per node, kept so that a node
 * that lost its settings gets them back in one step. It holds secrets: only its
 * owner may read it.
 */
import {
    closeSync,
    fsyncSync,
    mkdirSync,
    openSync,
    readFileSync,
    readdirSync,
    renameSync,
    rmSync,
    writeSync,
} from "node:fs"
import { homedir } from "node:os"
import path from "node:path"
import { z } from "zod"
import { UsageError } from "../errors.js"
import { fileProblem } from "../file-problem.js"
import { settingValuesSchema } from "./keys.js"

const DEVICE_ID = /^[0-9a-f]{16}$/

const recordSchema = z.strictObject({
    v: z.literal(1),
    /** 16 hex digits. */
    device: z.string().regex(DEVICE_ID),
    settings: settingValuesSchema,
    /** The program that was on the node; null when unknown. */
    program: z
        .strictObject({ app: z.string().min(1), sha256: z.string().regex(/^[0-9a-f]{64}$/) })
        .nullable(),
})

export type NodeRecord = z.infer<typeof recordSchema>

/** Where the journal is unless told otherwise. */
export function defaultJournalFolder(): string {
    return path.join(homedir(), ".suitcase", "nodes")
}

export class Journal {
    constructor(readonly folder = defaultJournalFolder()) {}

    /**
     * @returns undefined when nothing was written to this node from here
     * @throws UsageError when the file is not a journal's
     */
    read(device: string): NodeRecord | undefined {
        const file = this.fileOf(device)
        let content: string
        try {
            content = readFileSync(file, "utf8")
        } catch (e) {
            if ((e as NodeJS.ErrnoException).code === "ENOENT") return undefined
            throw new UsageError(`${file}: cannot be read (${(e as Error).message})`)
        }
        const record = recordSchema.safeParse(jsonOf(content))
        if (!record.success || record.data.device !== device)
            throw new UsageError(`${file}: not the journal of node ${device}; move it away`)
        return record.data
    }

    /**
     * Replaces the record of a node. Either the old or the new one is there
     * afterwards, whole, even when this computer loses power meanwhile.
     *
     * @throws UsageError when it cannot be written
     */
    write(record: NodeRecord): void {
        const file = this.fileOf(record.device)
        const text = `${JSON.stringify(recordSchema.parse(record), undefined, 2)}\n`
        const temporary = `${file}.${process.pid}.new`
        try {
            mkdirSync(this.folder, { recursive: true, mode: 0o700 })
            const handle = openSync(temporary, "w", 0o600)
            try {
                writeSync(handle, text)
                fsyncSync(handle)
            } finally {
                closeSync(handle)
            }
            renameSync(temporary, file)
            this.syncFolder()
        } catch (e) {
            discard(temporary)
            throw new UsageError(`${file}: ${fileProblem(e)}`)
        }
    }

    /** Finds a node by its device id or by the name it was given. @throws UsageError */
    deviceOf(nameOrId: string): string {
        if (DEVICE_ID.test(nameOrId)) return nameOrId
        const found = this.devices().filter(device => this.read(device)?.settings.node === nameOrId)
        if (found.length === 1) return found[0]
        throw new UsageError(
            found.length === 0
                ? `no node "${nameOrId}" in ${this.folder}: give its device id, 16 hex digits`
                : `several nodes are called "${nameOrId}": ${found.join(", ")}`
        )
    }

    private devices(): string[] {
        try {
            return readdirSync(this.folder)
                .map(file => file.replace(/\.json$/, ""))
                .filter(device => DEVICE_ID.test(device))
        } catch {
            // No folder: nothing was written from here.
            return []
        }
    }

    private fileOf(device: string): string {
        return path.join(this.folder, `${device}.json`)
    }

    /** Makes the renaming last; Windows does that by itself and cannot open folders. */
    private syncFolder(): void {
        if (process.platform === "win32") return
        const handle = openSync(this.folder, "r")
        try {
            fsyncSync(handle)
        } finally {
            closeSync(handle)
        }
    }
}

/** Removes a file that may not be there. */
function discard(file: string): void {
    try {
        rmSync(file, { force: true })
    } catch {
        // Its folder cannot be reached: then there is no such file.
    }
}

function jsonOf(text: string): unknown {
    try {
        return JSON.parse(text)
    } catch {
        return undefined
    }
}
