/** What Wi-Fi a node is told to join, with what no one can see in a name. */
import { line, type Terminal } from "../terminal.js"
import { type FlashPlan } from "./plan.js"

/** Once for each network. */
export function tellWifi(plans: readonly FlashPlan[], terminal: Terminal): void {
    const names = new Set(plans.flatMap(({ settings }) => settings["wifi.ssid"] ?? []))
    for (const name of names)
        line(
            terminal.out,
            `Wi-Fi "${name}": it has to be 2.4 GHz, with a password or open; boards join no WPA-Enterprise and no hidden name`
        )
}
