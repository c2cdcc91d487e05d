import * as ds from "@devicescript/core"
import { FrameSealer } from "../uplink/seal.js"
import { RESTART_AFTER_RAM_SECONDS, Uplink } from "../uplink/uplink.js"
import { RamOutbox } from "../uplink/wire/outbox.js"
import { identify } from "./identify.js"
import { StationOptions } from "./options.js"
import { readNodeSettings } from "./settings.js"
import { Station } from "./station.js"
import { statusText } from "./status.js"

/** s */
const KEEP_ALIVE_SECONDS = 300
/** Messages under way at the same time. */
const WINDOW = 4
const DEFAULT_OUTBOX_BYTES = 16000

/**
 * Reads the node's settings, connects and samples. Returns at once; all work
 * goes on in fibers of its own.
 *
 * The settings are those of docs/settings.md.
 *
 * @throws RangeError when two channels have one name
 */
export async function startStation(options: StationOptions): Promise<Station> {
    // Long-lived buffers before all else: they stay where they are.
    const outbox = new RamOutbox(Buffer.alloc(options.outboxBytes ?? DEFAULT_OUTBOX_BYTES))
    const settings = await readNodeSettings()
    const station = new Station(options, {
        outbox,
        store: undefined,
        journal: undefined,
        sealer: settings.sealKey === "" ? undefined : new FrameSealer(settings.sealKey),
        settingsHealth: settings.health,
        resetCause: "unknown",
    })
    const recorder = station.recorder
    const uplink: Uplink = new Uplink(
        {
            host: settings.host,
            port: settings.port,
            isTls: settings.tls,
            user: settings.user,
            password: settings.password,
            site: settings.site,
            node: settings.node,
            keepAliveSeconds: KEEP_ALIVE_SECONDS,
            window: WINDOW,
            isJson: settings.form === "json",
            isHeld: settings.isKeyInDoubt(),
            restartAfterSeconds: RESTART_AFTER_RAM_SECONDS,
        },
        {
            boot: recorder.boot,
            schema: station.schema,
            status: async () => await statusText(station, uplink),
            anchorText: () => station.clock.anchorText(recorder.boot),
            report: async () => await station.flush(),
            setInterval: async seconds => {
                station.setInterval(seconds)
                return ""
            },
            identify: seconds => {
                identify.start(seconds)
            },
            reboot: async () => {
                await station.flush()
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
    recorder.onFrame = () => uplink.notify()
    uplink.run.start()
    station.run.start()
    return station
}
