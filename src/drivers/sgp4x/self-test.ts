import { I2C } from "@devicescript/i2c"
import { SensirionMaintenance } from "../shared/sensirion/maintenance.js"
import { SGP4x } from "./driver.js"

// Datasheets "SGP40", version 1.2 (February 2022), and "SGP41", version 1.0 (December 2021)
const SELF_TEST = 0x280e
const SELF_TEST_MS = 320
const SGP40_PASSED = 0xd400
const SGP41_VOC_FAILED = 1
const SGP41_NOX_FAILED = 2

/** The self test of an SGP40 or SGP41: heater and gas sensitive layer. */
export class SGP4xSelfTest extends SensirionMaintenance {
    constructor(bus: I2C, driver: SGP4x) {
        super(bus, driver)
    }

    /**
     * Tests for 0.32 s; samples of that time are skipped.
     * @returns what failed, in words; "" when nothing did
     * @throws the bus's error, or SensorError for a wrong checksum
     */
    async test(): Promise<string> {
        let result = 0
        const self = this
        await this.undisturbed(async () => {
            result = await self.ask(SELF_TEST, SELF_TEST_MS)
        })
        if (this.driver.channels.length === 1)
            return result === SGP40_PASSED ? "" : "heater or VOC pixel"
        const hasVoc = (result & SGP41_VOC_FAILED) !== 0
        const hasNox = (result & SGP41_NOX_FAILED) !== 0
        if (hasVoc && hasNox) return "VOC and NOx pixel"
        if (hasVoc) return "VOC pixel"
        return hasNox ? "NOx pixel" : ""
    }
}
