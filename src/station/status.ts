import * as ds from "@devicescript/core"
import { isPlainText } from "../core/text.js"
import { Uplink } from "../uplink/uplink.js"
import { FIRMWARE_VERSION } from "./version.js"
import { Station } from "./station.js"

/**
 * The status record of a node as JSON text, ASCII; docs/mqtt.md lists its
 * fields. Times in ms, counts since boot.
 */
export async function statusText(station: Station, uplink: Uplink): Promise<string> {
    const recorder = station.recorder
    const sinks = station.sinks
    const outbox = sinks.outbox
    const signal = await signalStrength()
    // The brackets keep the number of long texts on the way to the whole one down.
    return (
        '{"v":2,"app":"' +
        station.options.app +
        '","version":"' +
        FIRMWARE_VERSION +
        ('","boot":' + recorder.boot) +
        (',"schema":' + station.schemaId) +
        (',"uptime":' + ds.millis()) +
        (',"epoch":' + station.clock.epoch()) +
        text("reset", sinks.store === undefined ? "unknown" : sinks.store.resetCause) +
        text("settings", sinks.settingsHealth) +
        (sinks.held === "" ? "" : text("held", sinks.held)) +
        (',"intervalSeconds":' + station.intervalSeconds()) +
        (',"rows":' + recorder.rows) +
        (',"readings":' + recorder.readings) +
        (',"gaps":' + recorder.gaps) +
        (',"frames":' + recorder.frames) +
        (',"acked":' + uplink.acknowledged) +
        (',"queued":' + (outbox.nextSerial - outbox.firstSerial)) +
        (',"queuedBytes":' + outbox.used) +
        (',"capacity":' + outbox.capacity) +
        (',"dropped":' + outbox.dropped) +
        (',"connects":' + uplink.client.connects) +
        (',"resent":' + uplink.client.resent) +
        (',"errors":' + station.errors) +
        signal +
        (sinks.store === undefined ? "" : ',"store":' + sinks.store.statusText()) +
        ',"sensors":[' +
        sensors(station) +
        "]}"
    )
}

function text(name: string, value: string): string {
    return ',"' + name + '":"' + plain(value) + '"'
}

const wifi = new ds.Wifi()

/** dBm, where the board has Wi-Fi; the Pico W's figure is made up by its firmware. */
async function signalStrength(): Promise<string> {
    // Reading a register of a service that is not there would wait for ever.
    if (!wifi.isBound) return ""
    const rssi = await wifi.reading.read()
    return rssi === undefined ? "" : ',"rssi":' + rssi
}

function sensors(station: Station): string {
    let list = ""
    for (const sensor of station.options.sensors) {
        if (list !== "") list = list + ","
        list =
            list +
            '{"part":"' +
            sensor.part +
            '"' +
            (',"address":' + sensor.address) +
            text("identity", sensor.identity) +
            (',"errors":' + sensor.errors) +
            text("lastError", sensor.lastError) +
            "}"
    }
    return list
}

/** Text as it can stand in JSON: other characters than plain ASCII become "?". */
function plain(value: string): string {
    if (isPlainText(value)) return value
    let result = ""
    for (let i = 0; i < value.length; i++)
        result = result + (isPlainText(value[i]) ? value[i] : "?")
    return result
}
