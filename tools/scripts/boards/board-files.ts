/** All that `npm run docs:boards` writes, by file. */
import { readFileSync } from "node:fs"
import path from "node:path"
import prettier from "prettier"
import { PROJECT_ROOT } from "../../../sim/program/compile.js"
import { wiringDrawing } from "../../boards/drawing/drawing.js"
import { kitBoards, type KitBoard } from "../../boards/kit-boards.js"
import { exampleParts } from "../../boards/wired-part.js"
import { LANGUAGES, type Language } from "../../boards/words.js"
import { boardPage, pageName } from "./board-page.js"
import { withTable } from "./board-table.js"

const FOLDER = "docs/boards"
const OVERVIEWS: Readonly<Record<Language, string>> = {
    en: "boards/README.md",
    da: "boards/README.da.md",
}

/** @returns texts by path from the project's root, formatted */
export async function boardFiles(): Promise<ReadonlyMap<string, string>> {
    const boards = kitBoards()
    const files = new Map<string, string>()
    for (const language of LANGUAGES) {
        for (const board of boards) await addBoard(files, board, language)
        const overview = OVERVIEWS[language]
        const before = readFileSync(path.join(PROJECT_ROOT, overview), "utf8")
        files.set(overview, await formatted(overview, withTable(before, boards, language)))
    }
    return files
}

async function addBoard(
    files: Map<string, string>,
    board: KitBoard,
    language: Language
): Promise<void> {
    const drawing = wiringDrawing(board, exampleParts(board, language), language)
    files.set(`${FOLDER}/${pageName(board.id, language, "svg")}`, drawing)
    const page = `${FOLDER}/${pageName(board.id, language, "md")}`
    files.set(page, await formatted(page, boardPage(board, language)))
}

async function formatted(file: string, text: string): Promise<string> {
    const full = path.join(PROJECT_ROOT, file)
    const options = (await prettier.resolveConfig(full)) ?? {}
    return prettier.format(text, { ...options, filepath: full })
}
