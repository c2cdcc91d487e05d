/** A board seen from above, with what is printed on its edges and what each pin is. */
import { type EdgePin, type KitBoard } from "../kit-boards.js"
import { pinWords, type Language } from "../words.js"
import { BOARD_WIDTH, ROW } from "./style.js"
import { element, text } from "./svg.js"

/** Above the first row and below the last. */
const STRIP = 34
const PLUG = { width: 64, height: 14 }
/** From the edge to the number, the name and the note of a pin. */
const INSET = 12
const NUMBER_WIDTH = 22
const NAME_WIDTH = 62

export interface BoardShape {
    readonly left: number
    readonly right: number
    readonly bottom: number
    /** Where a wire joins a pin. */
    readonly yOf: (pin: EdgePin) => number
    readonly elements: readonly string[]
}

export function boardShape(
    board: KitBoard,
    left: number,
    top: number,
    language: Language
): BoardShape {
    const { header, usb, plug } = board.card
    const right = left + BOARD_WIDTH
    const rows = Math.max(header.left.length, header.right.length)
    const bottom = top + 2 * STRIP + rows * ROW
    const middle = (left + right) / 2
    const yOf = ({ row }: EdgePin) => top + STRIP + row * ROW + ROW / 2
    const isUp = header.usb === "top"
    const socket = (y: number) =>
        element("rect", {
            x: middle - PLUG.width / 2,
            y: y - PLUG.height / 2,
            ...PLUG,
            rx: 4,
            class: "hole",
        })
    const [upper, lower] = [top + 24, bottom - 16]
    const elements = [
        element("rect", {
            x: left,
            y: top,
            width: BOARD_WIDTH,
            height: bottom - top,
            rx: 10,
            class: "board",
        }),
        socket(isUp ? top : bottom),
        text(middle, isUp ? upper : lower, usb, "note", "middle"),
    ]
    if (plug !== null)
        elements.push(
            socket(isUp ? bottom : top),
            text(middle, isUp ? lower : upper, `${plug}: 3V · GND · SDA · SCL`, "note", "middle")
        )
    for (const pin of board.pins)
        if (pin.kind !== "none")
            elements.push(
                ...pinElements(pin, pin.side === "left" ? left : right, yOf(pin), language)
            )
    return { left, right, bottom, yOf, elements }
}

function pinElements(pin: EdgePin, edge: number, y: number, language: Language): string[] {
    const inward = pin.side === "left" ? 1 : -1
    const anchor = pin.side === "left" ? "start" : "end"
    const elements = [element("circle", { cx: edge, cy: y, r: 4, class: "hole" })]
    let x = edge + inward * INSET
    const write = (words: string, style: string, width: number) => {
        if (words !== "") elements.push(text(x, y + 4, words, style, anchor))
        x += inward * width
    }
    if (pin.number !== undefined) write(String(pin.number), "note", NUMBER_WIDTH)
    write(pin.label, "name", NAME_WIDTH)
    const { text: words, isLeftAlone } = pinWords(pin, language)
    write(words, isLeftAlone ? "warn" : "note", 0)
    return elements
}
