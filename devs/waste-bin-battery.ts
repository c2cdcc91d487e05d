/**
 * Waste bin on a battery: as waste-bin, and deeply asleep between rows. For boards of the ESP32
 * family, with the FRAM and the clock part. docs/apps/waste-bin-battery.md
 *
 * @devsHeap 64 KB
 */
import { FillLevel } from "../src/derived/fill-level.js"
import { DS3231 } from "../src/drivers/ds3231/driver.js"
import { LIS3DH } from "../src/drivers/lis3dh/driver.js"
import { MAX17048 } from "../src/drivers/max17048/driver.js"
import { MB85RC256V } from "../src/drivers/mb85rc/driver.js"
import { SHT4x } from "../src/drivers/sht4x/driver.js"
import { VL53L1X } from "../src/drivers/vl53l1x/driver.js"
import {
    Alarm,
    Alarms,
    DeepSleep,
    SLEEP_BYTES,
    Setting,
    blinkLight,
    boardLight,
    channelOf,
    columns,
    jsonEnvelope,
    keepTimeIn,
    openBus,
    remoteCommands,
    sealFrames,
    startStation,
    storeIn,
    usbService,
    useSettings,
} from "../src/station/index.js"

const empty = new Setting("empty", "mm", 1000, 100, 4000) // From the sensor to the bottom of the empty bin.
const full = new Setting("full", "mm", 200, 40, 3900) // From the sensor to the waste when the bin counts as full.
const alarmLevel = new Setting("alarm-level", "%", 85, 10, 100) // Alarm "full" from this level on.
const alarmTilt = new Setting("alarm-tilt", "°", 45, 10, 170) // Alarm "tipped" from this angle on.
const alarmHeat = new Setting("alarm-heat", "°C", 60, 30, 120) // Alarm "fire" from this temperature on.
const reportRows = new Setting("report-rows", "", 6, 0, 144) // Rows from one report to the next; 0: the node stays up.

const bus = openBus()
const sensors = [new VL53L1X(bus), new LIS3DH(bus), new SHT4x(bus), new MAX17048(bus)]
const level = new FillLevel(channelOf(sensors, "distance"), empty, full, {
    tilt: channelOf(sensors, "tilt"),
    limit: alarmTilt,
})
const watched = [
    new Alarm("full", channelOf([level], "fill_level"), alarmLevel, {
        steps: 10,
        hysteresis: 100,
        sightings: 1,
    }),
    new Alarm("tipped", channelOf(sensors, "tilt"), alarmTilt, { steps: 10, hysteresis: 100 }),
    new Alarm("fire", channelOf(sensors, "temperature"), alarmHeat, {
        steps: 100,
        hysteresis: 500,
        sightings: 1,
    }),
]
const alarms = new Alarms(watched)
const light = boardLight()
const memory = new MB85RC256V(bus)
const sleeper = new DeepSleep(light, memory, { reportRows, alarms: watched, states: [level] })

await startStation({
    app: "waste-bin-battery",
    intervalSeconds: 600,
    sensors: [...sensors, level, alarms],
    rows: columns([
        "distance",
        "tilt",
        "temperature",
        "battery_level",
        "fill_level",
        "emptied",
        "time_to_full",
    ]),
    settings: useSettings([empty, full, alarmLevel, alarmTilt, alarmHeat, reportRows]),
    // Little RAM for frames while the part fails: each sleep loses it.
    store: storeIn(memory, 700, SLEEP_BYTES),
    clock: sleeper.keepsTime(keepTimeIn(new DS3231(bus))),
    commands: sleeper.beside(alarms.beside(remoteCommands)),
    usb: usbService,
    identify: blinkLight(light),
    seal: sealFrames,
    envelope: jsonEnvelope,
})
