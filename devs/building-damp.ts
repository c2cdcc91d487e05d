/**
 * Building damp: temperature, humidity, dew point, and the hours in which mould could grow.
 * docs/apps/building-damp.md
 */
import { DewPoint } from "../src/derived/dew-point.js"
import { MouldHours } from "../src/derived/mould.js"
import { MB85RC256V } from "../src/drivers/mb85rc/driver.js"
import { SHT4x } from "../src/drivers/sht4x/driver.js"
import {
    Alarm,
    Alarms,
    Setting,
    blinkLight,
    channelOf,
    columns,
    jsonEnvelope,
    openBus,
    remoteCommands,
    sealFrames,
    startStation,
    storeIn,
    usbService,
    useSettings,
} from "../src/station/index.js"

const mould = new Setting("mould", "%RH", 80, 60, 95) // Humidity from which on mould can grow.
const alarmDamp = new Setting("alarm-damp", "%RH", 85, 50, 99) // Alarm "damp" from this humidity on.

const bus = openBus()
const sensors = [new SHT4x(bus)]
const temperature = channelOf(sensors, "temperature")
const humidity = channelOf(sensors, "humidity")
const alarms = new Alarms([
    new Alarm("damp", humidity, alarmDamp, { steps: 100, hysteresis: 500, sightings: 6 }),
])

await startStation({
    app: "building-damp",
    intervalSeconds: 600,
    sensors: [
        ...sensors,
        new DewPoint(temperature, humidity),
        new MouldHours(temperature, humidity, mould),
        alarms,
    ],
    rows: columns(["temperature", "humidity", "dew_point", "mould_hours"]),
    settings: useSettings([mould, alarmDamp]),
    store: storeIn(new MB85RC256V(bus)),
    commands: alarms.beside(remoteCommands),
    usb: usbService,
    identify: blinkLight(),
    seal: sealFrames,
    envelope: jsonEnvelope,
})
