/**
 * Indoor climate: temperature, humidity, CO2 and light of a room, once a minute, and on
 * the board's light whether to open a window. docs/apps/indoor-climate.md
 *
 * With the suitcase's FRAM board on the bus readings outlive power cuts; without
 * it they wait for the network in RAM.
 */
import { VentilationLight } from "../src/derived/ventilation-light.js"
import { BH1750 } from "../src/drivers/bh1750/driver.js"
import { MB85RC256V } from "../src/drivers/mb85rc/driver.js"
import { SCD4x } from "../src/drivers/scd4x/driver.js"
import { SHT4x } from "../src/drivers/sht4x/driver.js"
import {
    Setting,
    blinkLight,
    boardLight,
    channelOf,
    jsonEnvelope,
    openBus,
    remoteCommands,
    sealFrames,
    startStation,
    storeIn,
    usbService,
    useSettings,
} from "../src/station/index.js"

const air = new Setting("air", "ppm", 1000, 500, 5000) // CO2 from which on the light is yellow: open a window.
const stale = new Setting("stale", "ppm", 1500, 500, 5000) // CO2 from which on it is red.

const bus = openBus()
const sensors = [new SHT4x(bus), new SCD4x(bus, { only: "co2" }), new BH1750(bus)]
const light = boardLight()
const hint = new VentilationLight(light, channelOf(sensors, "co2"), air, stale)

await startStation({
    app: "indoor-climate",
    intervalSeconds: 60,
    sensors: [...sensors, hint],
    settings: useSettings([air, stale]),
    store: storeIn(new MB85RC256V(bus)),
    commands: remoteCommands,
    usb: usbService,
    identify: blinkLight(light),
    seal: sealFrames,
    envelope: jsonEnvelope,
})
