/**
 * Water level: how high a stream or harbour stands above a datum, how fast it rises, alarms.
 * docs/apps/water-level.md
 *
 * @devsHeap 64 KB
 */
import { WaterLevel } from "../src/derived/water-level.js"
import { ADS1115 } from "../src/drivers/ads1115/driver.js"
import { MB85RC256V } from "../src/drivers/mb85rc/driver.js"
import { LevelProbe } from "../src/drivers/shared/voltage/level-probe.js"
import {
    Alarm,
    Alarms,
    Setting,
    aggregate,
    blinkLight,
    channelOf,
    jsonEnvelope,
    onChange,
    openBus,
    remoteCommands,
    sealFrames,
    startStation,
    storeIn,
    usbService,
    useSettings,
} from "../src/station/index.js"

const zero = new Setting("zero", "mm", 0, -20000, 20000) // Height of the sensor above the datum; below it is negative.
const alarmHigh = new Setting("alarm-high", "mm", 2200, -20000, 20000) // Alarm "high" from this level above the datum on.
const alarmRise = new Setting("alarm-rise", "mm/h", 600, 10, 20000) // Alarm "rising" from this rate on.

const bus = openBus()
const probe = new LevelProbe({ shuntMilliohms: 100000, rangeMillimetres: 5000 })
const sensors = [new ADS1115(bus, { inputs: [{ pins: "a0", as: probe }] })]
const level = new WaterLevel(sensors, zero)
const alarms = new Alarms([
    new Alarm("high", channelOf([level], "water_level"), alarmHigh, { hysteresis: 50 }),
    new Alarm("rising", channelOf([level], "rise"), alarmRise, { hysteresis: 200, sightings: 5 }),
])

await startStation({
    app: "water-level",
    intervalSeconds: 60,
    sensors: [...sensors, level, alarms],
    rows: aggregate("median", 5),
    pace: onChange({ deadbands: { water_level: 15 }, heartbeatSeconds: 600, slowSeconds: 480 }),
    settings: useSettings([zero, alarmHigh, alarmRise]),
    store: storeIn(new MB85RC256V(bus)),
    commands: alarms.beside(remoteCommands),
    usb: usbService,
    identify: blinkLight(),
    seal: sealFrames,
    envelope: jsonEnvelope,
})
