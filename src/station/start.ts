import * as ds from "@devicescript/core"
import { readSetting } from "@devicescript/settings"
import { Uplink } from "../uplink/uplink.js"
import { StationOptions } from "./options.js"
import { Station } from "./station.js"
import { statusText } from "./status.js"

/** s */
const KEEP_ALIVE_SECONDS = 300

/**
 * Reads the node's settings, connects and samples. Returns at once; all work
 * goes on in fibers of its own.
 *
 * Settings: `node` (name; default the device id), `site` ("demo"), `mqtt.host`
 * ("mqtt.local"), `mqtt.port` (1883), `mqtt.user` and `mqtt.pass` (none).
 *
 * @throws RangeError when two channels have one name
 */
export async function startStation(options: StationOptions): Promise<Station> {
    const station = new Station(options)
    await station.open()
    const node = await readSetting<string>("node", ds.deviceIdentifier("self"))
    const site = await readSetting<string>("site", "demo")
    const uplink: Uplink = new Uplink(
        {
            host: await readSetting<string>("mqtt.host", "mqtt.local"),
            port: await readSetting<number>("mqtt.port", 1883),
            clientId: "suitcase-" + node,
            user: await readSetting<string>("mqtt.user", ""),
            password: await readSetting<string>("mqtt.pass", ""),
            keepAliveSeconds: KEEP_ALIVE_SECONDS,
        },
        { site, node },
        {
            schema: station.schema,
            status: () => statusText(station, uplink.acknowledged),
            flush: () => station.recorder.flush(),
        },
        station.recorder.outbox,
        station.clock
    )
    station.recorder.onFrame = () => uplink.notify()
    uplink.run.start()
    station.run.start()
    return station
}
