/** After a board was written: whether every sensor gives a reading, and whether its broker is reached. */
import { type FrameLink } from "../../../sim/jacdac/frame-link.js"
import { QUALITY_NOT_READY } from "../../../src/core/quality.js"
import { BoardError } from "../board-access.js"
import { type FoundBoard } from "./ask.js"
import {
    type LiveReading,
    type NodeIdentity,
    type NodeService,
    type NodeState,
    type SensorState,
} from "./node-service.js"
import { wifiStateOf, type WifiState } from "./wifi-state.js"

/** A program that has just started answers within this time: it looks for its parts first, ms. */
const START_MS = 20_000
/** Between two looks, ms. */
const LOOK_MS = 1000
/** A sensor that is not ready for the first row is for the second one; how long that may come late, ms. */
const ROW_GRACE_MS = 20_000
/** Least and most time that is waited, ms. */
const LEAST_WAIT_MS = 45_000
const MOST_WAIT_MS = 200_000

/** A sensor and the newest reading of each of its channels. */
export interface SensorReadings extends SensorState {
    readonly readings: readonly LiveReading[]
}

export interface FirstReadings {
    readonly identity: NodeIdentity
    readonly state: NodeState
    readonly sensors: readonly SensorReadings[]
    /** undefined: the board has no Wi-Fi, or does not say. */
    readonly wifi: WifiState | undefined
}

export interface Watching {
    /** Longest wait, ms; default {@link usualWaitMs}. */
    readonly limitMs?: number
    /** Told how long it will be at most, when that is known. */
    readonly onLimit?: (limitMs: number) => void
    /** Told each sensor as soon as it has given a value on each channel. */
    readonly onSensor?: (sensor: SensorReadings) => void
    /** Told what there is, once a second. */
    readonly onLook?: (latest: Omit<FirstReadings, "wifi">) => void
    readonly signal?: AbortSignal
}

/** Whether a sensor gave a value on each of its channels. */
export function hasReadings({ readings }: SensorReadings): boolean {
    return readings.length > 0 && readings.every(({ value }) => value !== undefined)
}

/** Whether all that a sensor lacks comes by itself. */
export function isStarting({ readings }: SensorReadings): boolean {
    return readings.every(
        ({ value, quality, ageMs }) =>
            value !== undefined || quality === QUALITY_NOT_READY || ageMs === undefined
    )
}

/** Long enough for two rows, and for Wi-Fi and broker. @param intervalSeconds between two rows */
export function usualWaitMs(intervalSeconds: number): number {
    const rowsMs = intervalSeconds * 1000 + ROW_GRACE_MS
    return Math.min(Math.max(rowsMs, LEAST_WAIT_MS), MOST_WAIT_MS)
}

/**
 * Watches until every sensor has given a reading and the broker is reached, or the time is over.
 *
 * @returns what there was last
 * @throws BoardError when the node never answered; the signal's reason
 */
export async function firstReadings(
    link: FrameLink,
    board: FoundBoard,
    service: NodeService,
    watching: Watching = {}
): Promise<FirstReadings> {
    const { onSensor, signal } = watching
    const identity = await patientIdentity(service)
    const told = new Set<number>()
    let latest = await look(identity, service)
    const limitMs = watching.limitMs ?? usualWaitMs(intervalOf(latest.state))
    watching.onLimit?.(limitMs)
    const until = performance.now() + limitMs
    for (;;) {
        watching.onLook?.(latest)
        latest.sensors.forEach((sensor, i) => {
            if (told.has(i) || !hasReadings(sensor)) return
            told.add(i)
            onSensor?.(sensor)
        })
        const isDone = told.size === latest.sensors.length && latest.state.isBrokerReached
        if (isDone || performance.now() >= until) break
        await sleep(LOOK_MS, signal)
        try {
            latest = await look(identity, service)
        } catch (e) {
            // It may be restarting: what it said before stands until it answers again.
            if (!(e instanceof BoardError)) throw e
        }
    }
    const wifi = await wifiStateOf(link, board, signal)
    return { ...latest, wifi }
}

/** @throws BoardError when none comes */
async function patientIdentity(service: NodeService): Promise<NodeIdentity> {
    const until = performance.now() + START_MS
    for (;;)
        try {
            return await service.identity()
        } catch (e) {
            if (!(e instanceof BoardError) || performance.now() > until) throw e
            // A refusal comes at once.
            await sleep(LOOK_MS)
        }
}

async function look(
    identity: NodeIdentity,
    service: NodeService
): Promise<Omit<FirstReadings, "wifi">> {
    const states = await service.sensors()
    const live = await service.readings()
    const state = await service.state()
    return { identity, state, sensors: withReadings(states, live) }
}

/**
 * Gives each sensor its readings: of several columns of a channel the first one, which has its name. Where
 * rows have only some of the channels, or other columns, those are a sensor's that name its part. What has
 * no channels, as a hint on the board's light, or no column, gives no readings and is left out.
 */
export function withReadings(
    states: readonly SensorState[],
    live: readonly LiveReading[]
): SensorReadings[] {
    const channels = states.reduce((sum, state) => sum + state.channels, 0)
    const columns = channels === 0 ? 0 : live.length / channels
    if (!Number.isInteger(columns)) return byPart(states, live)
    let at = 0
    const sensors = states.filter(state => state.channels > 0)
    return sensors.map(state => {
        const readings = Array.from({ length: state.channels }, (_, i) => live[(at + i) * columns])
        at += state.channels
        return { ...state, readings: readings.filter(reading => reading !== undefined) }
    })
}

/** Several of one part have the same number of columns each, in their order. */
function byPart(states: readonly SensorState[], live: readonly LiveReading[]): SensorReadings[] {
    return states.flatMap((state, i) => {
        const own = live.filter(({ channel }) => channel.part === state.part)
        const alike = states.filter(({ part }) => part === state.part).length
        const before = states.slice(0, i).filter(({ part }) => part === state.part).length
        const each = Math.ceil(own.length / alike)
        const readings = own.slice(before * each, (before + 1) * each)
        return readings.length === 0 ? [] : [{ ...state, readings }]
    })
}

function intervalOf({ fields }: NodeState): number {
    const seconds = fields["intervalSeconds"]
    return typeof seconds === "number" && seconds > 0 ? seconds : 0
}

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
        const abort = () => {
            clearTimeout(timer)
            reject(signal?.reason as Error)
        }
        const timer = setTimeout(() => {
            signal?.removeEventListener("abort", abort)
            resolve()
        }, ms)
        signal?.addEventListener("abort", abort, { once: true })
        if (signal?.aborted === true) abort()
    })
}
