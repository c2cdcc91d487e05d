import * as ds from "@devicescript/core"
import { Commands } from "../uplink/commands.js"
import { FrameSealer } from "../uplink/seal.js"
import {
    RESTART_AFTER_DURABLE_SECONDS,
    RESTART_AFTER_RAM_SECONDS,
    StationRecords,
    Uplink,
    UplinkOptions,
} from "../uplink/uplink.js"
import { Outbox, RamOutbox } from "../uplink/wire/outbox.js"
import { identify } from "./identify.js"
import { NodeStore } from "./node-store.js"
import { StationOptions } from "./options.js"
import { NodeSettings, readNodeSettings } from "./settings.js"
import { Station } from "./station.js"
import { statusText } from "./status.js"

/** s */
const KEEP_ALIVE_SECONDS = 300
/** Messages under way at the same time. The platform loses bytes of a TLS write that has to wait. */
const WINDOW = 4
const WINDOW_TLS = 1
const DEFAULT_OUTBOX_BYTES = 14000

/**
 * Reads the node's settings (docs/settings.md), connects and samples. Returns
 * once all of that goes on in fibers of its own.
 *
 * @throws RangeError when two channels have one name, or two parts one address
 */
export async function startStation(options: StationOptions): Promise<Station> {
    // Long-lived buffers before all else: they stay where they are.
    let store: NodeStore = undefined
    if (options.store !== undefined) store = await options.store()
    let outbox: Outbox = undefined
    if (store !== undefined) outbox = store.outbox
    else outbox = new RamOutbox(Buffer.alloc(options.outboxBytes ?? DEFAULT_OUTBOX_BYTES))
    const settings = await readNodeSettings()
    const sealer = settings.sealKey === "" ? undefined : new FrameSealer(settings.sealKey)
    const station = new Station(options, {
        outbox,
        store,
        sealer,
        settingsHealth: settings.health,
    })
    await station.open()
    if (options.clock !== undefined)
        await options.clock(station.clock, station.recorder.boot, outbox)
    const uplink = new Uplink(
        uplinkOptions(settings, sealer, store !== undefined),
        records(station),
        outbox,
        station.clock
    )
    if (store !== undefined) await remember(store, uplink.commands)
    notify(station, uplink)
    uplink.run.start()
    station.run.start()
    return station
}

/** A function of its own, as {@link records} is: a closure keeps all variables around it. */
function notify(station: Station, uplink: Uplink): void {
    station.recorder.onFrame = () => uplink.notify()
}

async function remember(store: NodeStore, commands: Commands): Promise<void> {
    try {
        await store.recall(commands.recent)
    } catch {
        console.warn("station: what the node remembered can not be read")
    }
}

function uplinkOptions(
    settings: NodeSettings,
    sealer: FrameSealer,
    isDurable: boolean
): UplinkOptions {
    return {
        host: settings.host,
        port: settings.port,
        isTls: settings.tls,
        user: settings.user,
        password: settings.password,
        site: settings.site,
        node: settings.node,
        keepAliveSeconds: KEEP_ALIVE_SECONDS,
        window: settings.tls ? WINDOW_TLS : WINDOW,
        isJson: settings.form === "json",
        isHeld: settings.isKeyInDoubt(),
        sealer,
        restartAfterSeconds: isDurable ? RESTART_AFTER_DURABLE_SECONDS : RESTART_AFTER_RAM_SECONDS,
    }
}

/** What the uplink asks of the station. */
function records(station: Station): StationRecords {
    const recorder = station.recorder
    const { outbox, store } = station.sinks
    return {
        boot: recorder.boot,
        schema: station.schema,
        status: async uplink => await statusText(station, uplink),
        anchorText: () => station.clock.anchorText(recorder.boot),
        report: async () => await station.flush(),
        changeInterval: async seconds => {
            station.changeInterval(seconds)
            return ""
        },
        identify: seconds => {
            identify.start(seconds)
        },
        reboot: async () => {
            await station.flush()
            if (store !== undefined) await store.planRestart()
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
        keepIds: async (ids, length) => {
            if (store !== undefined) await store.keepIds(ids, length)
        },
    }
}
