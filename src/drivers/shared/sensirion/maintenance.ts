import { I2C } from "@devicescript/i2c"
import { SensorDriver, wait } from "../driver.js"
import { giveBack, takeOver } from "../take-over.js"
import { SensirionDriver } from "./words.js"

/**
 * Base of what is done to a part now and then – tests, calibration – apart from its driver, so
 * that programs which only sample do not carry it. It talks to the part while the driver
 * rests. It has no channels: a station has no use for it.
 */
export abstract class SensirionMaintenance extends SensirionDriver {
    /** @param driver the driver of the part; its station may go on sampling it */
    constructor(
        bus: I2C,
        readonly driver: SensorDriver
    ) {
        super(driver.part, bus, driver.address, [])
    }

    protected override async setup(): Promise<void> {}

    protected override async measure(): Promise<void> {}

    /** Work on the part, while its driver rests. @throws what the work throws */
    protected async undisturbed(work: () => Promise<void>): Promise<void> {
        await takeOver(this.driver)
        try {
            await work()
        } finally {
            await giveBack(this.driver)
        }
    }

    /** Sends a command and waits until it has run. */
    protected async run(code: number, executionMs: number): Promise<void> {
        await this.command(code)
        await wait(executionMs)
    }
}
