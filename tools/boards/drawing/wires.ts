/** Wires from pins to terminals: out of the board, along a bus beside it, and off to each part. */
import { type EdgePin } from "../kit-boards.js"
import { type BoardShape } from "./board-shape.js"
import { LANE, MARGIN, ROW, type WireStyle } from "./style.js"
import { element } from "./svg.js"

/** All terminals that are joined with one pin. */
export interface Net {
    readonly pin: EdgePin
    readonly style: WireStyle
    /** Heights of the terminals. */
    readonly ends: readonly number[]
}

type Point = readonly [x: number, y: number]

/**
 * Pins of the left edge go down beside the board and under it. The highest of them is the outermost, so that
 * they do not cross.
 *
 * @param busX of the first vertical wire
 * @param endX where terminals are
 * @returns elements, and how far down the wires reach
 */
export function wires(
    nets: readonly Net[],
    shape: BoardShape,
    busX: number,
    endX: number
): { readonly elements: readonly string[]; readonly bottom: number } {
    const byRow = [...nets].sort((a, b) => a.pin.row - b.pin.row)
    const fromLeft = byRow.filter(({ pin }) => pin.side === "left")
    const fromRight = byRow.filter(({ pin }) => pin.side === "right")
    const elements: string[] = []
    let bottom = shape.bottom
    for (const [index, net] of [...fromRight, ...fromLeft.reverse()].entries()) {
        const x = busX + index * LANE
        const start = shape.yOf(net.pin)
        let way: Point[] = [
            [shape.right + 4, start],
            [x, start],
        ]
        if (net.pin.side === "left") {
            const inner = index - fromRight.length
            const outside = MARGIN + (fromLeft.length - 1 - inner) * LANE
            const under = underBoard(shape, start) + inner * ROW
            bottom = Math.max(bottom, under)
            way = [
                [shape.left - 4, start],
                [outside, start],
                [outside, under],
                [x, under],
            ]
        }
        elements.push(...bundle(net, way, x, endX))
    }
    return { elements, bottom }
}

/** The first height under the board that no terminal can have: those of pins, going on. */
function underBoard(shape: BoardShape, pinY: number): number {
    const least = shape.bottom + 14
    return pinY + Math.ceil((least - pinY) / ROW) * ROW
}

/** One net: the way to its vertical wire, that wire, and the branches. A dot says joined. */
function bundle({ style, ends }: Net, way: readonly Point[], x: number, endX: number): string[] {
    const entry = (way.at(-1) as Point)[1]
    const heights = [...new Set([entry, ...ends])].sort((a, b) => a - b)
    const [highest, lowest] = [heights[0], heights.at(-1) as number]
    const lines = [
        line(way, style),
        ...(highest === lowest
            ? []
            : [
                  line(
                      [
                          [x, highest],
                          [x, lowest],
                      ],
                      style
                  ),
              ]),
        ...ends.map(y =>
            line(
                [
                    [x, y],
                    [endX - 4, y],
                ],
                style
            )
        ),
    ]
    const joints = heights.filter(y => y !== highest && y !== lowest)
    const dots = joints.map(cy => element("circle", { cx: x, cy, r: 3.5, class: `${style}-dot` }))
    return [...lines, ...dots]
}

function line(points: readonly Point[], style: WireStyle): string {
    const d = points.map(([x, y], index) => `${index === 0 ? "M" : "L"}${x} ${y}`).join("")
    return element("path", { d, class: `wire ${style}` })
}
