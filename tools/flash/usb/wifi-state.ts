/** What a board's own Wi-Fi service says (jacdac-spec services/wifi.md). */
import { type FrameLink } from "../../../sim/jacdac/frame-link.js"
import { BoardError } from "../board-access.js"
import { ask, type FoundBoard } from "./ask.js"

const SRV_WIFI = 0x18aae1fa
const GET_ADDRESS = 0x1181
const GET_SSID = 0x1183
const ANSWER_MS = 2000

export interface WifiState {
    /** The network that the board has joined; "" if none. */
    readonly ssid: string
    readonly isJoined: boolean
}

/** @returns undefined for a board without Wi-Fi, and for one that does not say */
export async function wifiStateOf(
    link: FrameLink,
    { device, services }: FoundBoard,
    signal?: AbortSignal
): Promise<WifiState | undefined> {
    const serviceIndex = services.indexOf(SRV_WIFI, 1)
    if (serviceIndex < 0) return undefined
    const register = (command: number) =>
        ask(link, {
            device,
            serviceIndex,
            command,
            data: new Uint8Array(0),
            limitMs: ANSWER_MS,
            refusal: "the board does not say whether it has joined the Wi-Fi",
            ...(signal === undefined ? {} : { signal }),
        })
    try {
        const address = await register(GET_ADDRESS)
        const isJoined = address.some(byte => byte !== 0)
        const ssid = isJoined ? new TextDecoder().decode(await register(GET_SSID)) : ""
        return { ssid, isJoined }
    } catch (e) {
        if (e instanceof BoardError) return undefined
        throw e
    }
}
