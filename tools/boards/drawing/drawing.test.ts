/** Drawings of all boards: every wire ends where it should, nothing covers anything, all of it is text. */
import { describe, expect, it } from "vitest"
import { busPins, kitBoard, kitBoards, powerPins, type KitBoard } from "../kit-boards.js"
import { busPart, exampleParts, pinPart, type WiredPart } from "../wired-part.js"
import { LANGUAGES } from "../words.js"
import { wiringDrawing } from "./drawing.js"

interface Box {
    readonly text: string
    readonly left: number
    readonly right: number
    readonly top: number
    readonly bottom: number
}

/** px; widths by character are those of wide fonts, so that narrower ones fit too. */
const TYPES: Readonly<Record<string, { readonly size: number; readonly advance: number }>> = {
    title: { size: 16, advance: 10 },
    name: { size: 12, advance: 8 },
    note: { size: 11, advance: 6.2 },
    warn: { size: 11, advance: 6.2 },
}

function boxes(svg: string): Box[] {
    const found = svg.matchAll(
        /<text x="([\d.]+)" y="([\d.]+)" class="(\w+)"(?: text-anchor="(\w+)")?>([^<]*)</g
    )
    return [...found].map(([, x, y, style, anchor = "start", text]) => {
        const { size, advance } = TYPES[style]
        const width = text.replace(/&\w+;/g, "&").length * advance
        const left = Number(x) - width * { start: 0, middle: 0.5, end: 1 }[anchor as "start"]
        return { text, left, right: left + width, top: Number(y) - size, bottom: Number(y) + 2 }
    })
}

interface Segment {
    readonly style: string
    readonly from: readonly [number, number]
    readonly to: readonly [number, number]
}

function segments(svg: string): Segment[] {
    return [...svg.matchAll(/<path d="([^"]+)" class="wire ([\w-]+)"/g)].flatMap(([, d, style]) => {
        const points = d
            .split(/[ML]/)
            .slice(1)
            .map(words => words.split(" ").map(Number))
        return points.slice(1).map((to, index) => ({
            style,
            from: points[index] as unknown as [number, number],
            to: to as unknown as [number, number],
        }))
    })
}

const meets = (a: Box, b: Box) =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom

function boxOf({ style, from, to }: Segment): Box {
    const [left, right] = [from[0], to[0]].sort((a, b) => a - b)
    const [top, bottom] = [from[1], to[1]].sort((a, b) => a - b)
    return { text: style, left: left - 1, right: right + 1, top: top - 1, bottom: bottom + 1 }
}

/** Two wires that run along each other, so that nobody can tell them apart. */
function runAlong(svg: string): string[] {
    const all = segments(svg)
    const isLevel = ({ from, to }: Segment) => from[1] === to[1]
    return all.flatMap((a, index) =>
        all
            .slice(index + 1)
            .filter(b => isLevel(a) === isLevel(b) && meets(boxOf(a), boxOf(b)))
            // Of one net only what ends on each other.
            .filter(b => a.style !== b.style)
            .map(b => `${a.style} and ${b.style} at ${a.from.join(",")}`)
    )
}

function expectReadable(svg: string): void {
    const [, width, height] = (/viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? []).map(Number)
    const texts = boxes(svg)
    expect(texts.length).toBeGreaterThan(20)
    const covered = texts.flatMap((a, i) =>
        texts
            .slice(i + 1)
            .filter(b => meets(a, b))
            .map(b => `${a.text} and ${b.text}`)
    )
    expect(covered).toEqual([])
    const outside = texts.filter(box => box.left < 0 || box.right > width || box.bottom > height)
    expect(outside.map(({ text }) => text)).toEqual([])
    const struck = segments(svg).flatMap(wire =>
        texts
            .filter(box => meets(box, boxOf(wire)))
            .map(({ text }) => `${wire.style} through ${text}`)
    )
    expect(struck).toEqual([])
    expect(runAlong(svg)).toEqual([])
}

/** Whether one passes over the other, left of the bus. */
function crosses(a: Segment, b: Segment): boolean {
    const isLevel = a.from[1] === a.to[1]
    if (!isLevel || b.from[0] !== b.to[0]) return false
    const [left, right] = [a.from[0], a.to[0]].sort((p, q) => p - q)
    const [top, bottom] = [b.from[1], b.to[1]].sort((p, q) => p - q)
    return b.from[0] > left && b.from[0] < right && a.from[1] > top && a.from[1] < bottom
}

