/** The wiring page of a node: what goes where, with its drawing, as one HTML file to look at or to print. */
import { styleOf, wiringDrawing } from "../boards/drawing/drawing.js"
import { type WireStyle } from "../boards/drawing/style.js"
import { escaped } from "../boards/drawing/svg.js"
import { type EdgePin, type KitBoard } from "../boards/kit-boards.js"
import { placeWords, pinWords } from "../boards/words.js"
import { type Kit, type KitNode } from "./kit.js"
import { type NodePart } from "./node-wiring.js"

const WORDS = {
    en: {
        title: "Wiring of",
        board: "Board",
        steps: [
            "Take the USB cable out.",
            "Connect the parts as in the table, GND first. A plug does its four wires at once.",
            "Compare each wire with the table once more: SDA and SCL are easily swapped.",
            "Plug the cable in. Nothing may get warm.",
        ],
        plug: "A cable with plugs has the order GND (black), 3V3 (red), SDA (blue), SCL (yellow).",
        bus: "Parts on SDA and SCL lie side by side on the same wires, in any order; each has an address of its own.",
        part: "part",
        address: "address",
        wire: "wire",
        pin: "pin of the board",
        colour: "colour",
        leave: "Leave these pins free",
        drawing: "Drawing",
        untested: "Made from the kit file; not tested on hardware.",
    },
    da: {
        title: "Ledninger til",
        board: "Board",
        steps: [
            "Tag USB-kablet ud.",
            "Forbind delene som i tabellen, GND først. Et stik klarer sine fire ledninger på én gang.",
            "Sammenlign hver ledning med tabellen en gang til: SDA og SCL bliver let byttet om.",
            "Sæt kablet i. Intet må blive varmt.",
        ],
        plug: "Et kabel med stik har rækkefølgen GND (sort), 3V3 (rød), SDA (blå), SCL (gul).",
        bus: "Dele på SDA og SCL sidder side om side på de samme ledninger, i vilkårlig rækkefølge; hver har sin egen adresse.",
        part: "del",
        address: "adresse",
        wire: "ledning",
        pin: "boardets ben",
        colour: "farve",
        leave: "Lad disse ben være fri",
        drawing: "Tegning",
        untested: "Lavet ud fra kitfilen; ikke prøvet på et rigtigt board.",
    },
} as const

const COLOURS = {
    en: {
        supply: "red",
        five: "orange",
        ground: "black",
        data: "blue",
        clock: "yellow",
        own: "green",
    },
    da: { supply: "rød", five: "orange", ground: "sort", data: "blå", clock: "gul", own: "grøn" },
} as const satisfies Record<string, Record<WireStyle, string>>

/** @returns HTML in the language of the kit file */
export function wiringPage(
    kit: Kit,
    node: KitNode,
    board: KitBoard,
    parts: readonly NodePart[]
): string {
    const { language } = kit
    const say = WORDS[language]
    const { card } = board
    const name = `${card.maker} ${card.model}`
    const left = board.pins.flatMap(pin => {
        const { text, isLeftAlone } = pinWords(pin, language)
        return isLeftAlone ? [`${placeWords(pin, language)} (${text})`] : []
    })
    const title = `${say.title} ${node.title}`
    return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
<p>${escaped(node.site)} / ${escaped(node.kit)} / <strong>${escaped(node.name)}</strong> · ${say.board}: ${escaped(name)}</p>
<ol>${say.steps.map(step => `<li>${step}</li>`).join("")}</ol>
<table>
<thead><tr>${[say.part, say.address, say.wire, say.pin, say.colour].map(head => `<th scope="col">${head}</th>`).join("")}</tr></thead>
${parts.map(part => rows(part, kit)).join("\n")}
</table>
<p>${say.bus}${card.plug === null ? "" : ` ${say.plug}`}</p>
${left.length === 0 ? "" : `<p>${say.leave}: ${escaped(left.join(", "))}.</p>`}
<h2>${say.drawing}</h2>
${drawing(board, parts, language)}
<p class="small">${say.untested}</p>
</body>
</html>
`
}

/** As a picture of its own: its style and the page's do not meet. */
function drawing(board: KitBoard, parts: readonly NodePart[], language: Kit["language"]): string {
    const svg = wiringDrawing(board, parts, language)
    const alt = /<desc id="desc">([^<]*)</.exec(svg)?.[1] ?? ""
    const source = `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`
    return `<img class="drawing" src="${source}" alt="${alt}">`
}

/** The wires of a part, a row each; its name stands once. */
function rows(part: NodePart, { language }: Kit): string {
    const count = part.wires.length
    const note = part.detail === part.address ? "" : noteOf(part)
    const head =
        `<th scope="rowgroup" rowspan="${count}">${escaped(part.title)}` +
        `<span class="small">${escaped(part.purpose)}</span>` +
        `${note === "" ? "" : `<span class="note">${escaped(note)}</span>`}</th>` +
        `<td rowspan="${count}"><code>${part.address ?? "–"}</code></td>`
    const lines = part.wires.map(({ terminal, pin }, i) => {
        const cells = `<td>${escaped(terminal)}</td><td>${escaped(placeWords(pin, language))}</td><td>${colourCell(pin, language)}</td>`
        return `<tr>${i === 0 ? head : ""}${cells}</tr>`
    })
    return `<tbody>${lines.join("")}</tbody>`
}

/** The detail without the address, which has a column of its own, and without what the part measures. */
function noteOf({ detail, address, purpose }: NodePart): string {
    const note = address === undefined ? detail : detail.slice(`${address}; `.length)
    return note === purpose ? "" : note
}

function colourCell(pin: EdgePin, language: Kit["language"]): string {
    const style = styleOf(pin)
    return `<span class="swatch ${style}"></span>${COLOURS[language][style]}`
}

const STYLE = `
@page{size:A4;margin:14mm}
body{max-width:54rem;margin:0 auto;padding:1rem;background:#fff;color:#1f2328;font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;color-scheme:light}
h1{font-size:1.5rem;margin:.5rem 0}
h2{font-size:1.1rem}
table{border-collapse:collapse;width:100%}
th,td{border:1px solid #c4cad0;padding:.25rem .5rem;text-align:left;vertical-align:top}
thead th{background:#f3f5f7}
tbody{break-inside:avoid}
.small{display:block;font-size:.8rem;font-weight:400;color:#59636e}
.note{display:block;font-size:.85rem;font-weight:400;color:#9a3412}
.swatch{display:inline-block;width:1.1em;height:.7em;margin-right:.4em;border:1px solid #59636e}
.swatch.supply{background:#c62828}.swatch.five{background:#d9480f}.swatch.ground{background:#1f2328}.swatch.data{background:#1565c0}.swatch.clock{background:#f2c200}.swatch.own{background:#2e7d32}
.drawing{break-inside:avoid;max-width:100%;height:auto}
td{white-space:nowrap}
`
