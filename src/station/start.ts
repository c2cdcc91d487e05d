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
import { NodeMemory, openStore } from "./durable.js"
import { identify } from "./identify.js"
import { StationOptions } from "./options.js"
import { NodeSettings, readNodeSettings } from "./settings.js"
import { Station } from "./station.js"
import { statusText } from "./status.js"

/** s */
const KEEP_ALIVE_SECONDS = 300
/** Messages under way at the same time. The platform loses bytes of a TLS write that has to wait. */
const WINDOW = 4
const WINDOW_TLS = 1
const DEFAULT_OUTBOX_BYTES = 16000
const DEFAULT_SPARE_BYTES = 4000

/**
 * Reads the node's settings (docs/settings.md), connects and samples. Returns
 * once all of that goes on in fibers of its own.
 *
 * @throws RangeError when two channels have one name
 */
export async function startStation(options: StationOptions): Promise<Station> {
    // Long-lived buffers before all else: they stay where they are.
    const store =
        options.store === undefined
            ? undefined
            : await openStore(options.store, options.spareBytes ?? DEFAULT_SPARE_BYTES)
    const outbox: Outbox =
        store ?? new RamOutbox(Buffer.alloc(options.outboxBytes ?? DEFAULT_OUTBOX_BYTES))
    const settings = await readNodeSettings()
    const station = new Station(options, {
        outbox,
        store,
        sealer: settings.sealKey === "" ? undefined : new FrameSealer(settings.sealKey),
        settingsHealth: settings.health,
    })
    const memory = store === undefined ? undefined : new NodeMemory(store)
    const uplink: Uplink = new Uplink(
        uplinkOptions(settings, store !== undefined),
        records(station, memory, async () => await statusText(station, uplink, memory)),
        outbox,
        station.clock
    )
    if (memory !== undefined) await remember(memory, uplink.commands)
    station.recorder.onFrame = () => uplink.notify()
    uplink.run.start()
    station.run.start()
    return station
}

async function remember(memory: NodeMemory, commands: Commands): Promise<void> {
    try {
        await memory.load(commands.recent)
    } catch {
        console.warn("station: what the node remembered can not be read")
    }
}

function uplinkOptions(settings: NodeSettings, isDurable: boolean): UplinkOptions {
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
        restartAfterSeconds: isDurable ? RESTART_AFTER_DURABLE_SECONDS : RESTART_AFTER_RAM_SECONDS,
    }
}

/** What the uplink asks of the station. */
function records(
    station: Station,
    memory: NodeMemory,
    status: () => Promise<string>
): StationRecords {
    const recorder = station.recorder
    const outbox = station.sinks.outbox
    return {
        boot: recorder.boot,
        schema: station.schema,
        status,
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
            if (memory !== undefined) await memory.planRestart()
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
            if (memory !== undefined) await memory.keepIds(ids, length)
        },
    }
}
