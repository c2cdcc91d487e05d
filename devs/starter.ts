/** The smallest program: temperature and humidity, once a minute. docs/apps/starter.md */
import { SHT4x } from "../src/drivers/sht4x/driver.js"
import { openBus, remoteCommands, startStation } from "../src/station/index.js"

await startStation({
    app: "starter",
    intervalSeconds: 60,
    sensors: [new SHT4x(openBus())],
    commands: remoteCommands,
})
