/**
 * DuckDB over day files: in memory, because only one process may hold a database file. Its package
 * has 70 MB, which not everybody should carry, so it is installed when it is wanted.
 */
import { type DayFile } from "../day-files/source.js"
import { UsageError } from "../errors.js"

export const DUCKDB = "@duckdb/node-api"
const VERSION = "1.5.6-r.1"
/** Beyond this it uses the disk. */
const MEMORY = "1GB"

/** What of its interface is used here. */
interface DuckDb {
    readonly DuckDBInstance: {
        create(path: string, options: Readonly<Record<string, string>>): Promise<Instance>
    }
}
interface Instance {
    connect(): Promise<Connection>
    closeSync(): void
}
interface Connection {
    run(sql: string): Promise<unknown>
    stream(sql: string): Promise<Result>
    closeSync(): void
}
interface Result {
    columnNames(): string[]
    yieldRowsJs(): AsyncIterable<unknown[][]>
}

export class Engine {
    private constructor(
        private readonly instance: Instance,
        private readonly connection: Connection
    ) {}

    /**
     * @param files of one form; they are the table "readings"
     * @param load gets the package @throws UsageError that says how to install it
     */
    static async start(files: readonly DayFile[], load = loadDuckDb): Promise<Engine> {
        const { DuckDBInstance } = await load()
        const instance = await DuckDBInstance.create(":memory:", {
            memory_limit: MEMORY,
            // Nothing is to be fetched from anywhere.
            autoinstall_known_extensions: "false",
        })
        const connection = await instance.connect()
        await connection.run("SET TimeZone = 'UTC'")
        await connection.run(`CREATE VIEW readings AS ${selectOf(files)}`)
        return new Engine(instance, connection)
    }

    /** @throws UsageError for what DuckDB does not take, in its words */
    async query(sql: string): Promise<{ columns: string[]; rows: AsyncIterable<unknown[][]> }> {
        try {
            const result = await this.connection.stream(sql)
            return { columns: result.columnNames(), rows: told(result.yieldRowsJs()) }
        } catch (e) {
            throw inWords(e)
        }
    }

    close(): void {
        this.connection.closeSync()
        this.instance.closeSync()
    }
}

async function loadDuckDb(): Promise<DuckDb> {
    try {
        return (await import(DUCKDB)) as DuckDb
    } catch (e) {
        if ((e as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw e
        throw new UsageError(
            "query needs DuckDB, 70 MB, which is not installed; in the project's folder: " +
                `npm install --no-save ${DUCKDB}@${VERSION}. suitcase export does without`
        )
    }
}

async function* told<T>(rows: AsyncIterable<T>): AsyncGenerator<T> {
    try {
        yield* rows
    } catch (e) {
        throw inWords(e)
    }
}

function inWords(e: unknown): UsageError {
    return new UsageError(`DuckDB: ${(e as Error).message.split("\n", 1)[0]}`)
}

/** The same columns, whatever the form. */
function selectOf(files: readonly DayFile[]): string {
    const names = files.map(({ path }) => `'${path.replaceAll("'", "''")}'`).join(", ")
    if (files[0].source === "parquet")
        return `SELECT * FROM read_parquet([${names}], union_by_name = true)`
    const types =
        "{site: 'VARCHAR', node: 'VARCHAR', boot: 'INTEGER', sequence: 'INTEGER', time: 'DOUBLE', " +
        "timeUncertaintyMs: 'INTEGER', channel: 'VARCHAR', unit: 'VARCHAR', value: 'DOUBLE', " +
        "integer: 'INTEGER', quality: 'VARCHAR', calibration: 'BIGINT'}"
    return (
        "SELECT site, node, boot, sequence, to_timestamp(time / 1000) AS time, " +
        'timeUncertaintyMs AS time_uncertainty_ms, channel, unit, value, "integer", quality, calibration ' +
        `FROM read_json([${names}], format = 'newline_delimited', columns = ${types})`
    )
}
