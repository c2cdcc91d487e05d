import { I2C } from "@devicescript/i2c"
import { QUALITY_NOT_READY } from "../../core/quality.js"
import { SensorError, wait } from "../shared/driver.js"
import { SensirionMaintenance } from "../shared/sensirion/maintenance.js"
import { SCD4x } from "./driver.js"

// Datasheet "SCD4x", version 1.7 (April 2025)
const STOP = 0x3f86 // 3.6.3
const STOP_MS = 500
const RECALIBRATE = 0x362f // 3.8.1: perform_forced_recalibration
const RECALIBRATE_MS = 400
const RECALIBRATION_FAILED = 0xffff
const PERSIST = 0x3615 // 3.10.1: persist_settings
const PERSIST_MS = 800
const SELF_TEST = 0x3639 // 3.10.3: perform_self_test
const SELF_TEST_MS = 10_000
const FACTORY_RESET = 0x3632 // 3.10.4
const FACTORY_RESET_MS = 1200
const REINIT = 0x3646 // 3.10.5
const REINIT_MS = 30
const COMMAND_MS = 1
const VARIANT = 0x202f // 3.10.6
const SET_TARGET = 0x243a // 3.8.4: set_automatic_self_calibration_target
const GET_TARGET = 0x233f // 3.8.5

/** Bits 15 to 12 of the variant. */
const VARIANTS = ["SCD40", "SCD41", "SCD42", "", "", "SCD43"]

/**
 * Calibration, tests and stored settings of an SCD40 or SCD41, apart from its driver: a program
 * that only samples does not carry them. Each command stops the part and starts it again, which
 * costs a station the samples of that time and of the 5 s (low power: 30 s) after it.
 *
 * All of them throw SensorError for a wrong checksum, and the bus's own error when the part
 * does not take the command.
 */
export class SCD4xCalibration extends SensirionMaintenance {
    /** Writes of the part's EEPROM since boot. It stands at least 2000 in all (section 3.10.1). */
    eepromWrites = 0
    private readonly sensor: SCD4x

    constructor(bus: I2C, driver: SCD4x) {
        super(bus, driver)
        this.sensor = driver
    }

    /**
     * Makes the part show this concentration for the air of now. Let it measure for at least
     * 3 min before, in the mode of later on, in air of the same concentration all the time; on
     * demand: four times at least, once a minute.
     * @param ppm what a reference shows, 400 … 5000
     * @returns the correction in ppm, −32,768 … 32,766
     * @throws RangeError for other concentrations
     * @throws SensorError when it has not measured for as long, or the part says that it failed
     */
    async recalibrate(ppm: number): Promise<number> {
        if (!(ppm >= 400 && ppm <= 5000 && Math.floor(ppm) === ppm))
            throw new RangeError("SCD4x: recalibration takes 400 to 5000 ppm, got " + ppm)
        if (!this.sensor.canRecalibrate())
            throw new SensorError(
                QUALITY_NOT_READY,
                "SCD4x: not recalibrated, it must measure for 3 min before"
            )
        const self = this
        let word = RECALIBRATION_FAILED
        await this.atRest(async () => {
            await self.commandWord(RECALIBRATE, ppm)
            await wait(RECALIBRATE_MS)
            await self.readWords(1)
            word = self.words[0]
        })
        if (word === RECALIBRATION_FAILED)
            throw new SensorError(
                QUALITY_NOT_READY,
                "SCD4x: recalibration failed, the part had not measured before it"
            )
        return word - 0x8000
    }

    /**
     * Concentration that self-calibration takes for the lowest of a week, ppm; 400 from the
     * factory. It lasts until the part loses its power, unless {@link persist} is called.
     * @param ppm 400 … 2000
     * @throws RangeError for other concentrations
     * @throws SensorError when the part does not keep it
     */
    async setSelfCalibrationTarget(ppm: number): Promise<void> {
        if (!(ppm >= 400 && ppm <= 2000 && Math.floor(ppm) === ppm))
            throw new RangeError("SCD4x: self-calibration takes 400 to 2000 ppm, got " + ppm)
        const self = this
        await this.atRest(async () => {
            await self.commandWord(SET_TARGET, ppm)
            await wait(COMMAND_MS)
            if ((await self.ask(GET_TARGET, COMMAND_MS)) !== ppm)
                throw new SensorError(QUALITY_NOT_READY, "SCD4x: does not keep its settings")
        })
    }

    /**
     * Stores offset, altitude and self-calibration as they are now, forever. Only after a change:
     * the EEPROM wears out, see {@link eepromWrites}.
     */
    async persist(): Promise<void> {
        this.eepromWrites++
        await this.perform(PERSIST, PERSIST_MS)
    }

    /** Takes 10.5 s. @returns 0 when nothing is wrong, else the part's code */
    async selfTest(): Promise<number> {
        return await this.askAtRest(SELF_TEST, SELF_TEST_MS)
    }

    /** Forgets stored settings and all calibration; the driver writes its own settings again. */
    async factoryReset(): Promise<void> {
        this.eepromWrites++
        await this.perform(FACTORY_RESET, FACTORY_RESET_MS)
    }

    /** Loads the stored settings; the driver writes its own ones after that. */
    async reinit(): Promise<void> {
        await this.perform(REINIT, REINIT_MS)
    }

    /** @returns "SCD40", "SCD41" … or "unknown (<number>)" */
    async variant(): Promise<string> {
        const kind = (await this.askAtRest(VARIANT, COMMAND_MS)) >> 12
        const name = VARIANTS[kind]
        return name === undefined || name === "" ? "unknown (" + kind + ")" : name
    }

    private async perform(code: number, executionMs: number): Promise<void> {
        const self = this
        await this.atRest(async () => {
            await self.run(code, executionMs)
        })
    }

    private async askAtRest(code: number, executionMs: number): Promise<number> {
        const self = this
        let word = 0
        await this.atRest(async () => {
            word = await self.ask(code, executionMs)
        })
        return word
    }

    /** Work on the part while it does not measure. */
    private async atRest(work: () => Promise<void>): Promise<void> {
        const self = this
        await this.undisturbed(async () => {
            await self.sensor.awaken()
            await self.run(STOP, STOP_MS)
            await work()
        })
    }
}
