/**
 * Citizen air: particles, temperature, humidity and pressure; PM2.5 as measured and corrected for humidity: by two
 * published formulas, and by the correction that its city puts onto it.
 * docs/apps/citizen-air.md
 *
 * @devsHeap 64 KB
 */
import { CorrectedByHumidity } from "../src/derived/by-humidity.js"
import { CorrectedParticles } from "../src/derived/particles.js"
import { BME280 } from "../src/drivers/bme280/driver.js"
import { MB85RC256V } from "../src/drivers/mb85rc/driver.js"
import { PMSA003I } from "../src/drivers/pmsa003i/driver.js"
import {
    aggregate,
    blinkLight,
    calibrations,
    channelOf,
    jsonEnvelope,
    openBus,
    remoteCommands,
    sealFrames,
    startStation,
    storeIn,
} from "../src/station/index.js"

const bus = openBus()
// The corrections were made for the masses that the part calls "standard", CF = 1.
const sensors = [new PMSA003I(bus, { standard: true }), new BME280(bus)]
const mass = channelOf(sensors, "pm25")
const humidity = channelOf(sensors, "humidity")
const calibration = calibrations()
const corrected = [
    new CorrectedParticles(mass, humidity),
    new CorrectedByHumidity(mass, humidity, calibration),
]

await startStation({
    app: "citizen-air",
    intervalSeconds: 300,
    sensors: [...sensors, ...corrected],
    rows: aggregate("mean", 10),
    store: storeIn(new MB85RC256V(bus)),
    commands: remoteCommands,
    calibration,
    identify: blinkLight(),
    seal: sealFrames,
    envelope: jsonEnvelope,
})
