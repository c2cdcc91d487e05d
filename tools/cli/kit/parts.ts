/** `suitcase kit parts`: what to buy for the nodes of a kit file. */
import Table from "cli-table3"
import { billOf, type Bill } from "../../kit/bill-of-materials.js"
import { EXIT_OK } from "../errors.js"
import { line, type Terminal } from "../terminal.js"
import { openKit, type KitFlags } from "./open.js"

/** @returns the exit code @throws KitError, UsageError */
export async function listParts(flags: KitFlags, terminal: Terminal): Promise<number> {
    const kit = await openKit(flags.file)
    const bill = await billOf(kit.nodes, kit.folder)
    if (flags.json === true) {
        const { lines, least, most } = bill
        const eur = { least, most: Number.isFinite(most) ? most : null }
        line(terminal.out, JSON.stringify({ lines, eur }))
        return EXIT_OK
    }
    const table = new Table({
        head: ["", "what", "price", "for"].map(title => terminal.colors.bold(title)),
        colWidths: [5, 36, 7, 27],
        colAligns: ["right", "left", "left", "left"],
        style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 0 },
        wordWrap: true,
    })
    for (const { title, count, price, nodes } of bill.lines)
        table.push([`${count} `, title, price?.class ?? "?", nodes.join(" ")])
    line(terminal.out, table.toString())
    line(terminal.out, sumText(bill))
    line(
        terminal.out,
        "One costs, roughly, 2026: € below 10 €, €€ 10 to 30 €, €€€ above 30 €. Prices change: ask a shop."
    )
    for (const { title, price } of bill.lines)
        for (const { item, amount, currency, when, source } of price?.seen ?? [])
            line(
                terminal.out,
                terminal.colors.dim(`${title}: ${item}, ${amount} ${currency}, ${when}, ${source}`)
            )
    return EXIT_OK
}

function sumText({ lines, least, most }: Bill): string {
    const unknown = lines.filter(({ price }) => price === undefined).map(({ title }) => title)
    const sum = Number.isFinite(most)
        ? `all of it: ${least} to ${most} €`
        : `all of it: ${least} € or more`
    return unknown.length === 0 ? sum : `${sum}, without ${unknown.join(", ")}`
}
