import { I2C } from "@devicescript/i2c"
import { divRound } from "../../core/fixed.js"
import { ARGUMENT_LOOK, PROCEDURE_EMISSIVITY } from "../../core/protocol/procedures.js"
import { QUALITY_NOT_READY } from "../../core/quality.js"
import { SensorError } from "../shared/driver.js"
import { PartProcedures, checkArgument } from "../shared/procedures.js"
import { giveBack, takeOver } from "../shared/take-over.js"
import { MLX90614 } from "./driver.js"

// Datasheet "MLX90614 family", 3901090614, revision 008 (28 February 2013)
const EMISSIVITY = 0x24 // EEPROM 0x04, 8.4.5: 65535 × emissivity
const CONFIG = 0x25 // EEPROM 0x05, 8.4.5
/** Two infrared sensors: types with B (two zones) or C (gradients) in the middle. */
const IS_DUAL = 0x40
const ONE = 65535
/** A program that goes wild must not wear the EEPROM out. */
const MOST_WRITES = 20

/**
 * The emissivity in an MLX90614's EEPROM, apart from its driver. It counts when the part was switched off and
 * on ("strongly recommended", application note 390119061402, page 19); until the node starts again there are gaps.
 */
export class MLX90614Emissivity implements PartProcedures {
    readonly procedures = 1 << PROCEDURE_EMISSIVITY
    /** Changes since boot: each erases the cell and writes it. */
    eepromWrites = 0

    constructor(
        bus: I2C,
        readonly driver: MLX90614
    ) {}

    /** See PartProcedures. @param argument 0.001, 100 … 1000 @returns the emissivity that is stored, 0.001; 0: none */
    async carryOut(procedure: number, argument: number): Promise<number> {
        const { driver } = this
        const isLook = argument === ARGUMENT_LOOK
        if (!isLook) checkArgument("MLX90614: emissivity (0.001)", argument, 100, 1000)
        await takeOver(driver)
        try {
            if (!isLook) await this.store(divRound(ONE * argument, 1000))
            return divRound(1000 * (await driver.word(EMISSIVITY)), ONE)
        } finally {
            await giveBack(driver)
        }
    }

    private async store(word: number): Promise<void> {
        const { driver } = this
        // For these types another cell has to be changed as well, which is said in no datasheet.
        if (((await driver.word(CONFIG)) & IS_DUAL) !== 0)
            throw refused("it has two sensors: correct its readings in the node instead")
        if ((await driver.word(EMISSIVITY)) === word) return
        if (this.eepromWrites >= MOST_WRITES)
            throw refused(
                "not stored, that was done " + MOST_WRITES + " times since the node started"
            )
        this.eepromWrites++
        driver.isChanged = true
        // A cell has to be erased first (8.4.6).
        await driver.storeWord(EMISSIVITY, 0)
        await driver.storeWord(EMISSIVITY, word)
        if ((await driver.word(EMISSIVITY)) !== word) throw refused("did not store its emissivity")
    }
}

function refused(why: string): SensorError {
    return new SensorError(QUALITY_NOT_READY, "MLX90614: " + why)
}
