/**
 * Street noise: LAeq and LAmax of each minute, and passages of trams.
 * docs/apps/street-noise.md
 */
import { LoudPassages } from "../src/derived/loud-passages.js"
import { ADS1115 } from "../src/drivers/ads1115/driver.js"
import { MB85RC256V } from "../src/drivers/mb85rc/driver.js"
import { SoundMeter } from "../src/drivers/shared/voltage/sound-meter.js"
import {
    Setting,
    blinkLight,
    channelOf,
    jsonEnvelope,
    openBus,
    remoteCommands,
    sealFrames,
    soundLevels,
    startStation,
    storeIn,
    usbService,
    useSettings,
} from "../src/station/index.js"

const tram = new Setting("tram", "dB", 74, 40, 120) // Level that a passing tram exceeds here, and little else.

const bus = openBus()
const input = { pins: "a0" as const, as: new SoundMeter(), fullScaleMillivolts: 4096 }
const sensors = [new ADS1115(bus, { inputs: [input] })]
const trams = new LoudPassages(channelOf(sensors, "sound_level"), tram)

await startStation({
    app: "street-noise",
    intervalSeconds: 60,
    sensors: [...sensors, trams],
    rows: soundLevels(1000),
    settings: useSettings([tram]),
    store: storeIn(new MB85RC256V(bus)),
    commands: remoteCommands,
    usb: usbService,
    identify: blinkLight(),
    seal: sealFrames,
    envelope: jsonEnvelope,
})
