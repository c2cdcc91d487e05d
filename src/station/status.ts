import * as ds from "@devicescript/core"
import { isPlainText } from "../core/text.js"
import { SensorDriver } from "../drivers/shared/driver.js"
import { PieceSource } from "../uplink/message.js"
import { Uplink } from "../uplink/uplink.js"
import { wifi } from "../uplink/wifi.js"
import { FIRMWARE_VERSION } from "./version.js"
import { TellingStation } from "./options.js"
import { pause } from "../scheduler/scheduler.js"

/**
 * The status record of a node as JSON text, ASCII; docs/mqtt.md lists its fields.
 * Times in ms, counts since boot. In pieces of at most 300 B or so: as a whole,
 * that of a station with many sensors finds no room in a heap that is in use.
 */
export class StatusRecord implements PieceSource {
    pieces = 0
    private readonly texts: string[] = []

    /** Takes everything down as it is now; with pauses, so from a fiber of its own. */
    async fill(station: TellingStation, uplink: Uplink): Promise<void> {
        const sinks = station.sinks
        await this.add(stateText(station, uplink))
        await this.add("," + countsText(station, uplink) + (await signalStrength()))
        await this.add(
            (sinks.store === undefined ? "" : ',"store":' + sinks.store.statusText()) +
                ',"sensors":['
        )
        let separator = ""
        for (const sensor of station.options.sensors) {
            await this.add(separator + sensorText(sensor))
            separator = ","
        }
        await this.add("]}")
    }

    piece(n: number): string {
        return this.texts[n]
    }

    private async add(text: string): Promise<void> {
        this.texts.push(text)
        this.pieces++
        await pause()
    }
}

// The brackets below keep the number of long texts on the way to the whole one down.

export function stateText(station: TellingStation, uplink: Uplink): string {
    const sinks = station.sinks
    return (
        '{"v":2,"app":"' +
        station.options.app +
        ('","version":"' + FIRMWARE_VERSION) +
        ('","boot":' + station.recorder.boot) +
        (',"schema":' + station.schemaId) +
        (',"uptime":' + ds.millis()) +
        (',"epoch":' + station.clock.epoch()) +
        (station.clock.isDisputed() ? jsonText("time", "disputed") : "") +
        jsonText("reset", uplink.cause) +
        jsonText("settings", sinks.settingsHealth) +
        (sinks.unfit === "" ? "" : jsonText("unfit", sinks.unfit)) +
        (sinks.held === "" ? "" : jsonText("held", sinks.held)) +
        (',"intervalSeconds":' + station.intervalSeconds())
    )
}

export function countsText(station: TellingStation, uplink: Uplink): string {
    const recorder = station.recorder
    const calibration = station.options.calibration
    const outbox = station.sinks.outbox
    return (
        '"rows":' +
        recorder.rows +
        (',"readings":' + recorder.readings) +
        (',"gaps":' + recorder.gaps) +
        (',"frames":' + recorder.frames) +
        (',"acked":' + uplink.acknowledged) +
        (',"queued":' + (outbox.nextSerial - outbox.firstSerial)) +
        (',"queuedBytes":' + outbox.used) +
        (',"capacity":' + outbox.capacity) +
        (',"dropped":' + outbox.dropped) +
        (',"connects":' + uplink.client.connects) +
        (uplink.isOftenCutShort() ? ',"cutShort":' + uplink.cutShort : "") +
        (',"resent":' + uplink.client.resent) +
        (',"errors":' + station.errors) +
        (calibration === undefined ? "" : calibration.statusText())
    )
}

/** dBm, where the board has Wi-Fi; the Pico W's figure is made up by its firmware. */
async function signalStrength(): Promise<string> {
    // Reading a register of a service that is not there would wait forever.
    if (!wifi.isBound) return ""
    const rssi = await wifi.reading.read()
    return rssi === undefined ? "" : ',"rssi":' + rssi
}

export function sensorText(sensor: SensorDriver): string {
    return (
        '{"part":"' +
        sensor.part +
        ('","address":' + sensor.address) +
        jsonText("identity", sensor.identity) +
        (',"errors":' + sensor.errors) +
        jsonText("lastError", sensor.lastError) +
        "}"
    )
}

/** A member of an object that is not its first. */
export function jsonText(name: string, value: string): string {
    return ',"' + name + '":"' + plain(value) + '"'
}

/** Text as it can stand in JSON: other characters than plain ASCII become "?". */
function plain(value: string): string {
    if (isPlainText(value)) return value
    let result = ""
    for (let i = 0; i < value.length; i++)
        result = result + (isPlainText(value[i]) ? value[i] : "?")
    return result
}
