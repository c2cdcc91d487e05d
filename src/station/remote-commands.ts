import { Commands, StationControl } from "../uplink/commands.js"
import { CommandServer } from "../uplink/uplink.js"
import { CommandedStation } from "./options.js"

/**
 * Lets a station take commands from the network; docs/mqtt.md lists them.
 *
 *     commands: remoteCommands
 *
 * @param kept ids of the commands before the boot; undefined when there are none
 */
export function remoteCommands(station: CommandedStation, kept: Buffer): CommandServer {
    return new Commands(control(station), kept)
}

function control(station: CommandedStation): StationControl {
    const { outbox, store } = station.sinks
    const identify = station.options.identify
    return {
        report: async () => await station.flush(),
        changeInterval: async seconds => {
            station.changeInterval(seconds)
            return ""
        },
        identify: seconds => {
            if (identify === undefined) return "this node has no light to blink"
            identify.start(seconds)
            return ""
        },
        outboxText: () =>
            '"frames":' +
            (outbox.nextSerial - outbox.firstSerial) +
            ',"bytes":' +
            outbox.used +
            ',"capacity":' +
            outbox.capacity +
            ',"dropped":' +
            outbox.dropped,
        keepIds: async (ids, length) => {
            if (store !== undefined) await store.keepIds(ids, length)
        },
    }
}
