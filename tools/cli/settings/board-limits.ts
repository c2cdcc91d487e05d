/** What the firmware of some boards cannot do, before a node is sent on a search for its broker. */
import { isIP } from "node:net"
import { type SettingValues } from "./keys.js"

/**
 * @param hasTls whether it has: those of ESP32; a Pico W's has not, and never connects to an address
 * @returns what is wrong with the settings for such a board, for "… is a Pico W, whose firmware …"
 */
export function firmwareProblem(settings: SettingValues, hasTls: boolean): string | undefined {
    if (hasTls) return undefined
    if (isIP(settings["mqtt.host"] ?? "") !== 0)
        return (
            "never connects to an address and loses all of its connections in the attempt: give mqtt.host a name, " +
            "such as mqtt.local"
        )
    return settings["mqtt.tls"] === true
        ? "has no TLS: leave out mqtt.tls, or take a board with an ESP32"
        : undefined
}
