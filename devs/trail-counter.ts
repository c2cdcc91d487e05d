/**
 * Trail counter: how many cyclists or walkers pass in each quarter of an hour.
 * docs/apps/trail-counter.md
 */
import { Passages } from "../src/derived/passages.js"
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

const perPassage = new Setting("pulses-per-passage", "", 1, 1, 20) // Pulses that one passage gives: a bicycle on a tube gives 2.

const bus = openBus()
const sensors = [new PCF8593(bus)]
const passages = new Passages(channelOf(sensors, "count"), perPassage)

await startStation({
    app: "trail-counter",
    intervalSeconds: 900,
    sensors: [...sensors, passages],
    rows: columns(["count", "passages", "passages_total"]),
    settings: useSettings([perPassage]),
    store: storeIn(new MB85RC256V(bus)),
    commands: remoteCommands,
    usb: usbService,
    identify: blinkLight(),
    seal: sealFrames,
    envelope: jsonEnvelope,
})
