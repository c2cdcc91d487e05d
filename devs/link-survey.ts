/**
 * Link survey: would the network carry nodes here? Whether the broker is within reach, place by place.
 * docs/apps/link-survey.md
 */
import { MB85RC256V } from "../src/drivers/mb85rc/driver.js"
import {
    LinkSurvey,
    blinkLight,
    boardLight,
    jsonEnvelope,
    openBus,
    remoteCommands,
    sealFrames,
    startStation,
    storeIn,
    usbService,
} from "../src/station/index.js"

const light = boardLight()
const survey = new LinkSurvey(light)

await startStation({
    app: "link-survey",
    intervalSeconds: 10,
    reportSeconds: 30,
    sensors: [survey],
    store: storeIn(new MB85RC256V(openBus())),
    commands: survey.beside(remoteCommands),
    usb: usbService,
    identify: blinkLight(light),
    seal: sealFrames,
    envelope: jsonEnvelope,
})
