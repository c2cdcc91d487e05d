import { I2C } from "@devicescript/i2c"
import { PROCEDURE_CLEAN_FAN } from "../../../core/protocol/procedures.js"
import { QUALITY_NOT_READY } from "../../../core/quality.js"
import { SensorError } from "../driver.js"
import { PartProcedures } from "../procedures.js"
import { SensirionMaintenance } from "./maintenance.js"
import { ParticleDriver } from "./particles.js"

// "SPS30", version 2.0 (June 2023), 6.3.7; "SEN5x", version 2 (March 2022), 6.1.8
const CLEAN_FAN = 0x5607
/** At full speed for 10 s; then measurements come again each second. */
const CLEANING_MS = 11_500

/** Fan cleaning of an SPS30 or SEN5x on demand, apart from its driver. The part does it once a week of measuring by itself. */
export class ParticleFan extends SensirionMaintenance implements PartProcedures {
    readonly procedures = 1 << PROCEDURE_CLEAN_FAN
    private readonly sensor: ParticleDriver

    constructor(bus: I2C, driver: ParticleDriver) {
        super(bus, driver)
        this.sensor = driver
    }

    /** @returns 0; what the part says of its fan afterwards is in its readings */
    async carryOut(): Promise<number> {
        if (!this.sensor.isStarted)
            throw new SensorError(QUALITY_NOT_READY, this.part + ": it does not measure")
        const self = this
        await this.undisturbed(async () => {
            await self.run(CLEAN_FAN, CLEANING_MS)
        })
        return 0
    }
}
