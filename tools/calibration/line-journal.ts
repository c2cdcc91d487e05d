/** A journal of lines: a folder with one folder for each board, in it a file with a line of JSON for each thing that was done. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync } from "node:fs"
import path from "node:path"
import { type z } from "zod"

/** The journal cannot be read: the message names file and line. */
export class JournalError extends Error {
    override name = "JournalError"
}

export abstract class LineJournal<T> {
    /** Of the lines. */
    protected abstract readonly file: string
    /** What a line is of: "a calibration journal". */
    protected abstract readonly what: string
    protected abstract readonly shape: z.ZodType<T>

    constructor(readonly folder: string) {}

    /** Boards of which it has a line. */
    devices(): string[] {
        if (!existsSync(this.folder)) return []
        return readdirSync(this.folder)
            .filter(name => /^[0-9a-f]{16}$/.test(name))
            .filter(name => existsSync(path.join(this.folder, name, this.file)))
            .sort()
    }

    /** @throws JournalError */
    entries(device: string): T[] {
        const file = path.join(this.folder, device, this.file)
        if (!existsSync(file)) return []
        // A line without end was being written when something was cut off.
        const lines = readFileSync(file, "utf8").split("\n").slice(0, -1)
        return lines.map((text, i) => {
            try {
                return this.shape.parse(JSON.parse(text))
            } catch {
                throw new JournalError(`${file}, line ${i + 1} is no entry of ${this.what}`)
            }
        })
    }

    protected append(device: string, entry: T): void {
        const file = path.join(this.folderOf(device), this.file)
        // What an earlier write left without end must not swallow this line.
        const isOpen = existsSync(file) && !/(?:^|\n)$/.test(readFileSync(file, "utf8"))
        appendFileSync(file, `${isOpen ? "\n" : ""}${JSON.stringify(entry)}\n`, { flush: true })
    }

    /** Made, if it is not there. */
    protected folderOf(device: string): string {
        const folder = path.join(this.folder, device)
        mkdirSync(folder, { recursive: true })
        return folder
    }
}
