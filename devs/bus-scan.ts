/**
 * What is on the I2C bus? Lists the addresses at which something answers, and which
 * parts of the suitcase can have them, every ten seconds on the console.
 */
import { KNOWN_ADDRESSES } from "../src/drivers/shared/known-addresses.js"
import { openBus } from "../src/station/index.js"
import { scanBus } from "../src/station/scan.js"
import { sleep } from "../src/scheduler/scheduler.js"

const bus = openBus()

function nameOf(address: number): string {
    let name = "unknown part"
    for (const known of KNOWN_ADDRESSES) if (known.address === address) name = known.names
    return name
}

for (;;) {
    const found = await scanBus(bus)
    console.log("I2C bus: parts at " + found.length + " addresses")
    for (const address of found)
        console.log("0x" + Buffer.from([address]).toString("hex") + " " + nameOf(address))
    await sleep(10000)
}
