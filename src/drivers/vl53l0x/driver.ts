import { I2C } from "@devicescript/i2c"
import { Channel } from "../../core/channel.js"
import { QUALITY_NOT_READY, QUALITY_TIMEOUT } from "../../core/quality.js"
import { ambientRateChannel, distanceChannel } from "../shared/channels.js"
import { DriverOptions, SensorError, wait } from "../shared/driver.js"
import { RegisterDriver, wrongPart, idText } from "../shared/registers/register-driver.js"
import { ambientRate } from "../shared/time-of-flight.js"
import { vl53l0xQuality, vl53l0xStatus, vl53l0xTimeout } from "./conversion.js"

// Datasheet DS11555 revision 6 (June 2024), and the registers as ST's API and public drivers have them
const VL53L0X_ADDRESS = 0x29
const VL53L0X_READY = 0x13 // RESULT_INTERRUPT_STATUS, bits 2 to 0
const VL53L0X_RESULT = 0x14 // RESULT_RANGE_STATUS
const VL53L0X_TIMEOUT = 0x71 // FINAL_RANGE_CONFIG_TIMEOUT_MACROP
const VL53L0X_SPAD_CONTROL = 0x83
const VL53L0X_ACTIVE_HIGH = 0x84 // GPIO_HV_MUX_ACTIVE_HIGH, bit 4
const VL53L0X_I2C_MODE = 0x88 // 0: standard
const VL53L0X_SUPPLY = 0x89 // VHV_CONFIG_PAD_SCL_SDA__EXTSUP_HV, bit 0: I2C at 2.8 V
const VL53L0X_STOP_VARIABLE = 0x91
const VL53L0X_SPAD_INFO = 0x92
const VL53L0X_SPAD_MAP = 0xb0 // GLOBAL_CONFIG_SPAD_ENABLES_REF, 6 B
const VL53L0X_RESET = 0xbf
const VL53L0X_MODEL = 0xc0
const VL53L0X_MODEL_ID = 0xee
const VL53L0X_PAGE = 0xff // of registers
const VL53L0X_BOOT_MS = 2 // 1.2 ms at most
const VL53L0X_RESULT_BYTES = 12
const VL53L0X_FIRST_APERTURE = 12
const VL53L0X_MAX_MM = 2000

// Sequences of writes. Each write has the number of its bytes, the first register, and the bytes.
/** What may have been broken off: back to page 0, out of reset. */
const RECOVER = hex`01ff01 010001 01ff00 018000 01bf01`
const OPEN = hex`018001 01ff01 010000`
const CLOSE = hex`010001 01ff00 018000`
const SPAD_BEGIN = hex`0101ff 018001 01ff01 010000 01ff06`
const SPAD_ASK = hex`01ff07 018101 018001 01946b 018300`
const SPAD_END = hex`018100 01ff06`
const SPAD_SELECT = hex`01ff01 014f00 014e2c 01ff00 01b6b4`
/** ST's default tuning. */
const TUNING = hex`
    01ff01 010000
    01ff00 010900 02100000 022401ff 017500
    01ff01 014e2c 014800 013020
    01ff00 0330090403 015400 014083 014625 0360000000 012700 0350060096 02560830 03640000a0
    01ff01 012232 014714 0249ff00
    01ff00 027a0a00 017821
    01ff01 012334 05420040ff2605 014040 010e06 01201a
    01ff00 02340344
    01ff01 013104 034b090504
    01ff00 02440020 02470828 016700 03700401fe 02760000
    01ff01 010d01
    01ff00 018001 0101f8
    01ff01 018e01 010001 01ff00 018000
    010a04`
const CLEAR_INTERRUPT = hex`010b01`
const VHV_CALIBRATION = hex`010101 010041`
const PHASE_CALIBRATION = hex`010b01 010000 010102 010001`
const CALIBRATED = hex`010b01 010000 0101e8`
const START = hex`010001 01ff00 018000 010b01 010001`

/** A ranging, a calibration or an answer may take this much longer than it should, ms. */
const LATEST_MS = 100
const POLL_MS = 4

/** Options of {@link VL53L0X}. */
export interface VL53L0XOptions extends DriverOptions {
    /** Time for one measurement, whole ms, 20 … 1000; default 33. Four times as long halves the noise. */
    timingBudget?: number
    /** Leaves the ambient rate out. */
    only?: "distance"
}

/**
 * Distance to the nearest target (1 mm), by the time of flight of light, and the rate
 * of photons of the surroundings (100/s per detector).
 *
 * @devsPart ST VL53L0X
 * @devsServices distance
 * @see {@link https://www.st.com/en/imaging-and-photonics-solutions/vl53l0x.html | Datasheet}
 */
export class VL53L0X extends RegisterDriver {
    /** What became of the latest measurement, in words: "valid", "no target" … */
    status = ""
    private readonly budgetMs: number
    private stopVariable = 0

    /** @throws RangeError when the timing budget is not a whole number from 20 to 1000 */
    constructor(bus: I2C, options?: VL53L0XOptions) {
        super("ST VL53L0X", bus, options?.address ?? VL53L0X_ADDRESS, channelsOf(options))
        const budget = options?.timingBudget ?? 33
        if (!(budget >= 20 && budget <= 1000 && Math.floor(budget) === budget))
            throw new RangeError(
                "VL53L0X: timingBudget must be a whole number of ms from 20 to 1000, got " + budget
            )
        this.budgetMs = budget
    }

