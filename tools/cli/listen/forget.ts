/** `suitcase listen --forget`: the broker keeps nothing more for this listener. */
import { Occupancy } from "../../receiver/occupancy.js"
import { readSession, writeSession } from "../../receiver/state-folder.js"
import { EXIT_OK, UsageError } from "../errors.js"
import { type Broker } from "../mqtt/broker.js"
import { MqttLink } from "../mqtt/link.js"
import { line, type Terminal } from "../terminal.js"

/** @returns the exit code @throws UsageError when the broker is not reached, or a listener runs */
export async function forgetSession(
    broker: Broker,
    folder: string,
    terminal: Terminal
): Promise<number> {
    const session = await readSession(folder)
    const occupancy = await Occupancy.take(folder)
    if (occupancy === undefined)
        throw new UsageError(`a listener uses ${folder}: end it first, and any that stands by`)
    try {
        // A clean session with the same client id ends the one that was kept [MQTT-3.1.2-6].
        await MqttLink.endSession(broker, session.clientId)
        await writeSession(folder, { ...session, filters: [] })
    } finally {
        await occupancy.release()
    }
    line(
        terminal.out,
        `${broker.shown} keeps nothing for this listener any more; ${folder} is still there`
    )
    return EXIT_OK
}
