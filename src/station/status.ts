import * as ds from "@devicescript/core"
import { Station } from "./station.js"

/**
 * The status record of a node as JSON text, ASCII. Times in ms, counts since boot.
 * @param acknowledged frames that the broker has
 */
export function statusText(station: Station, acknowledged: number): string {
    const recorder = station.recorder
    let sensors = ""
    for (const sensor of station.options.sensors) {
        if (sensors !== "") sensors = sensors + ","
        sensors =
            sensors +
            '{"part":"' +
            sensor.part +
            '","address":' +
            sensor.address +
            ',"errors":' +
            sensor.errors +
            ',"lastError":"' +
            plain(sensor.lastError) +
            '"}'
    }
    return (
        '{"v":1,"app":"' +
        station.options.app +
        '","boot":' +
        recorder.boot +
        ',"schema":' +
        station.schemaId +
        ',"uptime":' +
        ds.millis() +
        ',"rows":' +
        recorder.rows +
        ',"readings":' +
        recorder.readings +
        ',"gaps":' +
        recorder.gaps +
        ',"frames":' +
        recorder.frames +
        ',"acked":' +
        acknowledged +
        ',"queued":' +
        (recorder.outbox.nextSerial - recorder.outbox.firstSerial) +
        ',"dropped":' +
        recorder.outbox.dropped +
        ',"epoch":' +
        station.clock.epoch +
        ',"sensors":[' +
        sensors +
        "]}"
    )
}

/** Text as it can stand in JSON: other characters than plain ASCII become "?". */
function plain(text: string): string {
    let result = ""
    for (let i = 0; i < text.length; i++) {
        const code = text.charCodeAt(i)
        const isPlain = code >= 0x20 && code < 0x7f && code !== 0x22 && code !== 0x5c
        result = result + (isPlain ? text[i] : "?")
    }
    return result
}