/** Where wires of a colour end, without the points in between. */
function loneEnds(svg: string, style: string): number {
    const own = segments(svg).filter(wire => wire.style === style)
    const isOn = ([x, y]: readonly [number, number], wire: Segment) => {
        const box = boxOf(wire)
        return x > box.left && x < box.right && y > box.top && y < box.bottom
    }
    const points = own.flatMap(wire => [
        { wire, point: wire.from },
        { wire, point: wire.to },
    ])
    return points.filter(
        ({ wire, point }) => !own.some(other => other !== wire && isOn(point, other))
    ).length
}

const boards = kitBoards()

describe.each(boards.map(board => [board.id, board] as const))("the drawing of %s", (_, board) => {
    it.each(LANGUAGES)("covers no word with another or with a wire: %s", language => {
        expectReadable(wiringDrawing(board, exampleParts(board, language), language))
    })

    it("leads one wire from each pin of the bus to each part on it, and no further", () => {
        const svg = wiringDrawing(board, exampleParts(board, "en"), "en")
        // The pin, and the two parts on the bus.
        expect(loneEnds(svg, "data")).toBe(3)
        expect(loneEnds(svg, "clock")).toBe(3)
        expect(loneEnds(svg, "supply")).toBe(4)
        expect(loneEnds(svg, "ground")).toBe(5)
    })

    it("crosses no wires on their way around the board", () => {
        const svg = wiringDrawing(board, exampleParts(board, "en"), "en")
        const [, x, width] =
            /<rect x="(\d+)" y="\d+" width="(\d+)"[^>]* class="board"/.exec(svg) ?? []
        const around = segments(svg).filter(({ from }) => from[0] < Number(x) + Number(width))
        const crossed = around.filter(a => around.some(b => a !== b && crosses(a, b)))
        expect(crossed).toEqual([])
    })

    it("says to a reader who sees nothing what is connected with what", () => {
        const svg = wiringDrawing(board, exampleParts(board, "en"), "en")
        expect(svg).toContain('role="img" aria-labelledby="title desc"')
        const { model } = board.card
        expect(/<title id="title">(.*)<\/title>/.exec(svg)?.[1]).toContain(model)
        const words = /<desc id="desc">(.*)<\/desc>/.exec(svg)?.[1] ?? ""
        for (const pin of Object.values(busPins(board))) expect(words).toContain(`– ${pin.label}`)
        expect(words).toContain(`VIN, VCC – ${powerPins(board).supply.label}`)
    })
})

/** What a node of a kit file may have: the most parts of the nine nodes, and more than fit beside the board. */
function crowded(board: KitBoard): WiredPart[] {
    const free = board.pins.filter(({ kind, reserved }) => kind === "gpio" && !reserved)
    const bus = Array.from({ length: 8 }, (_, i) => busPart(board, `Part ${i}`, `0x${i + 40}`))
    const own = free
        .slice(0, 4)
        .map(({ name, label }) =>
            pinPart(
                board,
                name as string,
                { title: `Part on ${label}`, detail: "", terminal: "OUT" },
                true
            )
        )
    return [...bus, ...own]
}

describe("the drawing of a node", () => {
    it.each(boards.map(board => [board.id, board] as const))(
        "with twelve parts on %s covers no word either",
        (_, board) => {
            expectReadable(wiringDrawing(board, crowded(board), "en"))
        }
    )

    it("with names from a file shows them as they are, and lets none of them be markup", () => {
        const board = kitBoard("suitcase_qt_py_c3")
        const title = '<script>alert("1")</script> & Søn'
        const svg = wiringDrawing(board, [busPart(board, title, "a < b")], "da")
        expect(svg).not.toContain("<script")
        expect(svg).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; Søn")
    })

    it("with a name that is too long for its box breaks it, between words and within", () => {
        const board = kitBoard("suitcase_feather_s2")
        const title =
            "Luftkvalitet i klasselokalet ved siden af gymnastiksalenssportspladsomklædningsrum"
        expectReadable(wiringDrawing(board, [busPart(board, title, title)], "da"))
    })

    it("without parts is the board alone", () => {
        expect(segments(wiringDrawing(kitBoard("suitcase_pico"), [], "en"))).toEqual([])
    })

    it("on a pin that the board has not is refused", () => {
        const board = kitBoard("suitcase_xiao_c3")
        const words = { title: "Rain", detail: "", terminal: "OUT" }
        expect(() => pinPart(board, "GP99", words, false)).toThrow(
            "suitcase_xiao_c3 has no pin GP99"
        )
    })
})
