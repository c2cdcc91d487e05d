/**
 * Green area: does it need water? Soil moisture and temperature, rain, light.
 * docs/apps/green-area.md
 */
import { TippedRain } from "../src/derived/rain.js"
import { ADS1115 } from "../src/drivers/ads1115/driver.js"
import { DS2482 } from "../src/drivers/ds2482/driver.js"
import { MB85RC256V } from "../src/drivers/mb85rc/driver.js"
import { PCF8593 } from "../src/drivers/pcf8593/driver.js"
import { SoilProbe } from "../src/drivers/shared/voltage/soil-probe.js"
import { VEML7700 } from "../src/drivers/veml7700/driver.js"
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

const bucket = new Setting("bucket", "µm", 279, 50, 2000) // Rain of one tip of the bucket.
const alarmDry = new Setting("alarm-dry", "%", 20, 1, 90) // Alarm "dry" from this soil moisture down.

const bus = openBus()
const soil = new SoilProbe({ dryMillivolts: 2600, wetMillivolts: 1100 })
const sensors = [
    new ADS1115(bus, { inputs: [{ pins: "a0", as: soil }] }),
    new DS2482(bus, { prefix: "soil_" }),
    new PCF8593(bus),
    new VEML7700(bus),
]
const rain = new TippedRain(channelOf(sensors, "count"), bucket)
const alarms = new Alarms([
    new Alarm("dry", channelOf(sensors, "soil_moisture"), alarmDry, {
        steps: 10,
        isBelow: true,
        hysteresis: 100,
        sightings: 4,
    }),
])

await startStation({
    app: "green-area",
    intervalSeconds: 900,
    sensors: [...sensors, rain, alarms],
    rows: columns(["soil_moisture", "soil_temperature", "precipitation", "illuminance"]),
    settings: useSettings([bucket, alarmDry]),
    store: storeIn(new MB85RC256V(bus)),
    commands: alarms.beside(remoteCommands),
    usb: usbService,
    identify: blinkLight(),
    seal: sealFrames,
    envelope: jsonEnvelope,
})
