/** Looks at a node over USB again and again, and passes on what is new. */
import { setTimeout as sleep } from "node:timers/promises"
import { BoardError } from "../../../flash/board-access.js"
import { type FoundBoard } from "../../../flash/usb/ask.js"
import { withReadings, type SensorReadings } from "../../../flash/usb/first-readings.js"
import {
    NodeService,
    type Fields,
    type LiveReading,
    type NodeIdentity,
    type NodeState,
} from "../../../flash/usb/node-service.js"
import { type UsbLink } from "../../../flash/usb/usb-link.js"
import { wifiStateOf, type WifiState } from "../../../flash/usb/wifi-state.js"

/** Time between two looks, ms. */
const LOOK_MS = 1000
/** Settings, sensors and Wi-Fi change seldom: they are asked once in this number of looks. */
const SELDOM = 10

/** What a node says. */
export interface NodePicture {
    readonly identity: NodeIdentity
    readonly settings: Fields
    readonly state: NodeState
    readonly counts: Fields
    readonly sensors: readonly SensorReadings[]
    /** Of all columns. */
    readonly readings: readonly LiveReading[]
    /** undefined: the board has no Wi-Fi, or does not say. */
    readonly wifi: WifiState | undefined
}

export interface MonitorView {
    /** After each look. */
    picture(picture: NodePicture): void
    /** A line of the board's log. */
    log(line: string): void
    /** What happens to the connection, or to the node. */
    note(text: string): void
    /** Shows what is left to show. */
    end(): void
}

/**
 * Ends when the signal comes. A node that does not answer for a while is waited for.
 *
 * @throws BoardError when it never answered
 */
export async function monitor(
    link: UsbLink,
    board: FoundBoard,
    view: MonitorView,
    signal: AbortSignal
): Promise<void> {
    const service = new NodeService(link, board.device, signal)
    let picture: NodePicture | undefined
    let isSilent = false
    for (let n = 0; ; n++)
        try {
            const before = picture
            picture = await look(link, board, service, n % SELDOM === 0 ? undefined : before)
            if (before !== undefined && picture.state.bootId !== before.state.bootId)
                view.note("the node restarted")
            if (isSilent) view.note("the node answers again")
            isSilent = false
            view.picture(picture)
            await sleep(LOOK_MS, undefined, { signal })
        } catch (e) {
            if (signal.aborted) return
            if (!(e instanceof BoardError) || picture === undefined) throw e
            if (!isSilent) view.note("the node does not answer; waiting for it")
            isSilent = true
            // What is asked seldom may have changed when it is back.
            n = -1
        }
}

/** @param before what was asked some time ago, and stands; undefined: all is asked */
async function look(
    link: UsbLink,
    board: FoundBoard,
    service: NodeService,
    before: NodePicture | undefined
): Promise<NodePicture> {
    const identity = before?.identity ?? (await service.identity())
    const settings = before?.settings ?? (await service.settings())
    const sensors = before?.sensors ?? (await service.sensors())
    const wifi = before === undefined ? await wifiStateOf(link, board) : before.wifi
    const readings = await service.readings()
    const state = await service.state()
    const counts = await service.counts()
    return {
        identity,
        settings,
        state,
        counts,
        readings,
        wifi,
        sensors: withReadings(sensors, readings),
    }
}
