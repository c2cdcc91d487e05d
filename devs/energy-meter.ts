/**
 * Energy meter: what a building takes, by the pulses of its meter (S0), and whether it is lit.
 * docs/apps/energy-meter.md
 */
import { PulseEnergy } from "../src/derived/energy.js"
import { BH1750 } from "../src/drivers/bh1750/driver.js"
import { MB85RC256V } from "../src/drivers/mb85rc/driver.js"
import { PCF8593 } from "../src/drivers/pcf8593/driver.js"
import {
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

const perKwh = new Setting("pulses-per-kwh", "", 1000, 1, 100000) // As printed on the meter: imp/kWh.

const bus = openBus()
const sensors = [new PCF8593(bus), new BH1750(bus)]
const energy = new PulseEnergy(channelOf(sensors, "count"), perKwh)

await startStation({
    app: "energy-meter",
    intervalSeconds: 300,
    sensors: [...sensors, energy],
    rows: columns(["count", "illuminance", "energy", "mean_power"]),
    settings: useSettings([perKwh]),
    store: storeIn(new MB85RC256V(bus)),
    commands: remoteCommands,
    usb: usbService,
    identify: blinkLight(),
    seal: sealFrames,
    envelope: jsonEnvelope,
})
