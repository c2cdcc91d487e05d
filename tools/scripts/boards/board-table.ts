/** The table of boards in the overviews, between two marks. */
import { busPins, type KitBoard } from "../../boards/kit-boards.js"
import { placeWords, type Language } from "../../boards/words.js"
import { pageName } from "./board-page.js"

const BEGIN = "<!-- npm run docs:boards: begin -->"
const END = "<!-- npm run docs:boards: end -->"

const HEAD: Readonly<Record<Language, readonly string[]>> = {
    en: ["board", "`--board`", "good for", "network", "data memory", "SDA, SCL", "USB"],
    da: ["board", "`--board`", "god til", "netværk", "til data", "SDA, SCL", "USB"],
}
const WORDS = {
    en: { none: "none", noReadings: "no readings", plug: "plug or" },
    da: { none: "intet", noReadings: "ingen aflæsning", plug: "stik eller" },
} as const

/** @returns the overview with the table of today @throws RangeError when it has no place for one */
export function withTable(page: string, boards: readonly KitBoard[], language: Language): string {
    const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)]
    if (from < 0 || to < from) throw new RangeError(`no place for the table of boards: ${BEGIN}`)
    return `${page.slice(0, from)}${BEGIN}\n\n${table(boards, language)}\n${page.slice(to)}`
}

function table(boards: readonly KitBoard[], language: Language): string {
    const rows = boards.map(board => `| ${cells(board, language).join(" | ")} |`)
    const head = HEAD[language]
    return [`| ${head.join(" | ")} |`, `|${" --- |".repeat(head.length)}`, ...rows, ""].join("\n")
}

function cells(board: KitBoard, language: Language): string[] {
    const { id, card, profile } = board
    const words = WORDS[language]
    const { sda, scl } = busPins(board)
    const bus = `${placeWords(sda, language)}, ${placeWords(scl, language)}`
    return [
        `[${card.maker} ${card.model}](../docs/boards/${pageName(id, language, "md")})`,
        `\`${id}\``,
        card.goodFor[language],
        profile.hasTls ? "Wi-Fi, TLS" : profile.hasWifi ? "Wi-Fi" : words.none,
        `${profile.heapBytes / 1024} KB`,
        card.plug === null ? bus : `${words.plug} ${bus}`,
        card.readsOverUsb ? card.usb : `${card.usb}, ${words.noReadings}`,
    ]
}
