/** `suitcase query`: SQL over day files, by DuckDB. */
import { Command, Option } from "commander"
import { SOURCES, dayFilesIn, type Source } from "../day-files/source.js"
import { EXIT_OK } from "../errors.js"
import { Engine } from "../query/duckdb.js"
import { QUERY_FORMATS, printRows, type QueryFormat } from "../query/print.js"
import { type Terminal } from "../terminal.js"

const HELP = `
The table is called readings: site, node, boot, sequence, time (with time zone,
shown in UTC), time_uncertainty_ms, channel, unit, value, integer, quality; of
Parquet files also quantity and unit_code. value is NULL where the quality says
why. The language is DuckDB's SQL, https://duckdb.org/docs/sql/introduction.

DuckDB has 70 MB and is not installed with the rest:
  npm install --no-save @duckdb/node-api@1.5.6-r.1
Files are read as they are, also while suitcase listen runs. It may use 1 GB of
memory, and the disk beyond.

Examples:
  suitcase query "SELECT node, channel, count(*) AS n, avg(value) AS mean
    FROM readings GROUP BY ALL" --in readings
  suitcase query "SELECT time_bucket(INTERVAL '1 day', time) AS day, max(value)
    FROM readings WHERE channel = 'co2' GROUP BY day ORDER BY day" \\
    --in archive --format csv > co2.csv

Exit codes: 0 done · 2 wrong use, DuckDB is not installed, or what it says of
            the query`

interface QueryFlags {
    readonly in: string
    readonly source?: Source
    readonly format: QueryFormat
}

export function queryCommand(terminal: Terminal, finish: (code: number) => void): Command {
    return new Command("query")
        .summary("ask day files with SQL")
        .description("Asks the day files of suitcase listen --out with SQL.")
        .argument("<sql>", "a query of the table readings")
        .requiredOption("--in <folder>", "folder of suitcase listen --out")
        .addOption(new Option("--source <form>", "files to read").choices(SOURCES))
        .addOption(
            new Option("--format <format>", "form of the result")
                .choices(QUERY_FORMATS)
                .default("table")
        )
        .helpOption("-h, --help", "print this help")
        .addHelpText("after", HELP)
        .action(async (sql: string, flags: QueryFlags) => {
            const engine = await Engine.start(dayFilesIn(flags.in, flags.source))
            try {
                const { columns, rows } = await engine.query(sql)
                await printRows(columns, rows, flags.format, terminal)
                finish(EXIT_OK)
            } finally {
                engine.close()
            }
        })
}
