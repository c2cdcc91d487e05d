/** Where `suitcase export` writes, in any form in which `suitcase listen` does. */
import { mkdir, readdir, rm } from "node:fs/promises"
import path from "node:path"
import {
    folderSink,
    streamSink,
    isLineFormat,
    type DeliveredFrame,
    type Format,
    type Places,
    type Sink,
} from "../../receiver/index.js"
import { ParquetFile } from "../../receiver/sinks/parquet-file.js"
import { UsageError } from "../errors.js"
import { type Terminal } from "../terminal.js"

export interface Target {
    write(frames: readonly DeliveredFrame[]): Promise<void>
    /** Resolves when everything is on disk. */
    finish(): Promise<void>
    /** Lets go of it; what is not complete does not stay where it would pass for complete. */
    discard(): Promise<void>
}

/** @param folder undefined: stdout @throws UsageError when it is not empty, or the form needs one */
export async function openTarget(
    format: Format,
    folder: string | undefined,
    places: Places,
    terminal: Terminal
): Promise<Target> {
    if (folder !== undefined) {
        await mkdir(folder, { recursive: true })
        if ((await readdir(folder)).length > 0)
            throw new UsageError(`--out ${folder} has files already; choose an empty folder`)
        if (format === "parquet") return new ParquetTarget(folder)
    }
    const sink = sinkOf(format, folder, places, terminal)
    await sink.open(undefined)
    return {
        write: frames => sink.write(frames),
        finish: async () => {
            await sink.commit()
            await sink.close()
        },
        discard: async () => {
            await sink.close()
            // It was empty before.
            if (folder !== undefined) await rm(folder, { recursive: true, force: true })
        },
    }
}

function sinkOf(
    format: Format,
    folder: string | undefined,
    places: Places,
    { out }: Terminal
): Sink {
    if (folder !== undefined) return folderSink(format, folder, places)
    if (isLineFormat(format)) return streamSink(format, out, places)
    throw new UsageError(`${format} is for files only: --out FOLDER`)
}

/** Needs no spool: what is read is complete. */
class ParquetTarget implements Target {
    private day = ""
    private file: ParquetFile | undefined

    constructor(private readonly folder: string) {}

    async write(frames: readonly DeliveredFrame[]): Promise<void> {
        for (const frame of frames) {
            const day = new Date(frame.arrivedMs).toISOString().slice(0, 10)
            if (day !== this.day) {
                await this.finish()
                this.day = day
                const name = path.join(this.folder, `readings-${day}.parquet`)
                this.file = await ParquetFile.create(name)
            }
            await this.file?.add(frame)
        }
    }

    async finish(): Promise<void> {
        await this.file?.finish()
        this.file = undefined
    }

    async discard(): Promise<void> {
        await this.file?.discard()
        await rm(this.folder, { recursive: true, force: true })
    }
}
