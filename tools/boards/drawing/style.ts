/** Colours and type of the drawings, in light and in dark; measures in px of the drawing. */

/** Rows of pins, and those of a part's terminals, which lie between them so that no two lines fall together. */
export const ROW = 20
/** Between wires that run side by side. */
export const LANE = 12
export const MARGIN = 20
export const BOARD_WIDTH = 440
export const PART_WIDTH = 250
/** Characters in a line of a part's title, and of its detail. */
export const TITLE_LENGTH = 28
export const DETAIL_LENGTH = 38

/** Of wires: 3.3 V, 5 V, ground, data, clock, and those of single parts. */
export const WIRES = ["supply", "five", "ground", "data", "clock", "own"] as const
export type WireStyle = (typeof WIRES)[number]

const LIGHT: Readonly<Record<WireStyle, string>> = {
    supply: "#c62828",
    five: "#d9480f",
    ground: "#1f2328",
    data: "#1565c0",
    clock: "#b07d00",
    own: "#2e7d32",
}
const DARK: Readonly<Record<WireStyle, string>> = {
    supply: "#ff7b72",
    five: "#ffa94d",
    ground: "#e6edf3",
    data: "#79c0ff",
    clock: "#e3b341",
    own: "#7ee787",
}

function colours(
    page: string,
    board: string,
    edge: string,
    [ink, muted, warn]: readonly [string, string, string],
    wires: Readonly<Record<WireStyle, string>>
): string {
    const fills = `.page{fill:${page}}.board,.part{fill:${board};stroke:${edge}}.hole{fill:${page};stroke:${edge}}`
    const texts = `.title,.name{fill:${ink}}.note{fill:${muted}}.warn{fill:${warn}}`
    const lines = WIRES.map(
        name => `.${name}{stroke:${wires[name]}}.${name}-dot{fill:${wires[name]}}`
    )
    return fills + texts + lines.join("")
}

/** Content of the drawing's style element. */
export const STYLE =
    "text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;font-size:11px}" +
    ".title{font-size:16px;font-weight:600}.name{font-size:12px;font-weight:600}" +
    ".wire{fill:none;stroke-width:2}" +
    colours("#ffffff", "#f3f5f7", "#8a94a0", ["#1f2328", "#59636e", "#9a3412"], LIGHT) +
    "@media (prefers-color-scheme:dark){" +
    colours("#0d1117", "#161b22", "#6e7681", ["#e6edf3", "#9198a1", "#ffa657"], DARK) +
    "}"
