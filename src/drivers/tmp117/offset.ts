import { I2C } from "@devicescript/i2c"
import { divRound } from "../../core/fixed.js"
import { ARGUMENT_LOOK, PROCEDURE_OWN_OFFSET } from "../../core/protocol/procedures.js"
import { QUALITY_NOT_READY } from "../../core/quality.js"
import { SensorError, wait } from "../shared/driver.js"
import { PartProcedures, checkArgument } from "../shared/procedures.js"
import { RegisterDriver, signed16 } from "../shared/registers/register-driver.js"
import { giveBack, takeOver } from "../shared/take-over.js"
import { tmp117Temperature } from "./conversion.js"
import { TMP117 } from "./driver.js"

// Datasheet "TMP117", SNOSD82D (September 2022)
const CONFIG = 0x01 // 7.6.3
const SOFT_RESET = 0x0002
const RESET_MS = 2 // 6.5
const EEPROM = 0x04 // 7.6.6
const UNLOCKED = 0x8000
const LOCKED = 0
const LOCK_TRIES = 3
const PROGRAMMED_MS = 14 // 6.5: 7 ms, typical
const OFFSET = 0x07 // 7.6.9
/** More is no correction of a thermometer, 0.01 °C. */
const MOST = 1000
/** A program that goes wild must not wear the EEPROM out: it stands 1,000 writes (6.5). */
const MOST_WRITES = 20

/** The offset in a TMP117's EEPROM, apart from its driver, which keeps it as it is. */
export class TMP117Offset extends RegisterDriver implements PartProcedures {
    readonly procedures = 1 << PROCEDURE_OWN_OFFSET
    /** Since boot. */
    eepromWrites = 0

    constructor(
        bus: I2C,
        readonly driver: TMP117
    ) {
        super(driver.part, bus, driver.address, [])
    }

    /** See PartProcedures. @param argument 0.01 °C, −1000 … 1000 @returns the offset that the part has, 0.01 °C */
    async carryOut(procedure: number, argument: number): Promise<number> {
        const isLook = argument === ARGUMENT_LOOK
        if (!isLook) checkArgument("TMP117: offset (0.01 °C)", argument, -MOST, MOST)
        const { driver } = this
        await takeOver(driver)
        try {
            if (!isLook) await this.store(divRound(argument * 128, 100))
            return tmp117Temperature(signed16(await this.readWord(OFFSET)))
        } finally {
            await giveBack(driver)
        }
    }

    protected override async setup(): Promise<void> {}

    protected override async measure(): Promise<void> {}

    private async store(steps: number): Promise<void> {
        if (signed16(await this.readWord(OFFSET)) === steps) return
        if (this.eepromWrites >= MOST_WRITES)
            throw new SensorError(
                QUALITY_NOT_READY,
                "TMP117: not stored, that was done " + MOST_WRITES + " times since the node started"
            )
        this.eepromWrites++
        try {
            await this.writeWord(EEPROM, UNLOCKED)
            await this.writeWord(OFFSET, steps & 0xffff)
            await wait(PROGRAMMED_MS)
        } finally {
            await this.lock()
        }
        // What is there after a reset is stored.
        await this.writeWord(CONFIG, SOFT_RESET)
        await wait(RESET_MS)
        if (signed16(await this.readWord(OFFSET)) !== steps)
            throw new SensorError(QUALITY_NOT_READY, "TMP117: does not keep its offset")
    }

    /** Whatever became of a write. A part that does not answer is locked again when it has lost its power. */
    private async lock(): Promise<void> {
        for (let i = 0; i < LOCK_TRIES; i++) {
            try {
                await this.writeWord(EEPROM, LOCKED)
                return
            } catch {
                await wait(PROGRAMMED_MS)
            }
        }
    }
}
