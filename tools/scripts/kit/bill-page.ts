/** docs/bill-of-materials.md: what boards and parts cost, from prices.json. */
import path from "node:path"
import prettier from "prettier"
import { loadParts } from "../../../sim/parts/catalogue.js"
import { PROJECT_ROOT } from "../../../sim/program/project.js"
import { kitBoards } from "../../boards/kit-boards.js"
import { TITLES } from "../../kit/bill-of-materials.js"
import { MEMORIES } from "../../kit/other-parts.js"
import { knownPrices } from "../../kit/prices.js"

export const BILL_PAGE = path.join(PROJECT_ROOT, "docs", "bill-of-materials.md")

/** Ids and titles of everything that has a price, in the order of the page. */
export async function pricedThings(): Promise<readonly (readonly [id: string, title: string])[]> {
    const boards = kitBoards().map(({ id, card }) => [id, `${card.maker} ${card.model}`] as const)
    const parts = (await loadParts()).map(
        ({ folder, maker, name }) => [folder, `${maker} ${name}`.trim()] as const
    )
    const memories = MEMORIES.map(({ name, className }) => [name, `${className} breakout`] as const)
    return [...boards, ...parts, ...memories, ...Object.entries(TITLES)]
}

/** @returns Markdown as this project formats it */
export async function billPage(): Promise<string> {
    const prices = knownPrices()
    const rows = (await pricedThings()).map(([id, title]) => {
        const { class: price = "?", seen = [] } = prices.get(id) ?? {}
        const sources = seen.map(
            ({ item, amount, currency, when, source }) =>
                `${item}: ${amount} ${currency}, ${when}, ${source.replace(/^https:\S+/, address => `<${address}>`)}`
        )
        return `| ${title} | ${price} | ${sources.join("<br>") || "–"} |`
    })
    const text = `# Bill of materials

What to buy for the nodes of a kit file, with counts and nodes:

\`\`\`sh
npx suitcase kit parts
\`\`\`

**Prices change, and no shop could be asked while this was written.** The classes are rough, for one piece with taxes, in 2026: €
below 10 €, €€ 10 to 30 €, €€€ above 30 €. The last column has prices that were found in public texts, with their days: they tell
the order of magnitude and nothing more. Ask your shop before you ask for money. A class is a line of
[prices.json](../tools/kit/prices.json); this page is made from it by \`npm run docs:kit\`.

Beside the boards and parts each node needs a USB supply and a cable, and what its place asks for: an enclosure, glands, a
mast. Contacts and pulses take a resistor of 10 kΩ and a capacitor of 100 nF each, which cost cents; wiring pages
(\`npx suitcase kit wiring\`) name them.

| what | class | prices that were seen |
| --- | --- | --- |
${rows.join("\n")}
`
    const options = (await prettier.resolveConfig(BILL_PAGE)) ?? {}
    return await prettier.format(text, { ...options, filepath: BILL_PAGE })
}
