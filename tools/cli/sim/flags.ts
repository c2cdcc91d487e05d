/** The options of `suitcase sim`. */
import { randomInt } from "node:crypto"
import { brokerOf, type Broker } from "../mqtt/broker.js"
import { type BoardOptions } from "../../../sim/board/board.js"
import { DEFAULT_BOARD, boardProfile } from "../../../sim/board/profile.js"
import { knownBoards } from "../../../sim/program/boards.js"
import { type PlaceKind } from "../../../sim/worlds/place.js"
import { PLACES, placeKind } from "../../../sim/worlds/registry.js"
import { UsageError } from "../errors.js"
import { type FaultSpec } from "./faults.js"
import { type Requirement } from "./requirements.js"

/** Memory parts that the simulated nodes can have. */
export const STORES = ["none", "fram"] as const
export type StoreName = (typeof STORES)[number]

export interface SimFlags {
    /** ms */
    readonly for?: number
    /** Simulated seconds per second. */
    readonly speed?: number
    readonly trace?: string
    /** Kind of place that the nodes are in. */
    readonly world?: string
    /** Compares what arrives with what is true. */
    readonly truth?: true
    readonly broker: string
    /** File with the broker's user and password, and with its authority's certificate. */
    readonly login?: string
    readonly ca?: string
    /** What the nodes retained stays at a broker on the network. */
    readonly keep?: true
    readonly seed?: number
    readonly devices: number
    readonly fault: readonly FaultSpec[]
    /** A memory part on each node's bus. */
    readonly store: StoreName
    /** Id of the board that the nodes are; default that of the node in the kit file, or the usual one. */
    readonly board?: string
    /** A Pico's tick stops where it could be lost. */
    readonly strictTick?: true
    /** How long the nodes have been on at the start, ms. */
    readonly uptime?: number
    /** What the run has to give. */
    readonly require?: readonly Requirement[]
    /** File for the verdicts, as JUnit has them. */
    readonly junit?: string
    /** A channel may deliver nothing at all. */
    readonly allowSilent?: true
    readonly json?: true
    readonly live?: true
    readonly log?: true
    /** Which ports devtools takes. */
    readonly devtools?: "stock" | "free"
}

/** Where `--broker` points. */
export interface BrokerChoice {
    /** A broker on the network; none means the embedded one. */
    readonly broker?: Broker
    /** TCP port of the embedded broker. */
    readonly brokerPort?: number
}

/**
 * @param warn gets a line when a password could be read by others
 * @throws UsageError when simulated nodes could not connect there
 */
export function brokerChoice(flags: SimFlags, warn: (text: string) => void): BrokerChoice {
    const where = flags.broker
    if (where === "embedded") return {}
    const port = /^embedded:(.*)$/.exec(where)?.[1]
    if (port !== undefined) {
        if (/^\d{1,5}$/.test(port) && Number(port) <= 65535) return { brokerPort: Number(port) }
        throw new UsageError(`--broker ${where}: a port is a number from 0 to 65535`)
    }
    if (!where.includes("://"))
        throw new UsageError(
            `--broker ${where}: write embedded, embedded:PORT, mqtt://host:port or mqtts://host:port`
        )
    const broker = brokerOf(flags, warn)
    if (broker.protocol !== "mqtt:" && broker.protocol !== "mqtts:")
        throw new UsageError("nodes speak no WebSockets; write mqtt://host:port or mqtts://")
    return { broker }
}

/**
 * At a broker that others use too, nodes of two runs are not to have the same ids, unless
 * the same seed is asked for.
 */
export function seedOf({ seed }: SimFlags, { broker }: BrokerChoice): number {
    return seed ?? (broker === undefined ? 1 : randomInt(1, 2 ** 31))
}

/** @throws UsageError when there is no such place, or a recording is to feed the sensors too */
export function worldOf({ world, trace }: SimFlags): PlaceKind | undefined {
    if (world === undefined) return undefined
    const kind = placeKind(world)
    const all = PLACES.map(({ name }) => name).join(", ")
    if (kind === undefined) throw new UsageError(`no world "${world}"; there are ${all}`)
    if (trace !== undefined)
        throw new UsageError("--world and --trace both feed the sensors; leave one of them out")
    return kind
}

/** @throws UsageError when there is no such board */
export function boardOf({ board = DEFAULT_BOARD, strictTick }: SimFlags): BoardOptions {
    const profile = boardProfile(board)
    if (profile === undefined)
        throw new UsageError(
            `no board "${board}"; there are ${knownBoards()
                .map(({ id }) => id)
                .join(", ")}`
        )
    return { profile, strictTick: strictTick ?? false }
}
