/** What the nodes of a run asked of their boards. */
import { type RunMeter, type TickPlace } from "../../../sim/board/meter.js"
import { type SimNode } from "../../../sim/world/node.js"
import { type BoardFigures } from "./report.js"

/** Least free heap of a node, B. */
export function leastFreeHeap({ board, heapLowWater }: SimNode): number {
    if (board === undefined) return heapLowWater ?? Infinity
    return Math.min(board.meters.boot.leastFreeBytes, board.meters.later.leastFreeBytes)
}

/** Least free heap of any node right after garbage was collected, B; null when none was. */
export function leastCollected(nodes: readonly SimNode[]): number | null {
    const found = nodes
        .filter(({ board }) => board !== undefined)
        .flatMap(({ heapAfterCollection }) => heapAfterCollection ?? [])
    return found.length === 0 ? null : Math.min(...found)
}

/** Over all nodes, which are of one kind. */
export function boardFigures(nodes: readonly SimNode[]): BoardFigures {
    const boards = nodes.map(({ board }) => board).filter(board => board !== undefined)
    const [first] = boards
    if (first === undefined) return WITHOUT_BOARD
    const boot = boards.map(({ meters }) => meters.boot)
    const later = boards.map(({ meters }) => meters.later)
    const all = [...boot, ...later]
    const longest = all.reduce((a, b) => (b.longestRunOpcodes > a.longestRunOpcodes ? b : a))
    const most = (meters: RunMeter[], figure: (meter: RunMeter) => number) =>
        Math.max(...meters.map(figure))
    const round = (ms: number) => Math.round(ms * 10) / 10
    const places = merged(later.flatMap(meter => meter.tickLossRisks))
    const risks = (list: readonly TickPlace[]) =>
        first.profile.family === "rp2040" ? list.reduce((sum, { count }) => sum + count, 0) : null
    return {
        board: first.profile.id,
        heapLeastBlockBytes: Math.min(...all.map(meter => meter.leastBlockBytes)),
        longestRunOpcodes: longest.longestRunOpcodes,
        longestRunAt: longest.longestRunAt,
        longestBlockMs: round(most(all, meter => meter.longestBlockMs)),
        longestRunOpcodesAfterBoot: most(later, meter => meter.longestRunOpcodes),
        longestBlockMsAfterBoot: round(most(later, meter => meter.longestBlockMs)),
        roundsWithoutFeed: all.reduce((sum, meter) => sum + meter.roundsWithoutFeed, 0),
        boardResets: nodes.flatMap(node => node.boardResets.map(({ text }) => text)),
        tickLossRisks: risks(places),
        tickLossRisksAtBoot: risks(boot.flatMap(meter => meter.tickLossRisks)),
        tickLossPlaces: places,
        tickLosses: risks(later.flatMap(meter => meter.tickLosses)),
    }
}

const WITHOUT_BOARD: BoardFigures = {
    board: null,
    heapLeastBlockBytes: null,
    longestRunOpcodes: null,
    longestRunAt: null,
    longestBlockMs: null,
    longestRunOpcodesAfterBoot: null,
    longestBlockMsAfterBoot: null,
    roundsWithoutFeed: null,
    boardResets: [],
    tickLossRisks: null,
    tickLossRisksAtBoot: null,
    tickLossPlaces: [],
    tickLosses: null,
}

function merged(risks: readonly TickPlace[]): TickPlace[] {
    const counts = new Map<string, number>()
    for (const { place, count } of risks) counts.set(place, (counts.get(place) ?? 0) + count)
    return [...counts].map(([place, count]) => ({ place, count })).sort((a, b) => b.count - a.count)
}
