/** What the columns of a table are as channels: name, unit, quantity. */
import { UsageError } from "../errors.js"
import { UNITS, quantityOf } from "../quantities.js"

export interface ColumnChannel {
    readonly name: string
    /** SenML symbol. */
    readonly unit: string
    readonly unitCode: string
    readonly quantity: string
}

/** By what people write: SenML symbols first, then the signs; "%" alone could be several. */
const UNIT_OF_WORD = new Map<string, string>([
    ...Object.entries(UNITS).map(
        ([symbol, unit]) => [plain(unit?.sign ?? symbol), symbol] as const
    ),
    ...Object.keys(UNITS).map(symbol => [plain(symbol), symbol] as const),
])
UNIT_OF_WORD.delete("")
UNIT_OF_WORD.delete("%")

/** "Temperature (°C)", "co2 [ppm]" */
const WITH_UNIT = /^(.*?)\s*[([]([^()[\]]*)[)\]]\s*$/

/**
 * @param columns of the file, as its header calls them
 * @param choices COLUMN=NAME:UNIT, COLUMN=NAME or COLUMN=:UNIT, as typed
 * @throws UsageError that names every column of which name or unit is missing
 */
export function channelsOf(
    columns: readonly string[],
    choices: readonly string[]
): ColumnChannel[] {
    const chosen = new Map(choices.map(choice => parseChoice(choice, columns)))
    const problems: string[] = []
    const channels = columns.map(column => {
        const { name, unit } = { ...guess(column), ...chosen.get(column) }
        if (!/^[a-z]\w{0,47}$/i.test(name))
            problems.push(`"${column}" is no name of a channel: --channel "${column}=NAME:UNIT"`)
        else if (unit === undefined)
            problems.push(`the unit of ${column} is not known: --channel "${column}=${name}:UNIT"`)
        const known = unit ?? ""
        return {
            name,
            unit: known,
            unitCode: UNITS[known]?.code ?? "C62",
            quantity: quantityOf(name) ?? name,
        }
    })
    const twice = channels.find(({ name }, i) => channels.findIndex(c => c.name === name) < i)
    if (twice !== undefined && problems.length === 0)
        problems.push(`two columns would be the channel ${twice.name}`)
    if (problems.length > 0)
        throw new UsageError(
            [...problems, `Units are written as ${Object.keys(UNITS).join(", ")}.`].join("\n  ")
        )
    return channels
}

function guess(column: string): { name: string; unit: string | undefined } {
    const [, name = column, word = ""] = WITH_UNIT.exec(column) ?? []
    return { name: name.trim().toLowerCase(), unit: UNIT_OF_WORD.get(plain(word)) }
}

type Choice = [column: string, { readonly name?: string; readonly unit?: string }]

function parseChoice(choice: string, columns: readonly string[]): Choice {
    const [, column = "", name = "", word] = /^(.*)=(\w*)(?::(.+))?$/.exec(choice) ?? []
    if (!columns.includes(column))
        throw new UsageError(
            `--channel ${choice}: write COLUMN=NAME:UNIT; the columns are ${columns.join(", ")}`
        )
    const unit = word === undefined ? undefined : UNIT_OF_WORD.get(plain(word))
    if (word !== undefined && unit === undefined)
        throw new UsageError(
            `--channel ${choice}: the unit "${word}" is not known; write one of ${Object.keys(UNITS).join(", ")}`
        )
    return [column, { ...(name === "" ? {} : { name }), ...(unit === undefined ? {} : { unit }) }]
}

/** Without blanks, in small letters; the two signs for micro are one. */
function plain(unit: string): string {
    return unit.replace(/\s/g, "").replace("μ", "µ").toLowerCase()
}
