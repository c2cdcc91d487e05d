/** `suitcase boards`: which board to take, and what each can and cannot. */
import { Command, Option } from "commander"
import { boardFacts } from "../../boards/facts.js"
import { freePins, kitBoards, type KitBoard } from "../../boards/kit-boards.js"
import { LANGUAGES, type Language } from "../../boards/words.js"
import { EXIT_OK, UsageError } from "../errors.js"
import { line, type Terminal } from "../terminal.js"

const HELP = `
docs/boards has a page with a drawing of pins and wires for each.

Examples:
  suitcase boards                    all of them, the one to take first on top
  suitcase boards suitcase_pico_w    memory, network, pins and cautions of one
  suitcase boards --language da      på dansk
  suitcase boards --json             for scripts

Exit codes: 0 · 2 wrong use, or no such board`

/** Columns of the list, in characters; together with the memory they fill 80. */
const ID_WIDTH = 21
const NAME_WIDTH = 36
const NETWORK_WIDTH = 12

const NO_NETWORK: Readonly<Record<Language, string>> = { en: "USB only", da: "kun USB" }

interface BoardsFlags {
    readonly language: Language
    readonly json?: true
}

export function boardsCommand(terminal: Terminal, finish: (code: number) => void): Command {
    return new Command("boards")
        .summary("list the kit's boards and what they are good for")
        .description("Lists the boards of the kit, with what they are good for.")
        .argument("[board]", "a board's id, such as suitcase_qt_py_c3")
        .addOption(
            new Option("--language <language>", "language of the words")
                .choices(LANGUAGES)
                .default("en")
        )
        .option("--json", "print one line of JSON")
        .helpOption("-h, --help", "print this help")
        .addHelpText("after", HELP)
        .action((id: string | undefined, flags: BoardsFlags) => {
            if (id === undefined) list(flags, terminal)
            else showOne(id, flags, terminal)
            finish(EXIT_OK)
        })
}

function list({ language, json }: BoardsFlags, terminal: Terminal): void {
    const boards = kitBoards()
    if (json === true) {
        line(terminal.out, JSON.stringify(boards.map(asJson)))
        return
    }
    for (const { id, card, profile } of boards) {
        const name = `${card.maker} ${card.model}`.padEnd(NAME_WIDTH)
        const network = profile.hasTls
            ? "Wi-Fi, TLS"
            : profile.hasWifi
              ? "Wi-Fi"
              : NO_NETWORK[language]
        const memory = `${profile.heapBytes / 1024} KB`
        line(terminal.out, `${id.padEnd(ID_WIDTH)}${name}${network.padEnd(NETWORK_WIDTH)}${memory}`)
        line(terminal.out, `${" ".repeat(ID_WIDTH)}${terminal.colors.dim(card.goodFor[language])}`)
    }
}

/** @throws UsageError when the kit has no such board */
function showOne(id: string, { language, json }: BoardsFlags, terminal: Terminal): void {
    const boards = kitBoards()
    const board = boards.find(candidate => candidate.id === id)
    if (board === undefined) {
        const known = boards.map(candidate => candidate.id).join(", ")
        throw new UsageError(`the kit has no board "${id}"; it has ${known}`)
    }
    const show = (text: string) => line(terminal.out, text)
    if (json === true) {
        show(JSON.stringify(asJson(board)))
        return
    }
    const { card } = board
    show(terminal.colors.bold(`${card.maker} ${card.model}`))
    show(card.goodFor[language])
    show("")
    for (const { what, value } of boardFacts(board, language)) show(`${what}: ${value}`)
    show("")
    for (const note of card.notes) show(`- ${note[language]}`)
    show("")
    show(`docs/boards/${id}${language === "en" ? "" : `.${language}`}.md draws its pins and wires.`)
}

function asJson(board: KitBoard): object {
    const { id, url, card, chip, profile } = board
    const { architecture, hasWifi, hasTls, heapBytes, flashBytes, beatPin } = profile
    return {
        id,
        url,
        architecture,
        chip: chip.name,
        hasWifi,
        hasTls,
        heapBytes,
        flashBytes,
        beatPin,
        card,
        freePins: freePins(board).map(({ name, gpio, isAnalog }) => ({ name, gpio, isAnalog })),
    }
}
