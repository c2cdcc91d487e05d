import { I2C } from "@devicescript/i2c"
import {
    ARGUMENT_LOOK,
    PROCEDURE_ALTITUDE,
    PROCEDURE_PRESSURE,
    PROCEDURE_RECALIBRATE,
    PROCEDURE_SELF_CALIBRATION,
    PROCEDURE_STORE,
    PROCEDURE_TEMPERATURE_OFFSET,
} from "../../core/protocol/procedures.js"
import { QUALITY_NOT_READY } from "../../core/quality.js"
import { SensorError, wait } from "../shared/driver.js"
import { PartProcedures, checkSetting } from "../shared/procedures.js"
import { SensirionMaintenance } from "../shared/sensirion/maintenance.js"
import { scd4xOffset, scd4xOffsetWord } from "./conversion.js"
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
const SET_OFFSET = 0x241d // 3.7.1
const GET_OFFSET = 0x2318 // 3.7.2
const SET_ALTITUDE = 0x2427 // 3.7.3
const GET_ALTITUDE = 0x2322 // 3.7.4
const PRESSURE = 0xe000 // 3.7.5, 3.7.6: to write and to read
const SET_SELF_CALIBRATION = 0x2416 // 3.8.2
const GET_SELF_CALIBRATION = 0x2313 // 3.8.3
const SET_TARGET = 0x243a // 3.8.4: set_automatic_self_calibration_target
const GET_TARGET = 0x233f // 3.8.5

/** A program that goes wild must not wear the EEPROM out. */
const MOST_STORES = 20

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
export class SCD4xCalibration extends SensirionMaintenance implements PartProcedures {
    readonly procedures =
        (1 << PROCEDURE_RECALIBRATE) |
        (1 << PROCEDURE_SELF_CALIBRATION) |
        (1 << PROCEDURE_TEMPERATURE_OFFSET) |
        (1 << PROCEDURE_ALTITUDE) |
        (1 << PROCEDURE_PRESSURE) |
        (1 << PROCEDURE_STORE)
    /** Writes of the part's EEPROM since boot. It stands at least 2000 in all (section 3.10.1). */
    eepromWrites = 0
    private readonly sensor: SCD4x
    /** Since the part's EEPROM was written. */
    private isChanged = false

    constructor(bus: I2C, driver: SCD4x) {
        super(bus, driver)
        this.sensor = driver
    }

    /**
     * See PartProcedures. Recalibrating gives the correction in ppm; the offset is in 0.01 °C; the
     * pressure lasts until the node starts again; storing gives {@link eepromWrites}.
     */
    async carryOut(procedure: number, argument: number): Promise<number> {
        const { driver } = this
        const { altitude, temperatureOffset, selfCalibration } = this.sensor.options
        if (procedure === PROCEDURE_RECALIBRATE) return await this.recalibrate(argument)
        if (procedure === PROCEDURE_STORE) return await this.store()
        if (procedure === PROCEDURE_PRESSURE) {
            // The driver gives it to the part again whenever it sets that up.
            if (argument !== ARGUMENT_LOOK) this.sensor.setPressure(argument)
            return await this.setting(PRESSURE, PRESSURE, argument)
        }
        if (procedure === PROCEDURE_ALTITUDE) {
            checkSetting(driver, "altitude", altitude, argument, 3000)
            return await this.setting(SET_ALTITUDE, GET_ALTITUDE, argument)
        }
        if (procedure === PROCEDURE_SELF_CALIBRATION) {
            checkSetting(driver, "selfCalibration", selfCalibration, argument, 1)
            return await this.setting(SET_SELF_CALIBRATION, GET_SELF_CALIBRATION, argument)
        }
        const isSet = checkSetting(driver, "temperatureOffset", temperatureOffset, argument, 2000)
        const word = isSet ? scd4xOffsetWord(argument) : argument
        return scd4xOffset(await this.setting(SET_OFFSET, GET_OFFSET, word))
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
        await this.setting(SET_TARGET, GET_TARGET, ppm)
    }

    /**
     * Stores offset, altitude and self-calibration as they are now, forever. Only after a change:
     * the EEPROM wears out, see {@link eepromWrites}.
     */
    async persist(): Promise<void> {
        this.eepromWrites++
        this.isChanged = false
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

    private async store(): Promise<number> {
        if (!this.isChanged || this.eepromWrites >= MOST_STORES)
            throw new SensorError(
                QUALITY_NOT_READY,
                "SCD4x: not stored, " +
                    (this.isChanged
                        ? "that was done " + MOST_STORES + " times since the node started"
                        : "no setting was changed since the last time")
            )
        await this.persist()
        return this.eepromWrites
    }

    /** Writes a setting, or with ARGUMENT_LOOK does not. @returns the word that the part has then */
    private async setting(setCode: number, getCode: number, word: number): Promise<number> {
        const self = this
        let kept = 0
        await this.atRest(async () => {
            kept = await self.ask(getCode, COMMAND_MS)
            if (word === ARGUMENT_LOOK || word === kept) return
            await self.commandWord(setCode, word)
            await wait(COMMAND_MS)
            kept = await self.ask(getCode, COMMAND_MS)
            if (kept !== word)
                throw new SensorError(QUALITY_NOT_READY, "SCD4x: does not keep its settings")
            if (setCode !== PRESSURE) self.isChanged = true
        })
        return kept
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
