/** The figures of a simulated run. */
import { type Reading } from "../../decoder/index.js"
import { type TickPlace } from "../../../sim/board/meter.js"
import { type FaultOutcome } from "./fault-schedule.js"
import { type TruthReport } from "./truth.js"

/** What `suitcase sim --json` prints; docs and scripts rely on these names. */
export interface SimReport {
    readonly app: string
    readonly devices: number
    readonly seed: number
    /** Time that went by in the simulation and on the clock on the wall, s. */
    readonly simulatedSeconds: number
    readonly wallSeconds: number
    /** Values that nodes sampled by their own account, and that arrived. */
    readonly readingsSampled: number
    readonly readingsReceived: number
    /** Values that should have arrived and did not. */
    readonly readingsLost: number
    /**
     * Values that the broker acknowledged to the node, by the node's account, and did not deliver: with a
     * broker on the network only.
     */
    readonly readingsLostByBroker: number
    /** Values that nodes gave up, oldest first, because there was no room for more, and said so. */
    readonly readingsDropped: number
    /**
     * Values that were in the RAM of nodes whose power was cut: about, for it is
     * reckoned from what their sensors gave.
     */
    readonly readingsLostToPower: number
    /** Frames that arrived more than once; the decoder drops the repetitions. */
    readonly duplicates: number
    /** Cells without a value, and how many for which reason. */
    readonly gaps: number
    readonly gapsByReason: Readonly<Record<string, number>>
    readonly frames: number
    /** Frames that are missing between those that arrived. */
    readonly framesLost: number
    /** Messages that the decoder refused. */
    readonly malformed: number
    /** Nodes that did not answer at the end; what they sampled is not known. */
    readonly silentNodes: number
    /** Whether the program takes commands; without, no node can be asked at the end. */
    readonly hasCommands: boolean
    /** What nodes did against MQTT 3.1.1; null where the broker does not look. */
    readonly protocolViolations: number | null
    /** What came of each `--fault`. */
    readonly faults: readonly FaultOutcome[]
    /** Bytes of all frames. */
    readonly payloadBytes: number
    /** TCP payload of all connections of all nodes, both directions: MQTT with all its overhead. */
    readonly wireBytes: number
    /** The same readings as one plain JSON message each, payload only: see {@link plainJsonBytes}. */
    readonly jsonBytes: number
    readonly bytecodeBytes: number
    /** Least free heap of any node, garbage counted as used, B. */
    readonly heapLowWaterBytes: number
    /** Least free heap of any node right after garbage was collected, B; null when none was, or without a board. */
    readonly heapAfterCollectionBytes: number | null
    /** Id of the board; null without one, and so is what only boards have. */
    readonly board: string | null
    /** Largest block of the heap when that was smallest, B. */
    readonly heapLeastBlockBytes: number | null
    /** Longest run without a suspend, of the 131,072 opcodes that stop a program, and where it began. */
    readonly longestRunOpcodes: number | null
    readonly longestRunAt: string | null
    /** Longest round of the main loop, ms: pulses, USB and Wi-Fi wait so long. */
    readonly longestBlockMs: number | null
    /** The same after the first 30 s from power on. */
    readonly longestRunOpcodesAfterBoot: number | null
    readonly longestBlockMsAfterBoot: number | null
    /** Rounds longer than the 5 s after which the watchdog of an ESP32 resets it. */
    readonly roundsWithoutFeed: number | null
    /** Resets that no program asked for, with their reasons. */
    readonly boardResets: readonly string[]
    /** RP2040: times after boot at which the tick could have been lost, by the line that waited. */
    readonly tickLossRisks: number | null
    readonly tickLossRisksAtBoot: number | null
    readonly tickLossPlaces: readonly TickPlace[]
    /** Those after which it would have been lost; with `--strict-tick` it was. */
    readonly tickLosses: number | null
    /** Times that the program of each node set the board's light, and its colour at the end. */
    readonly lights: readonly { readonly changes: number; readonly colour: string }[]
    /** Errors against what is true at the nodes' places; null without `--truth`. */
    readonly truth: TruthReport | null
}

/** What only boards have. */
export type BoardFigures = Pick<
    SimReport,
    | "board"
    | "heapLeastBlockBytes"
    | "longestRunOpcodes"
    | "longestRunAt"
    | "longestBlockMs"
    | "longestRunOpcodesAfterBoot"
    | "longestBlockMsAfterBoot"
    | "roundsWithoutFeed"
    | "boardResets"
    | "tickLossRisks"
    | "tickLossRisksAtBoot"
    | "tickLossPlaces"
    | "tickLosses"
>

/**
 * Size of a reading as the JSON that is usual for one message per reading, in
 * the words of SenML and nothing more:
 *
 *     {"n":"temperature","u":"Cel","v":21.37,"t":1704960000}
 */
export function plainJsonBytes(reading: Reading): number {
    return JSON.stringify({
        n: reading.channel,
        u: reading.unit,
        v: reading.value,
        t: Math.round(reading.time / 1000),
    }).length
}

/** Whether all arrived and was understood that the rules of the outbox promise, and no board reset itself. */
export function isComplete(report: SimReport): boolean {
    return (
        report.readingsLost === 0 &&
        report.silentNodes === 0 &&
        report.malformed === 0 &&
        report.boardResets.length === 0
    )
}
