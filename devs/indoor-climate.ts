/**
 * Indoor climate: temperature, humidity, CO2 and light of a room, once a minute.
 * With the suitcase's FRAM board on the bus readings outlive power cuts; without
 * it they wait for the network in RAM.
 */
import { BH1750 } from "../src/drivers/bh1750/driver.js"
import { MB85RC256V } from "../src/drivers/mb85rc/driver.js"
import { SCD4x } from "../src/drivers/scd4x/driver.js"
import { SHT4x } from "../src/drivers/sht4x/driver.js"
import {
    blinkLight,
    jsonEnvelope,
    openBus,
    remoteCommands,
    sealFrames,
    startStation,
    storeIn,
    usbService,
} from "../src/station/index.js"

const bus = openBus()

await startStation({
    app: "indoor-climate",
    intervalSeconds: 60,
    sensors: [new SHT4x(bus), new SCD4x(bus, { only: "co2" }), new BH1750(bus)],
    store: storeIn(new MB85RC256V(bus)),
    commands: remoteCommands,
    usb: usbService,
    identify: blinkLight(),
    seal: sealFrames,
    envelope: jsonEnvelope,
})
