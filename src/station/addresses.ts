import { SensorDriver } from "../drivers/shared/driver.js"
import { StationStore } from "./station-store.js"

/**
 * Two parts at one address would both answer, and neither could be read.
 *
 * @param store undefined without
 * @throws RangeError naming the parts and the address
 */
export function refuseAddressClashes(sensors: SensorDriver[], store: StationStore): void {
    const names: string[] = []
    const addresses: number[] = []
    if (store !== undefined) {
        names.push(store.part.name)
        addresses.push(store.part.address)
    }
    for (const sensor of sensors) {
        // Not on the I2C bus.
        if (sensor.address === 0) continue
        for (let i = 0; i < addresses.length; i++)
            if (addresses[i] === sensor.address)
                throw new RangeError(
                    names[i] +
                        " and " +
                        sensor.part +
                        " both have the I2C address 0x" +
                        Buffer.from([sensor.address]).toString("hex") +
                        ": give one of them another one (option address), or leave it out"
                )
        names.push(sensor.part)
        addresses.push(sensor.address)
    }
}
