/**
 * Harbour watch: a thermal array at a quay tells at once when something warm is in the water.
 * No life-saving system. docs/apps/harbour-watch.md
 *
 * @devsHeap 64 KB
 */
import { QuayWatch } from "../src/derived/quay-watch.js"
import { AMG8833 } from "../src/drivers/amg8833/driver.js"
import { MB85RC256V } from "../src/drivers/mb85rc/driver.js"
import {
    Alarm,
    Alarms,
    Setting,
    blinkLight,
    channelOf,
    jsonEnvelope,
    openBus,
    peaks,
    remoteCommands,
    sealFrames,
    startStation,
    storeIn,
    usbService,
    useSettings,
} from "../src/station/index.js"

const rows = new Setting("water-rows", "", 3, 1, 8) // Rows of the image, from the top, that show water.
const contrast = new Setting("contrast", "d°C", 20, 5, 100) // How much warmer than the water, in 0.1 °C.

const bus = openBus()
const array = new AMG8833(bus)
const quay = new QuayWatch(array, rows, contrast)
const alarms = new Alarms([new Alarm("in_water", channelOf([quay], "in_water"), { value: 1 })])

await startStation({
    app: "harbour-watch",
    intervalSeconds: 60,
    sensors: [array, quay, alarms],
    rows: peaks(500, ["in_water", "presence", "water_temperature", "thermal_max"]),
    settings: useSettings([rows, contrast]),
    store: storeIn(new MB85RC256V(bus)),
    commands: alarms.beside(remoteCommands),
    usb: usbService,
    identify: blinkLight(),
    seal: sealFrames,
    envelope: jsonEnvelope,
})
