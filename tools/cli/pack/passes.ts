/** The two passes over a table: the first finds its steps, its times and every mistake, the second takes the rows. */
import { Mistakes } from "../csv/mistakes.js"
import { readCsv, type RowHandlers } from "../csv/read-csv.js"
import { understand, type ReadAs, type ReadingFlags } from "../csv/reading.js"
import { checkUnchanged, type CsvSource } from "../csv/source.js"
import { Survey, type SurveyOptions, type SurveyResult } from "./survey.js"

/** Share of the time that the first pass takes, roughly. */
const SURVEY_SHARE = 0.3

export interface PassOptions extends SurveyOptions {
    /** What is said about how the file is written. */
    readonly reading: ReadingFlags
    /** @param share of the work that is done, 0 … 1 */
    readonly onProgress: (share: number) => void
    readonly signal: AbortSignal
}

/**
 * @param begin takes what the first pass found, and gives what takes the rows of the second
 * @throws TraceError naming file, line and column; UsageError for options that
 *   do not fit the file; Interrupted
 */
export async function readTwice(
    source: CsvSource,
    options: PassOptions,
    begin: (survey: SurveyResult) => Pick<RowHandlers, "row" | "pause">
): Promise<{ readonly bytes: number; readonly readAs: ReadAs }> {
    const { skip, signal } = options
    const size = Math.max(1, source.size)
    const reading = await understand(source, options.reading, skip, signal)
    const mistakes = new Mistakes(source.name)
    const survey = new Survey(source.name, options, mistakes)
    const bytes = await readCsv(
        source,
        reading,
        skip,
        {
            header: row => survey.header(row),
            row: row => survey.row(row),
            progress: read => options.onProgress((SURVEY_SHARE * read) / size),
        },
        mistakes,
        signal
    )
    await readCsv(
        source,
        reading,
        skip,
        {
            ...begin(survey.finish()),
            header: () => undefined,
            progress: read => options.onProgress(SURVEY_SHARE + ((1 - SURVEY_SHARE) * read) / size),
        },
        mistakes,
        signal
    )
    checkUnchanged(source)
    return { bytes, readAs: reading.readAs }
}
