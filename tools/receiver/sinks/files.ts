/**
 * Files of lines in a folder, one for each day (UTC) on which readings arrived:
 * readings-2026-11-30.ndjson. After a kill they are cut to where they were at the last commit,
 * so that each reading is there exactly once. A file of an earlier day does not change any more.
 */
import { mkdir, open, readdir, rm, stat, type FileHandle } from "node:fs/promises"
import path from "node:path"
import { syncFolder } from "../journal/durable.js"
import { type DeliveredFrame, type Sink } from "../sink.js"
import { describeFiles } from "./data-package.js"
import { type Places } from "./places.js"
import { ENDINGS, HEADERS, linesOf, TABLES, type LineFormat } from "./lines.js"

const DAY_MS = 86_400_000
/** Text of about this length becomes bytes, so that what it is put together from is let go of early. */
const CHUNK_LENGTH = 32 * 1024

interface Committed {
    /** Name of the newest file; undefined while there is none. */
    readonly file?: string
    /** Its length, B. */
    readonly length: number
}

/** The folder is not as this sink left it. */
export class FolderError extends Error {
    override name = "FolderError"
}

export class FileSink implements Sink {
    readonly id: string
    readonly description: string
    private readonly folder: string
    private readonly linesOf: ReturnType<typeof linesOf>
    private name: string | undefined
    private file: FileHandle | undefined
    private length = 0
    private gathered: Buffer[] = []
    /** The day that was asked for last, and its file. */
    private day = -1
    private dayName = ""
    /** The newest file was begun by a version whose lines did not end with the calibration. */
    private isWithoutCalibration = false

    constructor(
        folder: string,
        private readonly format: LineFormat,
        places?: Places
    ) {
        this.folder = path.resolve(folder)
        this.id = `files:${format}:${this.folder}`
        this.description = folder
        this.linesOf = linesOf(format, places)
    }

    async open(committed: unknown): Promise<void> {
        await mkdir(this.folder, { recursive: true })
        const { file, length } = (committed ?? { length: 0 }) as Committed
        const ours = (await readdir(this.folder)).filter(name => this.isOurs(name)).sort()
        if (committed === undefined && ours.length > 0)
            throw new FolderError(
                `has ${ours[0]} already, which another listener or state wrote; ` +
                    "choose an empty folder"
            )
        const late = ours.filter(name => file === undefined || name > file)
        for (const name of late) await rm(path.join(this.folder, name))
        if (late.length > 0) await this.describe([])
        this.name = file
        this.length = length
        this.gathered = []
        if (file === undefined) return
        const whole = path.join(this.folder, file)
        const size = await stat(whole).then(
            ({ size }) => size,
            () => 0
        )
        if (size < length)
            throw new FolderError(
                `${file} is shorter than this listener left it (${size} B of ${length} B); put it ` +
                    "back, or choose another folder"
            )
        this.file = await open(whole, "r+")
        await this.file.truncate(length)
        await this.file.datasync()
        this.isWithoutCalibration = await this.hasOtherHeader()
    }

    async write(frames: readonly DeliveredFrame[]): Promise<void> {
        let lines = ""
        for (const frame of frames) {
            const name = this.nameOn(frame.arrivedMs)
            // A clock that was set back does not open the file of a day that is over.
            if (this.name === undefined || name > this.name) {
                this.gather(lines)
                await this.append()
                await this.begin(name)
                lines = HEADERS[this.format]
            }
            const text = this.linesOf(frame)
            lines += this.isWithoutCalibration ? withoutLastCells(text) : text
            if (lines.length < CHUNK_LENGTH) continue
            this.gather(lines)
            lines = ""
        }
        this.gather(lines)
        await this.append()
    }

    async commit(): Promise<Committed> {
        await this.file?.datasync()
        const { name, length } = this
        return name === undefined ? { length } : { file: name, length }
    }

    async close(): Promise<void> {
        await this.file?.close().catch(() => undefined)
        this.file = undefined
    }

    private async begin(name: string): Promise<void> {
        await this.commit()
        await this.close()
        this.file = await open(path.join(this.folder, name), "w")
        await syncFolder(this.folder)
        await this.describe([name])
        this.name = name
        this.length = 0
        this.isWithoutCalibration = false
    }

    /** A file keeps its columns: the day on which a listener is brought up to date ends as it began. */
    private async hasOtherHeader(): Promise<boolean> {
        const wanted = Buffer.from(HEADERS[this.format])
        if (wanted.length === 0 || this.length === 0) return false
        const head = Buffer.alloc(wanted.length)
        await this.file?.read(head, 0, head.length, 0)
        return !head.equals(wanted)
    }

    private async describe(names: readonly string[]): Promise<void> {
        const table = TABLES[this.format]
        if (table === undefined) return
        await describeFiles(this.folder, "Readings", new Map(names.map(name => [name, table])))
    }

    private gather(lines: string): void {
        if (lines !== "") this.gathered.push(Buffer.from(lines))
    }

    private async append(): Promise<void> {
        const bytes = Buffer.concat(this.gathered)
        this.gathered = []
        if (this.file === undefined) return
        for (let done = 0; done < bytes.length;) {
            const room = bytes.length - done
            const at = this.length + done
            done += (await this.file.write(bytes, done, room, at)).bytesWritten
        }
        this.length += bytes.length
    }

    private nameOn(unixMs: number): string {
        const day = Math.floor(unixMs / DAY_MS)
        if (day !== this.day) {
            this.day = day
            this.dayName = `readings-${new Date(unixMs).toISOString().slice(0, 10)}.${ENDINGS[this.format]}`
        }
        return this.dayName
    }

    private isOurs(name: string): boolean {
        return /^readings-\d{4}-\d\d-\d\d\./.test(name) && name.slice(20) === ENDINGS[this.format]
    }
}

/** Lines of CSV without what is behind the last separator of each: a number, or nothing. */
function withoutLastCells(lines: string): string {
    return lines.replace(/[,;]\d*\n/g, "\n")
}
