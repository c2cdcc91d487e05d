/** What has to be bought for the nodes of a kit file. */
import { kitBoards } from "../boards/kit-boards.js"
import { type KitNode } from "./kit.js"
import { nodeParts } from "./node-wiring.js"
import { BUS_CABLE, CLASSES, EVERY_NODE, knownPrices, type Price } from "./prices.js"

export interface BillLine {
    /** Id of the board, folder of the driver, name of the memory. */
    readonly id: string
    readonly title: string
    readonly count: number
    /** Of one; undefined for a board or part of the city's own. */
    readonly price: Price | undefined
    /** Names of nodes. */
    readonly nodes: readonly string[]
}

export interface Bill {
    readonly lines: readonly BillLine[]
    /** Of all lines with a price, €. */
    readonly least: number
    /** Infinity when one of them is of the class without an upper end. */
    readonly most: number
}

/** Of what is neither board nor part. */
export const TITLES: Readonly<Record<string, string>> = {
    "usb-supply": "USB supply, 5 V, 1 A",
    "usb-cable": "USB cable with data lines",
    "bus-cable": "cable or four wires to the bus",
}

/** @param root of the city, whose own boards count too */
export async function billOf(nodes: readonly KitNode[], root: string): Promise<Bill> {
    const boards = new Map(kitBoards(root).map(board => [board.id, board]))
    const lines = new Map<string, { title: string; count: number; nodes: Set<string> }>()
    const add = (id: string, title: string, node: KitNode, count = 1) => {
        const line = lines.get(id) ?? { title, count: 0, nodes: new Set() }
        line.count += count
        line.nodes.add(node.name)
        lines.set(id, line)
    }
    for (const node of nodes) {
        const board = boards.get(node.board.id)
        const title = board === undefined ? node.board.name : boardTitle(board.card)
        add(node.board.id, title, node)
    }
    const onBus = new Map<KitNode, number>()
    for (const node of nodes) {
        // A board without a card has the same parts as any other one.
        const board = boards.get(node.board.id) ?? [...boards.values()][0]
        const parts = await nodeParts({ ...node, ...withoutPins(node) }, board, "en")
        for (const part of parts) add(part.card, part.title, node)
        onBus.set(node, parts.filter(({ address }) => address !== undefined).length)
    }
    for (const [node, count] of onBus) if (count > 0) add(BUS_CABLE, TITLES[BUS_CABLE], node, count)
    for (const node of nodes) for (const id of EVERY_NODE) add(id, TITLES[id], node)
    const prices = knownPrices()
    const bill = [...lines].map(([id, line]) => ({
        id,
        title: line.title,
        count: line.count,
        price: prices.get(id),
        nodes: [...line.nodes],
    }))
    return { lines: bill, ...sumOf(bill) }
}

function sumOf(lines: readonly BillLine[]): Pick<Bill, "least" | "most"> {
    let [least, most] = [0, 0]
    for (const { count, price } of lines) {
        if (price === undefined) continue
        const [from, to] = CLASSES[price.class]
        least += count * from
        most += count * to
    }
    return { least, most }
}

function boardTitle({ maker, model }: { readonly maker: string; readonly model: string }): string {
    return `${maker} ${model}`
}

/** Which pins parts are on is of no matter here, and another board does not have them. */
function withoutPins({ program }: KitNode): Pick<KitNode, "program"> {
    if (program.kind === "app") return { program }
    return {
        program: {
            ...program,
            sensors: program.sensors.map(sensor => ({ ...sensor, pin: undefined })),
        },
    }
}
