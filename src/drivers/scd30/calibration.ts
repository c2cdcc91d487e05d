import * as ds from "@devicescript/core"
import { I2C } from "@devicescript/i2c"
import {
    ARGUMENT_LOOK,
    PROCEDURE_ALTITUDE,
    PROCEDURE_PRESSURE,
    PROCEDURE_RECALIBRATE,
    PROCEDURE_SELF_CALIBRATION,
    PROCEDURE_TEMPERATURE_OFFSET,
} from "../../core/protocol/procedures.js"
import { QUALITY_NOT_READY } from "../../core/quality.js"
import { SensorError, wait } from "../shared/driver.js"
import { PartProcedures, checkArgument, checkSetting } from "../shared/procedures.js"
import { floatToScaled } from "../shared/sensirion/float.js"
import { SensirionMaintenance } from "../shared/sensirion/maintenance.js"
import { SCD30 } from "./driver.js"

// "Interface Description Sensirion SCD30", version 1.0 (May 2020)
const START = 0x0010 // 1.4.1: with the pressure; without it tells the pressure, as Adafruit_SCD30 reads it
const READ = 0x0300 // 1.4.5
const SELF_CALIBRATION = 0x5306 // 1.4.6
const RECALIBRATION = 0x5204 // 1.4.6
const OFFSET = 0x5403 // 1.4.7
const ALTITUDE = 0x5102 // 1.4.8
const READ_MS = 4 // 1.4.4
const WRITE_MS = 10 // Sensirion's own driver
const RECALIBRATION_AFTER_MS = 120_000 // 1.4.6, at an interval of 2 s
const RECALIBRATION_INTERVAL = 2

/**
 * What an SCD30 does to itself, apart from its driver: a program that only samples does not carry
 * it. The part keeps all of it without power, and goes on measuring meanwhile.
 */
export class SCD30Calibration extends SensirionMaintenance implements PartProcedures {
    readonly procedures =
        (1 << PROCEDURE_RECALIBRATE) |
        (1 << PROCEDURE_SELF_CALIBRATION) |
        (1 << PROCEDURE_TEMPERATURE_OFFSET) |
        (1 << PROCEDURE_ALTITUDE) |
        (1 << PROCEDURE_PRESSURE)

    private readonly sensor: SCD30

    constructor(bus: I2C, driver: SCD30) {
        super(bus, driver)
        this.sensor = driver
    }

    /**
     * See PartProcedures. Recalibrating gives the reference minus the reading before, in ppm, as
     * the part itself tells no correction; the offset is in 0.01 °C; the pressure lasts until
     * the node starts again, and the part disregards its altitude meanwhile; 0: it knows none.
     */
    async carryOut(procedure: number, argument: number): Promise<number> {
        const { altitude, temperatureOffset, selfCalibration } = this.sensor.options
        if (procedure === PROCEDURE_RECALIBRATE) return await this.recalibrate(argument)
        if (procedure === PROCEDURE_PRESSURE) return await this.pressure(argument)
        if (procedure === PROCEDURE_ALTITUDE)
            return await this.setting(ALTITUDE, argument, 3000, altitude, "altitude")
        if (procedure === PROCEDURE_TEMPERATURE_OFFSET)
            return await this.setting(
                OFFSET,
                argument,
                2000,
                temperatureOffset,
                "temperatureOffset"
            )
        return await this.setting(SELF_CALIBRATION, argument, 1, selfCalibration, "selfCalibration")
    }

    private async pressure(hectopascals: number): Promise<number> {
        const isLook = hectopascals === ARGUMENT_LOOK
        // The driver gives it to the part again whenever it sets that up.
        if (!isLook) this.sensor.setPressure(hectopascals)
        const self = this
        let kept = 0
        await this.undisturbed(async () => {
            kept = await self.ask(START, READ_MS, 1)
            if (isLook || kept === hectopascals) return
            await self.keep(START, hectopascals)
            kept = hectopascals
        })
        return kept
    }

    private async recalibrate(ppm: number): Promise<number> {
        checkArgument("SCD30: reference (ppm)", ppm, 400, 2000)
        const { sensor } = this
        if (
            !sensor.isStarted ||
            sensor.interval !== RECALIBRATION_INTERVAL ||
            ds.millis() - sensor.startedAt < RECALIBRATION_AFTER_MS
        )
            throw new SensorError(
                QUALITY_NOT_READY,
                "SCD30: not recalibrated, it must measure every 2 s for 2 min before"
            )
        const self = this
        let before = 0
        await this.undisturbed(async () => {
            await self.ask(READ, READ_MS, 6)
            before = floatToScaled(self.words[0], self.words[1], 1)
            await self.keep(RECALIBRATION, ppm)
        })
        return ppm - before
    }

    /** @param option what the program gave the driver; undefined: the part's own setting counts */
    private async setting(
        code: number,
        word: number,
        most: number,
        option: unknown,
        name: string
    ): Promise<number> {
        const isSet = checkSetting(this.driver, name, option, word, most)
        const self = this
        let kept = 0
        await this.undisturbed(async () => {
            kept = await self.ask(code, READ_MS, 1)
            // Each write wears the part's memory.
            if (!isSet || kept === word) return
            await self.keep(code, word)
            kept = word
        })
        return kept
    }

    /** Writes and reads back. @throws SensorError when the part has something else then */
    private async keep(code: number, word: number): Promise<void> {
        await this.commandWord(code, word)
        await wait(WRITE_MS)
        if ((await this.ask(code, READ_MS, 1)) !== word)
            throw new SensorError(QUALITY_NOT_READY, "SCD30: does not keep what it is given")
    }
}
