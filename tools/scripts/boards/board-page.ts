/** Makes a board's page: what it is, its drawing, and which pins are not for parts. */
import { type KitBoard, busPins } from "../../boards/kit-boards.js"
import { placeWords, pinWords, type Language } from "../../boards/words.js"
import { FACTS, HEADINGS, WORDS } from "./page-words.js"

/** An SCD30 holds the clock for so long (Interface Description 1.0, section 1.1), ms. */
const SCD30_STRETCH_MS = 150

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
    const facts = factsOf(board, language)
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
        facts.map(([key, value]) => `| ${FACTS[key][language]} | ${value} |\n`).join(""),
        heading("sources"),
        [board.url, ...card.sources.filter(url => url !== board.url)]
            .map(url => `- <${url}>\n`)
            .join(""),
        `\n${word("untested")}\n`,
    ].join("")
}

function factsOf(board: KitBoard, language: Language): [keyof typeof FACTS, string][] {
    const { card, chip, profile, id } = board
    const word = (key: keyof typeof WORDS) => WORDS[key][language]
    const { sda, scl } = busPins(board)
    const plug = card.plug === null ? "" : `; ${word("plug")} ${card.plug}`
    const network = profile.hasWifi ? word("wifi") : word("noNetwork")
    const brokers = profile.hasTls ? word("tls") : word(profile.hasWifi ? "noTls" : "noBroker")
    const stretches = chip.stretchMs === undefined || chip.stretchMs > SCD30_STRETCH_MS
    return [
        ["id", `\`${id}\``],
        ["chip", chip.name],
        ["whole", `${card.flashMB} MB flash, ${card.ramKB} KB RAM`],
        ["heap", `${profile.heapBytes / 1024} KB`],
        ["store", `${profile.flashBytes / 1024} KB`],
        ["network", network],
        ["brokers", brokers],
        ["connector", `${card.usb}: ${word(card.readsOverUsb ? "readings" : "noReadings")}`],
        ["bus", `SDA: ${placeWords(sda, language)}, SCL: ${placeWords(scl, language)}${plug}`],
        ["analog", analogText(board, language)],
        ["pulses", pulsesText(board, language)],
        ["stretch", word(stretches ? "fits" : "marginal")],
        ["hang", word(chip.hasWatchdog ? "restarts" : "stays")],
        ["sleep", word(chip.canSleep ? "sleeps" : "noSleep")],
        ["boot", card.bootMode[language]],
    ]
}

/** "A0, A1; 0 … 2.5 V" */
export function analogText({ pins, chip }: KitBoard, language: Language): string {
    const names = pins
        .filter(({ isAnalog, reserved }) => isAnalog && reserved === undefined)
        .map(({ label }) => label)
    const [from, to] = chip.analogMv.map(mv => decimal(mv / 1000, language))
    return `${names.join(", ")}; ${from} … ${to} V`
}

function pulsesText({ chip }: KitBoard, language: Language): string {
    const { pulseHz, pollMs } = chip
    if (language === "en")
        return `up to ${pulseHz} Hz: it looks at a pin every ${pollMs === 1 ? "" : `${pollMs} `}ms`
    const often = pollMs === 1 ? "hvert millisekund" : `hvert ${pollMs}. millisekund`
    return `op til ${pulseHz} Hz: det ser på et ben ${often}`
}

function decimal(value: number, language: Language): string {
    return language === "en" ? String(value) : String(value).replace(".", ",")
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
