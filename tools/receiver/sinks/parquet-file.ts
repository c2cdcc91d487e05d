/**
 * Writes readings as an Apache Parquet file, group by group, so that memory stays bounded. The
 * file is there as a whole, or not at all.
 */
import { open, rename, rm, type FileHandle } from "node:fs/promises"
import path from "node:path"
import { ByteWriter, ParquetWriter } from "hyparquet-writer"
import { isGap } from "../../../src/core/quality.js"
import { qualityName } from "../../../src/core/quality-names.js"
import { toUnit } from "../../../src/core/channel.js"
import { type ResolvedFrame } from "../../decoder/index.js"
import { syncFolder } from "../journal/durable.js"

/** Rows of a group; while one is put together nothing else runs. */
const GROUP_ROWS = 20_000

const text = { type: "BYTE_ARRAY", converted_type: "UTF8" } as const
const COLUMNS = {
    site: text,
    node: text,
    boot: { type: "INT32" },
    sequence: { type: "INT32" },
    time: { type: "INT64", converted_type: "TIMESTAMP_MILLIS" },
    time_uncertainty_ms: { type: "INT32", optional: true },
    channel: text,
    quantity: text,
    unit: text,
    unit_code: text,
    value: { type: "DOUBLE", optional: true },
    integer: { type: "INT32", optional: true },
    quality: text,
    calibration: { type: "INT64", optional: true },
} as const
type Name = keyof typeof COLUMNS
const NAMES = Object.keys(COLUMNS) as Name[]

const SCHEMA = [
    { name: "readings", num_children: NAMES.length },
    ...NAMES.map(name => {
        const { optional, ...element } = { optional: false, ...COLUMNS[name] }
        const repetition_type = optional ? ("OPTIONAL" as const) : ("REQUIRED" as const)
        return { name, ...element, repetition_type }
    }),
]

export class ParquetFile {
    private readonly bytes = new ByteWriter()
    private readonly writer = new ParquetWriter({
        writer: this.bytes,
        schema: SCHEMA,
        createdBy: "suitcase",
    })
    private columns = emptyColumns()
    private rows = 0

    private constructor(
        private readonly file: FileHandle,
        private readonly name: string
    ) {}

    /** @param name where it is when it is {@link finish}ed, in place of what may be there */
    static async create(name: string): Promise<ParquetFile> {
        return new ParquetFile(await open(`${name}.part`, "w"), name)
    }

    async add({ site, node, frame, schema, moments }: ResolvedFrame): Promise<void> {
        const { columns } = this
        for (let row = 0, cell = 0; row < frame.rows; row++) {
            const { unixMs, uncertaintyMs } = moments[row]
            const time = BigInt(unixMs)
            for (const channel of schema.channels) {
                const quality = frame.qualities[cell]
                const integer = isGap(quality) ? undefined : frame.values[cell]
                columns.site.push(site)
                columns.node.push(node)
                columns.boot.push(frame.bootId)
                columns.sequence.push(frame.sequence)
                columns.time.push(time)
                columns.time_uncertainty_ms.push(uncertaintyMs)
                columns.channel.push(channel.name)
                columns.quantity.push(channel.quantity)
                columns.unit.push(channel.unit)
                columns.unit_code.push(channel.unitCode)
                columns.value.push(integer === undefined ? undefined : toUnit(channel, integer))
                columns.integer.push(integer)
                columns.quality.push(qualityName(quality))
                columns.calibration.push(
                    channel.calibration === 0 ? undefined : BigInt(channel.calibration)
                )
                cell++
                if (++this.rows >= GROUP_ROWS) await this.writeGroup()
            }
        }
    }

    /** Resolves when it is on disk under its name. */
    async finish(): Promise<void> {
        if (this.rows > 0) await this.writeGroup()
        await this.writer.finish()
        await this.flush()
        await this.file.sync()
        await this.file.close()
        await rename(`${this.name}.part`, this.name)
        await syncFolder(path.dirname(this.name))
    }

    /** Lets go of it without having it. */
    async discard(): Promise<void> {
        await this.file.close().catch(() => undefined)
        await rm(`${this.name}.part`, { force: true }).catch(() => undefined)
    }

    private async writeGroup(): Promise<void> {
        const columnData = NAMES.map(name => ({ name, data: this.columns[name] }))
        await this.writer.write({ columnData, rowGroupSize: GROUP_ROWS })
        await this.flush()
        for (const name of NAMES) this.columns[name].length = 0
        this.rows = 0
        // Others may want to run.
        await new Promise(resolve => setImmediate(resolve))
    }

    private async flush(): Promise<void> {
        await this.file.writeFile(this.bytes.getBytes())
        this.bytes.index = 0
    }
}

function emptyColumns(): Record<Name, unknown[]> {
    return Object.fromEntries(NAMES.map(name => [name, []])) as unknown as Record<Name, unknown[]>
}
