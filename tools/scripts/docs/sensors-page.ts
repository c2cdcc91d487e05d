/** Makes docs/sensors.md of the parts' folders and of measurements in the VM. */
import { type PartFigures } from "../../../sim/parts/measure.js"
import { type CataloguedPart } from "../../../sim/parts/catalogue.js"
import { GROUPS, addressesText, rangeText, titleOf } from "../../cli/sensors/words.js"

const HEAD = `# Sensors

The parts with a driver, a register model and the common suite of tests, by what they are for.
Made by \`npm run docs:sensors\` from the folders in [src/drivers](../src/drivers/README.md); the test
suite fails when it is out of date. \`npx suitcase try <part>\` runs any of them without hardware.

- **Accuracy** is the typical one of the datasheet that the part's README names.
- **Price** of one breakout board in 2026, roughly: € below 10 €, €€ 10 to 30 €, €€€ above 30 €.
- **First reading**: from switching the node on to the first complete sample, its boot included; and how
  long after that all channels are "warming up" no more.
- **Current** from the part's supply, typical: while a sample is in progress, and between two of them. Each
  part's description (\`part.ts\`) has the largest ones and the source.
- **A sample** takes that long, waits included, in that many transfers, which keep a bus of 100 kHz
  busy for the time given. Both are measured in the simulator, where a part takes its longest time.
`

const TABLE = `| part | channels | accuracy | address | price | used by | first reading | a sample | current |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
`

export interface PageEntry {
    readonly part: CataloguedPart
    readonly figures: PartFigures
    /** Programs in devs/ that use it. */
    readonly apps: readonly string[]
}

/** A part and its row in the table of its group. */
export interface PageRow {
    readonly part: CataloguedPart
    readonly row: string
}

/** The row of a part in an earlier page, if it is there. */
export function rowOf(page: string, { folder }: CataloguedPart): string | undefined {
    const link = `](../src/drivers/${folder}/README.md)`
    return page.split("\n").find(text => text.startsWith("| [") && text.includes(link))
}

/** The whole page. */
export function sensorsPage(entries: readonly PageRow[]): string {
    let text = HEAD
    for (const group of GROUPS) {
        const members = entries.filter(({ part }) => part.group === group)
        if (members.length === 0) continue
        text += `\n## ${group[0].toUpperCase()}${group.slice(1)}\n\n${TABLE}`
        for (const { row } of members) text += `${row}\n`
    }
    const limits = entries.flatMap(limitRows)
    if (limits.length > 0) text += `\n## What parts cannot tell\n\n${limits.join("")}`
    return text
}

/** One part's row. */
export function sensorRow({ part, figures, apps }: PageEntry): string {
    const lines = (texts: readonly string[]) => texts.join("<br>")
    const cells = [
        `[${titleOf(part)}](../src/drivers/${part.folder}/README.md)`,
        lines(figures.channels.map(channel => `\`${channel.name}\` ${rangeText(channel)}`)),
        lines(part.channels.map(({ accuracy }) => accuracy)),
        addressesText(part.addresses),
        part.priceClass,
        apps.length === 0 ? "–" : apps.join(", "),
        `${time(figures.firstReadingMs)}${settlingText(part)}`,
        `${time(figures.sampleMs)}, ${figures.transfers} transfers, ${(figures.busUs / 1000).toFixed(1)} ms on the bus`,
        supplyText(part),
    ]
    return `| ${cells.join(" | ")} |`
}

/** ", settled after 6 min"; "" for parts that need no time. */
function settlingText({ channels }: CataloguedPart): string {
    const seconds = Math.max(0, ...channels.map(({ warmUp }) => warmUp?.seconds ?? 0))
    if (seconds === 0) return ""
    if (seconds < 120) return `, settled after ${seconds} s`
    return `, settled after ${seconds < 3600 ? `${seconds / 60} min` : `${seconds / 3600} h`}`
}

/** "0.32 mA, 0.08 µA between" */
function supplyText({ supply }: CataloguedPart): string {
    if (supply === undefined) return "–"
    const [measuring, between] = [supply.measuring, supply.between].map(({ typical }) =>
        typical < 0.1 ? `${Number((1000 * typical).toPrecision(3))} µA` : `${typical} mA`
    )
    return measuring === between ? measuring : `${measuring}, ${between} between`
}

function limitRows({ part }: PageRow): string[] {
    const { stuckBusy, wrongPart, restingBus, brownOut, warmStart } = part.limits ?? {}
    const rows: (readonly [string, string | undefined])[] = [
        ["that it is stuck", stuckBusy],
        ["that another part is in its place", wrongPart],
        ["ones or zeros from a bus that nobody drives", restingBus],
        ["that it lost power for a moment", brownOut],
        ["that other firmware ran it until a moment ago", warmStart],
    ]
    return rows
        .filter(([, reason]) => reason !== undefined)
        .map(([what, reason]) => {
            const end = reason?.endsWith(".") === true ? "" : "."
            return `- **${titleOf(part)}** cannot tell ${what}: ${reason}${end}\n`
        })
}

function time(ms: number): string {
    return ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`
}
