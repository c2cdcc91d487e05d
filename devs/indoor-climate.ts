/** Indoor climate: temperature, humidity, CO2 and light of a room, once a minute. */
import { SHT4x } from "../src/drivers/sht4x/driver.js"
import { openBus, startStation } from "../src/station/index.js"

const bus = openBus()

await startStation({
    app: "indoor-climate",
    intervalSeconds: 60,
    sensors: [new SHT4x(bus)],
})
