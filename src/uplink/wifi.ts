import * as ds from "@devicescript/core"

/** The board's radio; not bound where there is none. */
export const wifi = new ds.Wifi()

/** Event "scan complete": two numbers of 16 bits, networks heard and those of them that are known. */
const SCAN_COMPLETE = 0x80

/** Access points of the node's network that the last scan heard: a radio without a network scans every 10 s. */
let heard = 0

/** Whether a connection failed because the board has no network. @param problem the platform's words */
export function isNetworkAway(problem: string): boolean {
    return problem.indexOf("network not") >= 0
}

/** From now on {@link isNetworkHeard} knows. */
export function watchScans(): void {
    // Not wifi.scanComplete: the platform's code for events would come into the program.
    wifi.report().subscribe(async packet => {
        if (packet.eventCode === SCAN_COMPLETE) heard = packet.payload[2]
    })
}

/** Lets the radio leave its network and join it again: that also asks for a new address. */
export async function rejoin(): Promise<void> {
    if (!wifi.isBound) return
    console.warn("uplink: joining the Wi-Fi again")
    await wifi.reconnect()
}

/** Whether the radio heard the node's network in its last scan. */
export function isNetworkHeard(): boolean {
    return heard > 0
}

/** Whether the board is a Pico W, whose firmware never tries again to join after it failed once. */
export function isPicoW(): boolean {
    return ds._dcfgString("archId") === "rp2040w"
}
