/** Indoor climate: temperature, humidity, CO2 and light of a room, once a minute. */
import { BH1750 } from "../src/drivers/bh1750/driver.js"
import { SCD4x } from "../src/drivers/scd4x/driver.js"
import { SHT4x } from "../src/drivers/sht4x/driver.js"
import { openBus, startStation } from "../src/station/index.js"

const bus = openBus()

await startStation({
    app: "indoor-climate",
    intervalSeconds: 60,
    sensors: [new SHT4x(bus), new SCD4x(bus, { only: "co2" }), new BH1750(bus)],
})
