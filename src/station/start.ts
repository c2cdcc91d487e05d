import * as ds from "@devicescript/core"
import { readSetting } from "@devicescript/settings"
import { RESTART_AFTER_RAM_SECONDS, Uplink } from "../uplink/uplink.js"
import { StationOptions } from "./options.js"
import { Station } from "./station.js"
import { statusText } from "./status.js"

/** s */
const KEEP_ALIVE_SECONDS = 300
/** Messages under way at the same time. */
const WINDOW = 4

/**
 * Reads the node's settings, connects and samples. Returns at once; all work
 * goes on in fibers of its own.
 *
 * Settings: `node` (name; default the device id), `site` ("demo"), `mqtt.host`
 * ("mqtt.local"), `mqtt.port` (1883), `mqtt.user` and `mqtt.pass` (none), `mqtt.form`
 * ("binary", or "json" for platforms that take only JSON).
 *
 * @throws RangeError when two channels have one name
 */
export async function startStation(options: StationOptions): Promise<Station> {
    const station = new Station(options)
    const node = await readSetting<string>("node", ds.deviceIdentifier("self"))
    const site = await readSetting<string>("site", "demo")
    const outbox = station.recorder.outbox
    const uplink: Uplink = new Uplink(
        {
            host: await readSetting<string>("mqtt.host", "mqtt.local"),
            port: await readSetting<number>("mqtt.port", 1883),
            isTls: false,
            user: await readSetting<string>("mqtt.user", ""),
            password: await readSetting<string>("mqtt.pass", ""),
            site,
            node,
            keepAliveSeconds: KEEP_ALIVE_SECONDS,
            window: WINDOW,
            isJson: (await readSetting<string>("mqtt.form", "binary")) === "json",
            restartAfterSeconds: RESTART_AFTER_RAM_SECONDS,
        },
        {
            boot: station.recorder.boot,
            schema: station.schema,
            status: () => statusText(station, uplink.acknowledged),
            anchorText: () => "",
            report: async () => {
                await station.recorder.flush()
            },
            setInterval: async () => "the interval of this application is fixed",
            identify: () => {},
            reboot: async () => {
                ds.reboot()
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
            keepIds: async () => {},
        },
        outbox,
        station.clock
    )
    station.recorder.onFrame = () => uplink.notify()
    uplink.run.start()
    station.run.start()
    return station
}
