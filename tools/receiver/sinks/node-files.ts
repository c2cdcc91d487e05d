/**
 * Files of a table in a folder for each site and node, one for each day (UTC) on which readings
 * arrived: town/n1/2026-11-30.csv. A column stays where it is: new ones come behind, in a new
 * file, 2026-11-30.2.csv. After a kill the files are cut to where they were at the last
 * commit, so that each row is there exactly once.
 */
import { mkdir, open, readdir, rm, stat } from "node:fs/promises"
import path from "node:path"
import { type Schema } from "../../decoder/index.js"
import { syncFolder } from "../journal/durable.js"
import { type DeliveredFrame, type Sink } from "../sink.js"
import { describeFiles, type Table } from "./data-package.js"
import { FolderError } from "./files.js"

/** Text that is kept in memory at most before it is written, characters. */
const MAX_GATHERED = 4_000_000
/** Files that are written at a time. */
const AT_ONCE = 8
const HEAD_BYTES = 64 * 1024

/** What goes into the files. */
export interface NodeTable {
    /** Names the form in {@link Sink.id}. */
    readonly name: string
    /** Behind the dot. */
    readonly ending: string
    /** Columns that rows of a schema need beside those of all tables. */
    columnsOf(schema: Schema): readonly string[]
    /** First line. */
    header(columns: readonly string[]): string
    /** @returns the columns of which {@link header} made a line */
    columnsIn(header: string): readonly string[]
    rows(frame: DeliveredFrame, columns: readonly string[]): string
    describe(columns: readonly string[]): Table
}

interface Committed {
    /** Of the files that grow; "" while there are none. */
    readonly day: string
    /** Of each node: "site/node", its newest file of that day, and its length, B. */
    readonly files: readonly (readonly [string, string, number])[]
}

class NodeFile {
    gathered: string[] = []
    /** Schemas of which all columns are there. */
    readonly fits = new WeakSet<Schema>()

    constructor(
        readonly folder: string,
        readonly name: string,
        readonly columns: readonly string[],
        public length: number
    ) {}

    async append(): Promise<void> {
        const bytes = Buffer.from(this.gathered.join(""))
        this.gathered = []
        const file = await open(path.join(this.folder, this.name), "r+")
        try {
            for (let done = 0; done < bytes.length;)
                done += (await file.write(bytes, done, bytes.length - done, this.length + done))
                    .bytesWritten
            await file.datasync()
        } finally {
            await file.close()
        }
        this.length += bytes.length
    }
}

export class NodeFileSink implements Sink {
    readonly id: string
    readonly description: string
    private readonly root: string
    private day = ""
    private readonly files = new Map<string, NodeFile>()
    private readonly dirty = new Set<NodeFile>()
    private gathered = 0

    constructor(
        folder: string,
        private readonly table: NodeTable
    ) {
        this.root = path.resolve(folder)
        this.id = `node-files:${table.name}:${this.root}`
        this.description = folder
    }

    async open(committed: unknown): Promise<void> {
        await mkdir(this.root, { recursive: true })
        const { day, files } = (committed ?? { day: "", files: [] }) as Committed
        this.day = day
        this.files.clear()
        this.dirty.clear()
        this.gathered = 0
        const newest = await this.newestByFolder(files)
        for (const key of await this.keys()) {
            const folder = path.join(this.root, key)
            const ours = (await readdir(folder)).filter(name => this.placeOf(name) !== undefined)
            if (committed === undefined && ours.length > 0)
                throw new FolderError(
                    `has ${key}/${ours[0]} already, which another listener or state wrote; ` +
                        "choose an empty folder"
                )
            const last = newest.get(await identityOf(folder))
            const late = ours.filter(name =>
                last === undefined ? name.slice(0, 10) >= day : this.isAfter(name, last)
            )
            for (const name of late) await rm(path.join(folder, name))
            if (late.length > 0) await describeFiles(folder, key, new Map())
        }
        for (const [key, name, length] of files) await this.reopen(key, name, length)
    }

    async write(frames: readonly DeliveredFrame[]): Promise<void> {
        for (const frame of frames) {
            const file = await this.fileFor(frame)
            const rows = this.table.rows(frame, file.columns)
            file.gathered.push(rows)
            this.dirty.add(file)
            this.gathered += rows.length
            if (this.gathered > MAX_GATHERED) await this.flush()
        }
    }

    async commit(): Promise<Committed> {
        await this.flush()
        const files = [...this.files].map(([key, { name, length }]) => [key, name, length] as const)
        return { day: this.day, files }
    }

    async close(): Promise<void> {
        // Files are open only while something is written.
    }

    private async fileFor({ site, node, schema, arrivedMs }: DeliveredFrame): Promise<NodeFile> {
        const day = new Date(arrivedMs).toISOString().slice(0, 10)
        // A clock that was set back does not open the files of a day that is over.
        if (day > this.day) {
            await this.flush()
            this.files.clear()
            this.day = day
        }
        const key = `${safe(site)}/${safe(node)}`
        const file = this.files.get(key)
        if (file?.fits.has(schema) === true) return file
        const wanted = this.table.columnsOf(schema)
        if (file !== undefined && wanted.every(column => file.columns.includes(column))) {
            file.fits.add(schema)
            return file
        }
        if (file !== undefined && this.dirty.delete(file)) await file.append()
        const before = file?.columns ?? (await this.latestColumns(key))
        const columns = [...before, ...wanted.filter(column => !before.includes(column))]
        return await this.begin(key, columns)
    }

