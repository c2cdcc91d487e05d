import * as ds from "@devicescript/core"

/** The board's radio; not bound where there is none. */
export const wifi = new ds.Wifi()

/** Access points of the node's network that the last scan heard: a radio without a network scans every 10 s. */
let heard = 0

/** From now on {@link isNetworkHeard} knows. */
export function watchScans(): void {
    wifi.scanComplete.subscribe(async found => {
        heard = found[1]
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
