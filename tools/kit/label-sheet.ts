/** Labels of nodes on A4 sheets, as one HTML file that needs nothing else: to be opened and printed. */
import { renderSVG } from "uqr"
import { TOPIC_ROOT } from "../../src/core/protocol/topics.js"
import { escaped } from "../boards/drawing/svg.js"
import { datasetAddress } from "./catalog.js"
import { type Kit, type KitNode } from "./kit.js"

/** Sheets with labels of 63.5 mm × 38.1 mm, three beside seven, mm. The same in the style below. */
export const LABELS_ON_SHEET = 21
const COLUMNS = 3
const LABEL = { width: 63.5, height: 38.1 }
const PITCH = { across: 66.04, down: 38.1 }
const FIRST = { left: 7.21, top: 15.15 }
/** White modules around a QR code (ISO/IEC 18004:2015, section 6.3.8). */
const QUIET_ZONE = 4

export interface SheetOptions {
    /** Labels that the first sheet lacks already, 0 to 20. */
    readonly skip?: number
    /** Ids of boards that the kit file does not have, by node. */
    readonly devices?: ReadonlyMap<string, string>
}

const WORDS = {
    en: {
        title: "Labels",
        print: "Print at 100 % (no “fit to page”) on sheets with 3 × 7 labels of 63.5 × 38.1 mm, or on paper.",
        code: "QR code:",
    },
    da: {
        title: "Etiketter",
        print: "Udskriv i 100 % (ikke “tilpas til siden”) på ark med 3 × 7 etiketter à 63,5 × 38,1 mm, eller på papir.",
        code: "QR-kode:",
    },
} as const

/** @returns what a phone reads from a node's label: `labels.link`, else its dataset, else its topic */
export function labelLink(node: Pick<KitNode, "site" | "kit" | "name">, kit: Kit): string {
    const { site, name } = node
    const { link } = kit.labels
    if (link !== undefined) {
        const parts: Readonly<Record<string, string>> = { site, kit: node.kit, node: name }
        return link.replaceAll(/\{(\w+)\}/g, (_, part: string) => encodeURIComponent(parts[part]))
    }
    if (kit.catalog !== undefined) return datasetAddress(node, kit.catalog)
    return `${TOPIC_ROOT}/${site}/${name}`
}

/** @returns HTML of as many sheets as the nodes need, in the language of the kit file */
export function labelSheet(
    kit: Kit,
    nodes: readonly KitNode[],
    options: SheetOptions = {}
): string {
    const say = WORDS[kit.language]
    const { skip = 0, devices = new Map<string, string>() } = options
    const cells = [
        ...Array.from({ length: skip }, () => ""),
        ...nodes.map(node => label(node, kit, devices.get(node.name) ?? node.device)),
    ]
    const sheets: string[] = []
    for (let from = 0; from < cells.length; from += LABELS_ON_SHEET) {
        const placed = cells
            .slice(from, from + LABELS_ON_SHEET)
            .map((cell, i) => (cell === "" ? "" : at(i, cell)))
        sheets.push(`<section class="sheet">${placed.join("")}</section>`)
    }
    return `<!doctype html>
<html lang="${kit.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${say.title}</title>
<style>${STYLE}</style>
</head>
<body>
<p class="hint">${say.print}</p>
${sheets.join("\n")}
</body>
</html>
`
}

function at(index: number, content: string): string {
    const left = FIRST.left + (index % COLUMNS) * PITCH.across
    const top = FIRST.top + Math.floor(index / COLUMNS) * PITCH.down
    return `<article style="left:${left.toFixed(2)}mm;top:${top.toFixed(2)}mm">${content}</article>`
}

function label(node: KitNode, kit: Kit, device: string | undefined): string {
    const say = WORDS[kit.language]
    const link = labelLink(node, kit)
    const site = groupTitle(kit.sites, node.site)
    const suitcase = groupTitle(
        kit.kits.filter(candidate => candidate.site === node.site),
        node.kit
    )
    const lines = [
        ...(node.title === node.name ? [] : [`<p class="name">${escaped(node.name)}</p>`]),
        `<p>${escaped(site)}</p>`,
        `<p>${escaped(suitcase)}</p>`,
        `<p>${escaped(node.board.name)}</p>`,
        ...(device === undefined ? [] : [`<p class="id">${escaped(device)}</p>`]),
        ...noteLines(kit).map(note => `<p class="note">${escaped(note)}</p>`),
    ]
    const code = renderSVG(link, { ecc: "M", border: QUIET_ZONE })
    return (
        `<div class="words"><h2>${escaped(node.title)}</h2>${lines.join("")}</div>` +
        `<div class="code" role="img" aria-label="${escaped(`${say.code} ${link}`)}">${code}</div>`
    )
}

function groupTitle(
    groups: readonly { readonly name: string; readonly title: string }[],
    name: string
): string {
    return groups.find(group => group.name === name)?.title ?? name
}

function noteLines({ labels, catalog }: Kit): string[] {
    if (labels.note !== undefined) return [labels.note]
    return catalog === undefined ? [] : [catalog.publisher.name, catalog.contact.email]
}

const STYLE = `
@page{size:A4;margin:0}
*{box-sizing:border-box;margin:0;padding:0}
body{background:#e8ebee;color:#000;font:8.5pt/1.25 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
.hint{max-width:210mm;margin:6mm auto;padding:0 4mm;font-size:11pt}
.sheet{position:relative;width:210mm;height:297mm;margin:0 auto 6mm;background:#fff;overflow:hidden;break-after:page}
.sheet:last-child{break-after:auto}
article{position:absolute;width:${LABEL.width}mm;height:${LABEL.height}mm;padding:3mm 1mm 3mm 3.5mm;display:flex;gap:1mm;align-items:center;overflow:hidden;outline:.2mm dashed #b8c0c8;background:#fff}
.words{flex:1;min-width:0;max-height:100%;overflow:hidden}
h2,.words p{overflow-wrap:anywhere;hyphens:auto;display:-webkit-box;-webkit-line-clamp:2;-webkit-box-orient:vertical;overflow:hidden}
h2{font-size:11pt;line-height:1.15}
.name{font-weight:600}
.words .id{display:block;white-space:nowrap;font:6.5pt/1.4 ui-monospace,"Cascadia Mono",Consolas,"Liberation Mono",monospace}
.note{font-size:7pt}
.code{flex:none;width:28mm;height:28mm}
.code svg{display:block;width:100%;height:100%;shape-rendering:crispEdges}
@media print{body{background:#fff}.hint{display:none}.sheet{margin:0}article{outline:none}}
`
