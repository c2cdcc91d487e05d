import { FrameSealer } from "../uplink/seal.js"
import {
    RESTART_AFTER_DURABLE_SECONDS,
    RESTART_AFTER_RAM_SECONDS,
    StationRecords,
    Uplink,
    UplinkOptions,
} from "../uplink/uplink.js"
import { Outbox, RamOutbox } from "../core/outbox/outbox.js"
import { boardHeapBytes, planMemory } from "../core/memory-plan.js"
import { StationStore } from "./station-store.js"
import { StationOptions } from "./options.js"
import { reboot } from "./reboot.js"
import { RowBuilder } from "./row-builder.js"
import { NodeSettings, readNodeSettings } from "./settings.js"
import { causeOfStart } from "./start-cause.js"
import { Station } from "./station.js"
import { StatusRecord } from "./status.js"

/** s */
const KEEP_ALIVE_SECONDS = 300
/** Messages in flight at the same time. The platform loses bytes of a TLS write that has to wait. */
const WINDOW = 4
const WINDOW_TLS = 1

/**
 * Longest frame, B. On its way into a RAM outbox and to the network it takes up to 27 opcodes a
 * byte without a pause, of the 131,072 that stop the program (57,000 at 2,000 B as JSON). As JSON
 * it is a write of some 2,000 B: over TLS, one of 4,096 B and more resets an ESP32.
 */
const MOST_FRAME_BYTES = 1400

/**
 * Reads the node's settings (docs/settings.md), connects and samples. Returns
 * once all of that goes on in fibers of its own.
 *
 * @throws RangeError when two channels have one name, or two parts one address,
 * or frames would be longer than 1,400 B
 */
export async function startStation(options: StationOptions): Promise<Station> {
    if (options.frameBytes > MOST_FRAME_BYTES)
        throw new RangeError("frameBytes " + options.frameBytes + ", at most " + MOST_FRAME_BYTES)
    const sensors = options.sensors
    const rows = options.rows ?? new RowBuilder(1)
    const plan = planMemory(boardHeapBytes(), rows.columnsOf(sensors), sensors.length)
    // Long-lived buffers before all else: they stay where they are.
    let store: StationStore = undefined
    if (options.store !== undefined)
        store = await options.store(plan.spareBytes, options.calibration !== undefined)
    let outbox: Outbox = undefined
    if (store !== undefined) outbox = store.outbox
    else outbox = new RamOutbox(Buffer.alloc(options.outboxBytes ?? plan.outboxBytes))
    const settings = await readNodeSettings()
    const held = reasonToHold(settings, options)
    if (options.settings !== undefined) options.settings(settings.app)
    let sealer: FrameSealer = undefined
    if (options.seal !== undefined && settings.sealKey !== "")
        sealer = options.seal(settings.sealKey)
    const station = new Station(options, {
        outbox,
        store,
        sealer,
        settingsHealth: settings.health,
        unfit: settings.unfit,
        held,
        rows,
        frameBytes: options.frameBytes ?? plan.frameBytes,
    })
    const calibration = options.calibration
    if (calibration !== undefined) await calibration.open(station)
    await station.open()
    if (options.clock !== undefined) await options.clock(station.clock, station.recorder, outbox)
    const kept = store === undefined ? undefined : await recall(store)
    if (store !== undefined && options.learned !== undefined)
        options.learned(station.clock, store, kept)
    const uplink = new Uplink(
        uplinkOptions(settings, station),
        records(station),
        outbox,
        station.clock,
        options.commands === undefined ? undefined : options.commands(station, kept)
    )
    notify(station, uplink)
    if (options.usb !== undefined) station.watcher = options.usb(station, uplink, settings)
    if (calibration !== undefined) calibration.connect(station, uplink, settings)
    uplink.run.start()
    station.run.start()
    return station
}

/**
 * Frames wait in the outbox rather than go out readable, or in a form that the
 * platform cannot read.
 * @returns what is missing, for the status record; "" when nothing is
 */
function reasonToHold(settings: NodeSettings, options: StationOptions): string {
    if (settings.isKeyInDoubt()) return "settings"
    let missing = ""
    if (settings.sealKey !== "" && options.seal === undefined) missing = "seal"
    else if (settings.form === "json" && options.envelope === undefined) missing = "envelope"
    if (missing !== "")
        console.warn(
            "station: frames are held back: the settings ask for what this program does not have: " +
                missing
        )
    return missing
}

/** A function of its own, as {@link records} is: a closure keeps all variables around it. */
function notify(station: Station, uplink: Uplink): void {
    station.recorder.onFrame = () => uplink.notify()
}

async function recall(store: StationStore): Promise<Buffer> {
    try {
        return await store.recall()
    } catch {
        console.warn("station: what the node remembered cannot be read")
        return undefined
    }
}

function uplinkOptions(settings: NodeSettings, station: Station): UplinkOptions {
    const { sealer, store, held } = station.sinks
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
        envelope: settings.form === "json" ? station.options.envelope : undefined,
        isHeld: held !== "",
        sealer,
        restartAfterSeconds:
            store === undefined ? RESTART_AFTER_RAM_SECONDS : RESTART_AFTER_DURABLE_SECONDS,
        isDurable: store !== undefined,
        cause: causeOfStart(store),
    }
}

/** What the uplink asks of the station. */
function records(station: Station): StationRecords {
    const recorder = station.recorder
    return {
        boot: recorder.boot,
        status: async uplink => {
            const record = new StatusRecord()
            await record.fill(station, uplink)
            return record
        },
        anchorText: () => station.clock.anchorText(recorder.boot),
        reboot: async cause => await reboot(station, cause),
        station,
    }
}