    protected override async setup(): Promise<void> {
        if ((await this.readRegister(VL53L0X_MODEL)) !== VL53L0X_MODEL_ID) {
            await this.run(RECOVER)
            await wait(VL53L0X_BOOT_MS)
            if ((await this.readRegister(VL53L0X_MODEL)) !== VL53L0X_MODEL_ID)
                throw wrongPart(this.part)
        }
        this.identity = idText(VL53L0X_MODEL_ID)
        await this.writeRegister(VL53L0X_RESET, 0)
        await wait(1)
        await this.writeRegister(VL53L0X_RESET, 1)
        await wait(VL53L0X_BOOT_MS)
        // The first thing that is set: it is gone after any power loss from now on.
        await this.setBits(VL53L0X_SUPPLY, 0x01, 0x01)
        await this.writeRegister(VL53L0X_I2C_MODE, 0)
        await this.run(OPEN)
        this.stopVariable = (await this.readDriven(VL53L0X_STOP_VARIABLE, 1))[0]
        await this.run(CLOSE)
        await this.selectSpads()
        await this.run(TUNING)
        await this.setBits(VL53L0X_ACTIVE_HIGH, 0x10, 0)
        await this.writeWord(VL53L0X_TIMEOUT, vl53l0xTimeout(this.budgetMs))
        await this.run(CLEAR_INTERRUPT)
        await this.run(VHV_CALIBRATION)
        await this.until(VL53L0X_READY, 0x07)
        await this.run(PHASE_CALIBRATION)
        await this.until(VL53L0X_READY, 0x07)
        await this.run(CALIBRATED)
    }

    protected override async measure(): Promise<void> {
        this.status = ""
        await this.run(OPEN)
        await this.writeRegister(VL53L0X_STOP_VARIABLE, this.stopVariable)
        await this.run(START)
        await wait(this.budgetMs)
        await this.until(VL53L0X_READY, 0x07)
        const result = await this.readRegisters(VL53L0X_RESULT, VL53L0X_RESULT_BYTES)
        if (((await this.readRegister(VL53L0X_SUPPLY)) & 0x01) === 0)
            throw new SensorError(QUALITY_NOT_READY, this.part + ": lost its settings")
        const status = (result[0] >> 3) & 0x0f
        this.status = vl53l0xStatus(status)
        const quality = vl53l0xQuality(status)
        const spads = (result[2] << 8) | result[3]
        if (quality === QUALITY_NOT_READY || spads === 0)
            throw new SensorError(QUALITY_NOT_READY, this.part + ": " + this.status)
        this.put(0, (result[10] << 8) | result[11])
        this.qualities[0] = quality
        if (this.channels.length > 1) this.put(1, ambientRate((result[8] << 8) | result[9], spads))
    }

    /** Enables as many reference detectors, out of the good ones, as ST found right for this part. */
    private async selectSpads(): Promise<void> {
        await this.run(SPAD_BEGIN)
        await this.setBits(VL53L0X_SPAD_CONTROL, 0x04, 0x04)
        await this.run(SPAD_ASK)
        await this.until(VL53L0X_SPAD_CONTROL, 0xff)
        await this.writeRegister(VL53L0X_SPAD_CONTROL, 1)
        const info = (await this.readDriven(VL53L0X_SPAD_INFO, 1))[0]
        await this.run(SPAD_END)
        await this.setBits(VL53L0X_SPAD_CONTROL, 0x04, 0)
        await this.writeRegister(VL53L0X_PAGE, 1)
        await this.run(CLOSE)
        const map = await this.readDriven(VL53L0X_SPAD_MAP, 6)
        await this.run(SPAD_SELECT)
        const bytes = Buffer.alloc(7)
        bytes[0] = VL53L0X_SPAD_MAP
        let left = info & 0x7f
        for (let i = (info & 0x80) !== 0 ? VL53L0X_FIRST_APERTURE : 0; i < 48 && left > 0; i++) {
            const bit = map[i >> 3] & (1 << (i & 7))
            if (bit === 0) continue
            bytes[1 + (i >> 3)] = bytes[1 + (i >> 3)] | bit
            left--
        }
        await this.write(bytes)
    }

    /** Performs a sequence of writes. */
    private async run(sequence: Buffer): Promise<void> {
        let at = 0
        while (at < sequence.length) {
            const next = at + 2 + sequence[at]
            await this.write(sequence.slice(at + 1, next))
            at = next
        }
    }

    private async setBits(register: number, mask: number, bits: number): Promise<void> {
        const value = (await this.readDriven(register, 1))[0]
        await this.writeRegister(register, (value & ~mask & 0xff) | bits)
    }

    /** Waits until one of these bits is set. */
    private async until(register: number, bits: number): Promise<void> {
        for (let waited = 0; waited <= LATEST_MS; waited = waited + POLL_MS) {
            const value = await this.readRegister(register)
            // None of these registers has all bits set: such a bus is not driven.
            if (value !== 0xff && (value & bits) !== 0) return
            await wait(POLL_MS)
        }
        throw new SensorError(QUALITY_TIMEOUT, this.part + ": does not get ready")
    }
}

function channelsOf(options: VL53L0XOptions): Channel[] {
    const distance = distanceChannel(options?.prefix, VL53L0X_MAX_MM)
    if (options?.only === "distance") return [distance]
    return [distance, ambientRateChannel(options?.prefix)]
}
