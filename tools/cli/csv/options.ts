/** The options of commands that read tables of offices. */
import { InvalidArgumentError, Option, type Command } from "commander"
import { DATE_ORDERS, type DateOrder } from "./dates.js"
import { DELIMITERS } from "./layout.js"
import { type ReadingFlags } from "./reading.js"
import { ENCODINGS, type Encoding } from "./text.js"
import { type RepeatedHour } from "./zone.js"

/** As commander gives them. */
export interface CsvFlags {
    readonly delimiter?: string
    readonly decimal?: "point" | "comma"
    readonly date?: DateOrder
    readonly zone?: string
    readonly repeatedHour?: RepeatedHour
    readonly null: readonly string[]
    readonly header?: readonly string[]
    readonly encoding?: Encoding
}

export const CSV_HELP = `
A file that shows how it is written needs no option: commas, semicolons, tabs
or bars between cells, decimal points or commas, thousands in groups, times in
ISO 8601 or Unix, 15-01-2024 14.30 or 1/15/2024 2:30 PM, date and time in one
column or two, UTF-8, UTF-16 or Windows-1252. What it leaves open (is 1.234 more
than a thousand? is 01-02 in January?) is asked for, never guessed. Lines that
begin with # are comments. All mistakes of a file are told at once.`

export function addCsvOptions(command: Command): Command {
    return command
        .addOption(
            new Option("--delimiter <what>", "what separates cells").choices(
                Object.keys(DELIMITERS)
            )
        )
        .addOption(new Option("--decimal <sign>", "decimal sign").choices(["point", "comma"]))
        .addOption(new Option("--date <order>", "day, month, year in order").choices(DATE_ORDERS))
        .option("--zone <name>", "zone of local times, such as Europe/Copenhagen")
        .addOption(
            new Option(
                "--repeated-hour <which>",
                "rows of an hour that comes twice, and is there once"
            ).choices(["first", "second"])
        )
        .option("--null <words>", "words for a missing value, such as NaN,-9999", collectWords, [])
        .option("--header <names>", "names of the columns of a file without header", names)
        .addOption(new Option("--encoding <name>", "encoding of the text").choices(ENCODINGS))
}

export function readingFlags(flags: CsvFlags): ReadingFlags {
    const { decimal, delimiter, date, zone, repeatedHour, header, encoding } = flags
    return {
        null: flags.null,
        ...(decimal === undefined ? {} : { decimal: decimal === "comma" ? "," : "." }),
        ...(delimiter === undefined ? {} : { delimiter }),
        ...(date === undefined ? {} : { date }),
        ...(zone === undefined ? {} : { zone }),
        ...(repeatedHour === undefined ? {} : { repeatedHour }),
        ...(header === undefined ? {} : { header }),
        ...(encoding === undefined ? {} : { encoding }),
    }
}

function collectWords(text: string, before: readonly string[]): readonly string[] {
    return [...before, ...text.split(",").map(word => word.trim())]
}

function names(text: string): readonly string[] {
    const list = text.split(",").map(name => name.trim())
    if (list.length < 2)
        throw new InvalidArgumentError("name the time and at least one more: time,temperature")
    return list
}
