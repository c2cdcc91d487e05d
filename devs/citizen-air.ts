/**
 * Citizen air: particles, temperature, humidity and pressure; PM2.5 as measured and corrected for humidity.
 * docs/apps/citizen-air.md
 *
 * @devsHeap 64 KB
 */
import { CorrectedParticles } from "../src/derived/particles.js"
import { BME280 } from "../src/drivers/bme280/driver.js"
import { MB85RC256V } from "../src/drivers/mb85rc/driver.js"
import { PMSA003I } from "../src/drivers/pmsa003i/driver.js"
import {
    aggregate,
    blinkLight,
    channelOf,
    jsonEnvelope,
    openBus,
    remoteCommands,
    sealFrames,
    startStation,
    storeIn,
    usbService,
} from "../src/station/index.js"

const bus = openBus()
// The corrections were made for the masses that the part calls "standard", CF = 1.
const sensors = [new PMSA003I(bus, { standard: true }), new BME280(bus)]
const corrected = new CorrectedParticles(channelOf(sensors, "pm25"), channelOf(sensors, "humidity"))

await startStation({
    app: "citizen-air",
    intervalSeconds: 300,
    sensors: [...sensors, corrected],
    rows: aggregate("mean", 10),
    store: storeIn(new MB85RC256V(bus)),
    commands: remoteCommands,
    usb: usbService,
    identify: blinkLight(),
    seal: sealFrames,
    envelope: jsonEnvelope,
})
