/**
 * The average current of a node: what its chip, its radio and its parts take, by what a simulated run
 * counted. All at 3.3 V.
 */
import { type CataloguedPart } from "../../sim/parts/catalogue.js"
import { MOST_TRANSMITTING, type ChipCurrents, type Figure } from "./boards.js"
import { type EnergyCounts } from "./counts.js"

/** Slowest rate of 802.11, at which a byte takes longest, bit/s. */
const SLOWEST_BIT_PER_S = 1e6
/** Headers of IP, TCP and 802.11 of one packet, B; and packets are no larger than this, B of payload; rough. */
const HEADER_BYTES = 100
const PAYLOAD_BYTES = 50
/** A scan and joining, ms: sim/board/wifi.ts, estimates. */
export const JOIN_MS = 4500
/** With deep sleep: from the timer to the first scan, and after joining until all is acknowledged, ms. */
const BOOT_MS = 2048
const DELIVER_MS = 1500

/** A part of a node, and what was counted of it. */
export interface EnergyPart {
    readonly part: CataloguedPart
    /** 0 for a part on a pin. */
    readonly address: number
}

/** One share of the current. */
export interface Share {
    readonly what: string
    /** mA on average */
    readonly mA: number
    readonly source: string
}

export interface EnergyReport {
    readonly shares: readonly Share[]
    /** Sum of the shares, mA. */
    readonly mA: number
    /** Parts whose supply current was not found: they are not in the sum. */
    readonly unknown: readonly string[]
}

/** What is known of a board: the figures of its chip, or one that somebody measured. */
export type BoardCurrent = ChipCurrents | { readonly measured: Figure }

/**
 * @param board of the node
 * @param counts of a run at the node's usual interval
 * @param parts on bus and pins, without the memory
 */
export function averageCurrent(
    board: BoardCurrent,
    counts: EnergyCounts,
    parts: readonly EnergyPart[]
): EnergyReport {
    const base = "measured" in board ? board.measured : board.connected
    const unknown: string[] = []
    const shares: Share[] = [
        ...(counts.sleeps > 0 && "deepSleep" in board
            ? sleeping(board, counts)
            : [{ what: "chip, joined to the network", mA: base.mA, source: base.source }]),
        transmitting(counts),
        ...partShares(counts, parts, unknown),
    ]
    return reportOf(shares, unknown)
}

/**
 * What it would be if the chip slept deeply between the rows and joined the network for each: no
 * application of the kit does.
 *
 * @param intervalMs from one row to the next
 */
export function withDeepSleep(
    chip: ChipCurrents,
    counts: EnergyCounts,
    parts: readonly EnergyPart[],
    intervalMs: number
): EnergyReport {
    const unknown: string[] = []
    const longest = Math.max(
        0,
        ...counts.parts.map(part => part.activeMs / Math.max(1, part.samples))
    )
    const awakeMs = Math.min(intervalMs, BOOT_MS + JOIN_MS + DELIVER_MS + longest)
    return reportOf(
        [
            {
                what: `awake ${(awakeMs / 1000).toFixed(1)} s a row, joining each time`,
                mA: (chip.receiving.mA * awakeMs) / intervalMs,
                source: chip.receiving.source,
            },
            {
                what: "chip in deep sleep",
                mA: chip.deepSleep.mA * (1 - awakeMs / intervalMs),
                source: chip.deepSleep.source,
            },
            ...partShares(counts, parts, unknown),
        ],
        unknown
    )
}

/**
 * The same counts with rows N times as far apart: samples and bytes become fewer, connects only of a node that
 * sleeps between rows.
 */
export function slower(counts: EnergyCounts, factor: number): EnergyCounts {
    const { spanMs, sleeps, asleepMs, connects } = counts
    return {
        ...counts,
        ...(sleeps === 0
            ? {}
            : {
                  sleeps: sleeps / factor,
                  asleepMs: spanMs - (spanMs - asleepMs) / factor,
                  connects: connects / factor,
              }),
        busMs: counts.busMs / factor,
        transfers: counts.transfers / factor,
        wireBytes: counts.wireBytes / factor,
        parts: counts.parts.map(part => ({
            ...part,
            samples: part.samples / factor,
            activeMs: part.activeMs / factor,
        })),
    }
}

/** A chip that sleeps between rows: while it is awake its radio looks for the network, or listens. */
function sleeping(chip: ChipCurrents, counts: EnergyCounts): Share[] {
    const asleep = Math.min(1, counts.asleepMs / counts.spanMs)
    const seconds = (counts.spanMs - counts.asleepMs) / counts.sleeps / 1000
    return [
        {
            what: `chip, awake ${seconds.toFixed(1)} s between two sleeps`,
            mA: chip.receiving.mA * (1 - asleep),
            source: chip.receiving.source,
        },
        {
            what: "chip in deep sleep",
            mA: chip.deepSleep.mA * asleep,
            source: chip.deepSleep.source,
        },
    ]
}

/** An upper bound: all bytes at the slowest rate, with as many headers as small packets have. */
function transmitting({ wireBytes, connects, spanMs }: EnergyCounts): Share {
    const bytes = wireBytes * (1 + HEADER_BYTES / PAYLOAD_BYTES)
    const ms = (bytes * 8000) / SLOWEST_BIT_PER_S + connects * JOIN_MS
    return {
        what: "radio, sending and connecting (at most)",
        mA: (MOST_TRANSMITTING.mA * ms) / spanMs,
        source: MOST_TRANSMITTING.source,
    }
}

function partShares(
    counts: EnergyCounts,
    parts: readonly EnergyPart[],
    unknown: string[]
): Share[] {
    return parts.flatMap(({ part, address }) => {
        const { supply, name } = part
        if (supply === undefined) {
            unknown.push(name)
            return []
        }
        const active = counts.parts.find(counted => counted.address === address)?.activeMs ?? 0
        const share = Math.min(1, active / counts.spanMs)
        const mA = supply.measuring.typical * share + supply.between.typical * (1 - share)
        return { what: name, mA, source: supply.source }
    })
}

function reportOf(shares: readonly Share[], unknown: readonly string[]): EnergyReport {
    const sorted = [...shares].sort((a, b) => b.mA - a.mA)
    return { shares: sorted, mA: sorted.reduce((sum, { mA }) => sum + mA, 0), unknown }
}