    /** Creates the next file of a node. */
    private async begin(key: string, columns: readonly string[]): Promise<NodeFile> {
        const folder = path.join(this.root, key)
        await mkdir(folder, { recursive: true })
        const header = Buffer.from(this.table.header(columns))
        for (let part = 1; ; part++) {
            const name = `${this.day}${part === 1 ? "" : `.${part}`}.${this.table.ending}`
            try {
                // There may be one already: of a node that has the same folder.
                const handle = await open(path.join(folder, name), "wx")
                try {
                    await handle.writeFile(header)
                    await handle.datasync()
                } finally {
                    await handle.close()
                }
            } catch (e) {
                if ((e as NodeJS.ErrnoException).code === "EEXIST") continue
                throw e
            }
            for (const each of [folder, path.dirname(folder), this.root]) await syncFolder(each)
            await describeFiles(folder, key, new Map([[name, this.table.describe(columns)]]))
            const file = new NodeFile(folder, name, columns, header.length)
            this.files.set(key, file)
            return file
        }
    }

    private async reopen(key: string, name: string, length: number): Promise<void> {
        const folder = path.join(this.root, key)
        const whole = path.join(folder, name)
        const size = await stat(whole).then(
            ({ size }) => size,
            () => 0
        )
        if (size < length)
            throw new FolderError(
                `${key}/${name} is shorter than this listener left it (${size} B of ${length} B); ` +
                    "put it back, or choose another folder"
            )
        if (size > length) {
            const file = await open(whole, "r+")
            try {
                await file.truncate(length)
                await file.datasync()
            } finally {
                await file.close()
            }
        }
        this.files.set(key, new NodeFile(folder, name, await this.columnsOfFile(whole), length))
    }

    private async flush(): Promise<void> {
        const dirty = [...this.dirty]
        this.dirty.clear()
        this.gathered = 0
        for (let i = 0; i < dirty.length; i += AT_ONCE)
            await Promise.all(dirty.slice(i, i + AT_ONCE).map(file => file.append()))
    }

    /** Where upper and lower case are the same, two nodes may have one folder. */
    private async newestByFolder(files: Committed["files"]): Promise<Map<string, string>> {
        const newest = new Map<string, string>()
        for (const [key, name] of files) {
            const identity = await identityOf(path.join(this.root, key))
            const other = newest.get(identity)
            if (other === undefined || this.isAfter(name, other)) newest.set(identity, name)
        }
        return newest
    }

    /** "site/node" of all folders that there are. */
    private async keys(): Promise<string[]> {
        const keys: string[] = []
        for (const site of await foldersIn(this.root))
            for (const node of await foldersIn(path.join(this.root, site)))
                keys.push(`${site}/${node}`)
        return keys
    }

    /** Columns of a node's newest file; none when there is none. */
    private async latestColumns(key: string): Promise<readonly string[]> {
        const folder = path.join(this.root, key)
        const names = await readdir(folder).catch(() => [])
        let newest: string | undefined
        for (const name of names)
            if (this.placeOf(name) !== undefined && (!newest || this.isAfter(name, newest)))
                newest = name
        return newest === undefined ? [] : await this.columnsOfFile(path.join(folder, newest))
    }

    private async columnsOfFile(whole: string): Promise<readonly string[]> {
        const file = await open(whole, "r")
        try {
            const { buffer, bytesRead } = await file.read(
                Buffer.alloc(HEAD_BYTES),
                0,
                HEAD_BYTES,
                0
            )
            return this.table.columnsIn(buffer.toString("utf8", 0, bytesRead).split("\n", 1)[0])
        } finally {
            await file.close()
        }
    }

    private isAfter(name: string, other: string): boolean {
        const [a, b] = [this.placeOf(name), this.placeOf(other)]
        if (a === undefined || b === undefined) return false
        return a.day > b.day || (a.day === b.day && a.part > b.part)
    }

    /** @returns undefined for a file that is not ours */
    private placeOf(name: string): { day: string; part: number } | undefined {
        const match = /^(\d{4}-\d\d-\d\d)(?:\.(\d+))?\.(\w+)$/.exec(name)
        if (match === null || match[3] !== this.table.ending) return undefined
        return { day: match[1], part: Number(match[2] ?? 1) }
    }
}

/** The same for two paths that lead to one folder. */
async function identityOf(folder: string): Promise<string> {
    return await stat(folder, { bigint: true }).then(
        ({ dev, ino }) => `${dev}:${ino}`,
        () => folder
    )
}

async function foldersIn(folder: string): Promise<string[]> {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries.filter(entry => entry.isDirectory()).map(({ name }) => name)
}

/** A name of a site or node as a folder on any system; names have letters, digits and -_.: only. */
function safe(name: string): string {
    return name.replaceAll(":", "%3A").replace(/\.$/, "%2E")
}
