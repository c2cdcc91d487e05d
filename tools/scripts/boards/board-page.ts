/** Makes a board's page: what it is, its drawing, and which pins are not for parts. */
import { boardFacts } from "../../boards/facts.js"
import { type KitBoard } from "../../boards/kit-boards.js"
import { placeWords, pinWords, type Language } from "../../boards/words.js"
import { HEADINGS, WORDS } from "./page-words.js"

/** "suitcase_pico_w.da.md" */
export function pageName(id: string, language: Language, ending: "md" | "svg"): string {
    return language === "en" ? `${id}.${ending}` : `${id}.${language}.${ending}`
}

/** Markdown, unformatted. */
export function boardPage(board: KitBoard, language: Language): string {
    const { card, id } = board
    const heading = (key: keyof typeof HEADINGS) => `\n## ${HEADINGS[key][language]}\n\n`
    const word = (key: keyof typeof WORDS) => WORDS[key][language]
    const name = `${card.maker} ${card.model}`
    const other = pageName(id, language === "en" ? "da" : "en", "md")
    const facts = boardFacts(board, language)
    const left = leftAlone(board, language)
    return [
        `# ${name}\n\n**${word("goodFor")}:** ${card.goodFor[language]}.\n\n`,
        `${word("made")} [${word("other")}](${other})\n`,
        heading("drawing"),
        `![${name}: ${HEADINGS.drawing[language]}](${pageName(id, language, "svg")})\n`,
        heading("notes"),
        card.notes.map(note => `- ${note[language]}\n`).join(""),
        `- ${word("more")}\n`,
        heading("leave"),
        `| ${word("pin")} | ${word("why")} |\n| --- | --- |\n`,
        left.map(([pin, why]) => `| ${pin} | ${why} |\n`).join(""),
        heading("facts"),
        `| | |\n| --- | --- |\n`,
        facts.map(({ what, value }) => `| ${what} | ${value} |\n`).join(""),
        heading("sources"),
        [board.url, ...card.sources.filter(url => url !== board.url)]
            .map(url => `- <${url}>\n`)
            .join(""),
        `\n${word("untested")}\n`,
    ].join("")
}

/** Each pin that is not for parts, and why. */
function leftAlone({ pins }: KitBoard, language: Language): [string, string][] {
    return pins.flatMap(pin => {
        const { text, isLeftAlone } = pinWords(pin, language)
        const isBus = pin.reserved === "data" || pin.reserved === "clock"
        if (!isLeftAlone && !isBus) return []
        return [[placeWords(pin, language), text] as [string, string]]
    })
}
