import { I2C } from "@devicescript/i2c"
import { CRC16_START, crc16 } from "../../core/crc.js"
import { divRound } from "../../core/fixed.js"
import { PROCEDURE_CROSSTALK, PROCEDURE_RANGE_OFFSET } from "../../core/protocol/procedures.js"
import { QUALITY_NOT_READY, QUALITY_OK } from "../../core/quality.js"
import { SensorError } from "../shared/driver.js"
import { PartProcedures, ProcedureStore, checkArgument } from "../shared/procedures.js"
import { giveBack, takeOver } from "../shared/take-over.js"
import { vl53l1xCrosstalk, vl53l1xQuality } from "./conversion.js"
import { VL53L1X } from "./driver.js"

// ST UM2356 and UM2510: order, targets and distances; registers and formula: ST's "ultra lite driver"
const SINGLE = 0x10
const RESULT = 0x0089
const RESULT_BYTES = 17
const CROSSTALK = 0x0016
const OFFSET = 0x001e
/** Rangings that are averaged, and how many may fail before it is no good place for it. */
const RANGINGS = 50
const MOST_FAILED = 10
/** More is no error of a part but of the distance that was given, mm. */
const MOST_OFFSET = 100

/** Kept of a part: offset and crosstalk as its registers have them, likewise those that the program gives, CRC-16. */
const KEPT_BYTES = 10
const GIVEN_AT = 4
const CRC_AT = 8
/** What ST stored in the part counts. */
const NO_OFFSET = -32768
const NO_CROSSTALK = 65535

/**
 * Offset and crosstalk of a VL53L1X, apart from its driver, which gives them to the part whenever it sets that
 * up: the part forgets them with its power. The node keeps them in its settings store; they end when the program is
 * given others. The part has no serial number, so that another one at its place gets them too.
 */
export class VL53L1XCompensation implements PartProcedures {
    readonly procedures = (1 << PROCEDURE_RANGE_OFFSET) | (1 << PROCEDURE_CROSSTALK)
    private distance = 0
    private signal = 0
    private spads = 0
    private readonly kept = Buffer.alloc(KEPT_BYTES)
    private store: ProcedureStore = undefined
    private slot = 0

    constructor(
        bus: I2C,
        readonly driver: VL53L1X
    ) {}

    /**
     * See PartProcedures. The offset first: without it the crosstalk is wrong.
     *
     * @param argument distance of a grey target (17 %), mm, 40 … 4000
     * @returns the offset, mm, or the crosstalk, counts per s and detector
     */
    async carryOut(procedure: number, argument: number): Promise<number> {
        checkArgument("VL53L1X: target (mm)", argument, 40, 4000)
        const { driver } = this
        const { offset, crosstalk } = driver
        const isOffset = procedure === PROCEDURE_RANGE_OFFSET
        await takeOver(driver)
        let isDone = false
        try {
            if (isOffset) driver.offset = 0
            else driver.crosstalk = 0
            if (!(await driver.init())) throw failed("does not answer")
            await this.average()
            if (isOffset) driver.offset = 4 * this.offsetTo(argument)
            else driver.crosstalk = this.crosstalkAt(argument)
            await this.keep()
            isDone = true
        } finally {
            if (!isDone) {
                driver.offset = offset
                driver.crosstalk = crosstalk
            }
            await giveBack(driver)
        }
        const word = isOffset ? driver.offset : driver.crosstalk
        const kept = await driver.readAt(isOffset ? OFFSET : CROSSTALK, 2)
        if (((kept[0] << 8) | kept[1]) !== (word & 0xffff)) throw failed("does not keep it")
        return isOffset ? divRound(word, 4) : divRound(word * 1000, 512)
    }

    async open(store: ProcedureStore, slot: number): Promise<void> {
        const { kept, driver } = this
        this.store = store
        this.slot = slot
        this.put(GIVEN_AT)
        const bytes = await store.read(slot)
        if (bytes === undefined || bytes.length !== KEPT_BYTES) return
        if (bytes.getAt(CRC_AT, "u16") !== crc16(bytes, 0, CRC_AT, CRC16_START)) return
        for (let i = GIVEN_AT; i < CRC_AT; i++) if (bytes[i] !== kept[i]) return
        const offset = bytes.getAt(0, "i16")
        const crosstalk = bytes.getAt(2, "u16")
        if (offset !== NO_OFFSET) driver.offset = offset
        if (crosstalk !== NO_CROSSTALK) driver.crosstalk = crosstalk
    }

    private put(at: number): void {
        const { kept, driver } = this
        kept.setAt(at, "i16", driver.offset ?? NO_OFFSET)
        kept.setAt(at + 2, "u16", driver.crosstalk ?? NO_CROSSTALK)
    }

    private async keep(): Promise<void> {
        const { kept, store } = this
        this.put(0)
        kept.setAt(CRC_AT, "u16", crc16(kept, 0, CRC_AT, CRC16_START))
        if (store === undefined || !(await store.write(this.slot, kept)))
            throw failed("cannot be kept: the settings store is full or failing")
    }

    /** Sums over {@link RANGINGS}. */
    private async average(): Promise<void> {
        const { driver } = this
        this.distance = 0
        this.signal = 0
        this.spads = 0
        let failures = 0
        for (let good = 0; good < RANGINGS;) {
            await driver.range(SINGLE)
            const result = await driver.readAt(RESULT, RESULT_BYTES)
            if (vl53l1xQuality(result[0] & 0x1f) !== QUALITY_OK) {
                failures++
                if (failures > MOST_FAILED) throw failed("sees no target well enough")
                continue
            }
            good++
            this.distance = this.distance + ((result[13] << 8) | result[14])
            this.signal = this.signal + ((result[15] << 8) | result[16])
            this.spads = this.spads + ((result[3] << 8) | result[4])
        }
    }

    private offsetTo(target: number): number {
        const offset = target - divRound(this.distance, RANGINGS)
        if (offset < -MOST_OFFSET || offset > MOST_OFFSET)
            throw failed("reads " + (target - offset) + " mm: is the target at " + target + " mm?")
        return offset
    }

    private crosstalkAt(target: number): number {
        const { distance, signal, spads } = this
        const word = vl53l1xCrosstalk(distance, signal, spads, target, RANGINGS)
        if (word > 51200) throw failed("gets more light back from the glass than it can compensate")
        return word
    }
}

function failed(why: string): SensorError {
    return new SensorError(QUALITY_NOT_READY, "VL53L1X: " + why)
}
