/** A board's pins and how parts connect to them, as SVG: text stays text, light and dark, read aloud too. */
import { type Text } from "../card.js"
import { type EdgePin, type KitBoard } from "../kit-boards.js"
import { type WiredPart } from "../wired-part.js"
import { placeWords, type Language } from "../words.js"
import { boardShape } from "./board-shape.js"
import {
    DETAIL_LENGTH,
    LANE,
    MARGIN,
    PART_WIDTH,
    ROW,
    STYLE,
    TITLE_LENGTH,
    type WireStyle,
} from "./style.js"
import { element, escaped, text, wrapped } from "./svg.js"
import { wires, type Net } from "./wires.js"

const BOARD_TOP = 56
/** From wires to board and to parts, and between parts. */
const GAP = 24
const DETAIL_LINE = 14

const TITLE: Text = { en: "pins and wires", da: "ben og ledninger" }
const SEEN: Text = { en: "Seen from above.", da: "Set oppefra." }
const HINT: Text = {
    en: "Wires are joined where there is a dot, and only there. Pins in orange are not for parts.",
    da: "Ledninger er forbundet, hvor der er en prik, og kun dér. De orange ben er ikke til følere.",
}

/** @param parts in the order from top to bottom @returns an SVG document */
export function wiringDrawing(
    board: KitBoard,
    parts: readonly WiredPart[],
    language: Language
): string {
    const pins = [...new Set(parts.flatMap(part => part.wires.map(({ pin }) => pin)))]
    const leftWires = pins.filter(({ side }) => side === "left").length
    const boardLeft = MARGIN + (leftWires === 0 ? 0 : (leftWires - 1) * LANE + GAP)
    const shape = boardShape(board, boardLeft, BOARD_TOP, language)
    const busX = shape.right + GAP
    const partsX = busX + (pins.length - 1) * LANE + GAP
    const boxes = partBoxes(parts, partsX, shape.yOf({ row: 0 } as EdgePin), language)
    const nets = pins.map(pin => ({ pin, style: styleOf(pin), ends: boxes.ends.get(pin) ?? [] }))
    const drawn = wires(nets, shape, busX, partsX)
    const hintY = Math.max(drawn.bottom, boxes.bottom) + 34
    const width = partsX + PART_WIDTH + MARGIN
    const height = hintY + 20
    const title = `${board.card.maker} ${board.card.model}: ${TITLE[language]}`
    return [
        `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title desc" lang="${language}">`,
        element("title", { id: "title" }, escaped(title)),
        element("desc", { id: "desc" }, escaped(description(parts, language))),
        element("style", {}, STYLE),
        element("rect", { width, height, class: "page" }),
        text(MARGIN, 30, title, "title"),
        ...drawn.elements,
        ...shape.elements,
        ...boxes.elements,
        text(MARGIN, hintY, `${SEEN[language]} ${HINT[language]}`, "note"),
        "</svg>",
        "",
    ].join("\n")
}

/** What the drawing shows, in words. */
function description(parts: readonly WiredPart[], language: Language): string {
    return parts
        .map(({ title, wires: own }) => {
            const ways = own.map(
                ({ terminal, pin }) => `${terminal} – ${placeWords(pin, language)}`
            )
            return `${title}: ${ways.join("; ")}.`
        })
        .join(" ")
}

export function styleOf({ kind, reserved }: EdgePin): WireStyle {
    if (kind === "supply" || kind === "ground") return kind
    if (kind === "other supply") return "five"
    return reserved === "data" || reserved === "clock" ? reserved : "own"
}

interface Boxes {
    readonly elements: readonly string[]
    readonly bottom: number
    /** Heights of the terminals of each pin. */
    readonly ends: ReadonlyMap<EdgePin, Net["ends"]>
}

/** @param pinY height of a pin; terminals lie between the heights of pins */
function partBoxes(
    parts: readonly WiredPart[],
    x: number,
    pinY: number,
    language: Language
): Boxes {
    const elements: string[] = []
    const ends = new Map<EdgePin, number[]>()
    let top = BOARD_TOP
    for (const part of parts) {
        const lines = [
            ...wrapped(part.title, TITLE_LENGTH).map(words => [words, "name"] as const),
            ...wrapped(part.detail, DETAIL_LENGTH).map(words => [words, "note"] as const),
        ]
        const least = top + 22 + (lines.length - 1) * DETAIL_LINE + 12 + ROW / 2
        const first = pinY + ROW / 2 + Math.ceil((least - pinY - ROW / 2) / ROW) * ROW
        const height = first + (part.wires.length - 1) * ROW + 16 - top
        elements.push(
            element("rect", { x, y: top, width: PART_WIDTH, height, rx: 8, class: "part" }),
            ...lines.map(([words, style], index) =>
                text(x + 12, top + 22 + index * DETAIL_LINE, words, style)
            )
        )
        for (const [index, { terminal, pin }] of part.wires.entries()) {
            const y = first + index * ROW
            ends.set(pin, [...(ends.get(pin) ?? []), y])
            elements.push(
                element("circle", { cx: x, cy: y, r: 4, class: "hole" }),
                text(x + 12, y + 4, terminal, "name"),
                text(x + 92, y + 4, `→ ${placeWords(pin, language)}`, "note")
            )
        }
        top += height + GAP
    }
    return { elements, bottom: top - GAP, ends }
}
