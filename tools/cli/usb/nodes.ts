/** What is on the bus of a board: its own device, and what it says of itself. */
import { isAnnouncement, type FrameLink } from "../../../sim/devtools/device-client.js"
import { SRV_MANAGER } from "../../../sim/devtools/deploy.js"
import { within } from "../../../sim/devtools/within.js"
import { FLAG_COMMAND, decodeJacdacFrame } from "../../../sim/jacdac/frame.js"

/** A board announces itself every half second. */
const ANNOUNCED_MS = 5000

/**
 * The board at the other end: the device with a DeviceScript manager, among those on its bus.
 *
 * @returns its device id, 16 hex digits
 * @throws DevtoolsError when none announces itself
 */
export async function boardOn(link: FrameLink, signal?: AbortSignal): Promise<string> {
    let unsubscribe = (): void => undefined
    const found = new Promise<string>(resolve => {
        unsubscribe = link.onFrame(bytes => {
            const frame = decodeJacdacFrame(bytes)
            if (frame === undefined || (frame.flags & FLAG_COMMAND) !== 0) return
            const data = frame.packets.find(isAnnouncement)?.data
            if (data !== undefined && hasService(data, SRV_MANAGER)) resolve(frame.deviceId)
        })
    })
    try {
        return await within(
            found,
            ANNOUNCED_MS,
            "the board on this port does not announce itself; unplug it and plug it in again",
            signal
        )
    } finally {
        unsubscribe()
    }
}

function hasService(announcement: Uint8Array, service: number): boolean {
    const data = Buffer.from(announcement)
    for (let at = 4; at + 4 <= data.length; at += 4)
        if (data.readUInt32LE(at) === service) return true
    return false
}
