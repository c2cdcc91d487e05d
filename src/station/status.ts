import * as ds from "@devicescript/core"
import { Station } from "./station.js"

/** The status record of a node as JSON text, ASCII. Times in ms, counts since boot. */
export function statusText(station: Station): string {
    let sensors = ""
    for (const sensor of station.sensors) {
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
            sensor.lastError +
            '"}'
    }
    return (
        '{"v":1,"app":"' +
        station.options.app +
        '","boot":' +
        station.boot +
        ',"schema":' +
        station.schemaId +
        ',"uptime":' +
        ds.millis() +
        ',"rows":' +
        station.rows +
        ',"readings":' +
        station.readings +
        ',"gaps":' +
        station.gaps +
        ',"frames":' +
        station.frames +
        ',"acked":' +
        station.uplink.acknowledged +
        ',"queued":' +
        station.outbox.frames +
        ',"dropped":' +
        station.outbox.dropped +
        ',"epoch":' +
        station.clock.epoch +
        ',"sensors":[' +
        sensors +
        "]}"
    )
}
