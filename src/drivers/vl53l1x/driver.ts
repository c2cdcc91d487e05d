import { I2C } from "@devicescript/i2c"
import { Channel } from "../../core/channel.js"
import { QUALITY_NOT_READY, QUALITY_TIMEOUT } from "../../core/quality.js"
import { divRound } from "../../core/fixed.js"
import { ambientRateChannel, distanceChannel } from "../shared/channels.js"
import { checkWhole } from "../shared/check-whole.js"
import { DriverOptions, SensorDriver, SensorError, wait } from "../shared/driver.js"
import { wrongPart, idText } from "../shared/registers/register-driver.js"
import { ambientRate } from "../shared/time-of-flight.js"
import { VL53L1X_NOT_SYNCHRONISED, vl53l1xQuality, vl53l1xStatus } from "./conversion.js"

// Datasheet DocID031281 revision 3 (November 2018); the registers are those that ST
// lists for its "ultra lite driver" (UM2510).
const VL53L1X_ADDRESS = 0x29
const VL53L1X_RESET = 0x0000
const VL53L1X_VHV_LOOP_BOUND = 0x0008
const VL53L1X_VHV_INIT = 0x000b
const VL53L1X_CROSSTALK = 0x0016 // 1/512 kcps for each detector, and its gradients
const VL53L1X_OFFSET = 0x001e // 1/4 mm, and those of two zones, which ST sets to 0 with it
const VL53L1X_CONFIGURATION = 0x002d
const VL53L1X_DATA_READY = 0x0031
const VL53L1X_PHASE_CALIBRATION = 0x004b
const VL53L1X_TIMING = 0x005e // timeout A, period A, timeout B, period B
const VL53L1X_PHASE_HIGH = 0x0069
const VL53L1X_WINDOW = 0x0078 // window and first phase, 2 B each
const VL53L1X_INTERRUPT_CLEAR = 0x0086 // and 0x0087: start of a mode
const VL53L1X_RESULT = 0x0089
const VL53L1X_FIRMWARE_STATUS = 0x00e5
const VL53L1X_MODEL = 0x010f
const VL53L1X_MODEL_ID = 0xeacc
const VL53L1X_STOP = 0x00
const VL53L1X_SINGLE = 0x10
const VL53L1X_TIMED = 0x40 // at an interval, which is shorter than a ranging
const VL53L1X_BOOT_MS = 2 // 1.2 ms at most
const VL53L1X_RESULT_BYTES = 17
const VL53L1X_TIMING_BYTES = 6
const VL53L1X_MAX_MM = 4000

/** Address and contents of 0x002D … 0x0087, 16 to a line: I2C and GPIO at AVDD, interrupt active high, long mode. */
const CONFIGURATION = hex`
    002d 000101
    0102000208000810010100000000ff00
    0f0000000000200b0000020a21000005
    00000000c8000038ff010008000001cc
    0f01f10d0168008008b8000000000f89
    00000000000000010f0d0e0e000002c7
    ff9b000000010000`
const CONFIGURATION_BYTES = 93

/** Timing budgets in ms, and for each of them the timeouts A and B, 2 B each. */
const BUDGETS = [15, 20, 33, 50, 100, 200, 500]
const LONG_TIMEOUTS = hex`00000000 00000000 0060006e 00ad00c6 01cc01ea 02d902f8 048f04a4`
const SHORT_TIMEOUTS = hex`001d0027 0051006e 00d6006e 01ae01e8 02e10388 03e10496 059105c1`

/** GPIO__TIO_HV_STATUS has a few flags; all ones is a bus that nobody drives. */
const NOBODY_DRIVES = 0xff
/** Row of the shortest budget of the long mode (2.5.2). */
const FIRST_LONG = 2

const BOOT_POLLS = 10
/** A ranging may take this much longer than its budget, ms. */
const LATEST_MS = 100
const POLL_MS = 4

/** Options of {@link VL53L1X}. */
export interface VL53L1XOptions extends DriverOptions {
    /** "long" (default): up to 3.6 m in the dark, 4 m from 200 ms on; "short": up to 1.3 m, which ambient light disturbs less. */
    mode?: "long" | "short"
    /** Time for one measurement, ms: 15 and 20 (short mode only), 33, 50, 100 (default), 200 or 500. */
    timingBudget?: number
    /** Added to the distance, mm, −100 … 100, instead of what ST stored: `suitcase calibrate procedure range-offset`. */
    offset?: number
    /** Light of a cover glass, 1/s for each detector, 0 … 100,000: `suitcase calibrate procedure crosstalk`. */
    crosstalk?: number
    /** Leaves the ambient rate out. */
    only?: "distance"
}

/**
 * Distance to the nearest target (1 mm), by the time of flight of light, and the rate
 * of photons of the surroundings (100/s per detector), which tells why it does not see far.
 *
 * @devsPart ST VL53L1X
 * @devsServices distance
 * @see {@link https://www.st.com/en/imaging-and-photonics-solutions/vl53l1x.html | Datasheet}
 */
export class VL53L1X extends SensorDriver {
    /** What became of the latest measurement, in words: "valid", "no target" … */
    status = ""
    /** In 1/4 mm and 1/512 kcps; undefined: what the part has from ST. */
    offset: number
    crosstalk: number
    private readonly isShort: boolean
    private readonly budgetMs: number
    private readonly timing: Buffer

    /** @throws RangeError for a mode or budget that the part does not have */
    constructor(bus: I2C, options?: VL53L1XOptions) {
        super("ST VL53L1X", bus, options?.address ?? VL53L1X_ADDRESS, channelsOf(options))
        this.isShort = options?.mode === "short"
        this.budgetMs = options?.timingBudget ?? 100
        if (options !== undefined) checkTiming(options)
        this.timing = timingOf(this.isShort, BUDGETS.indexOf(this.budgetMs))
        const offset = options?.offset
        const crosstalk = options?.crosstalk
        if (offset !== undefined) {
            checkWhole("VL53L1X: offset (mm)", offset, -100, 100)
            this.offset = 4 * offset
        }
        if (crosstalk !== undefined) {
            checkWhole("VL53L1X: crosstalk (1/s)", crosstalk, 0, 100000)
            this.crosstalk = divRound(crosstalk * 512, 1000)
        }
    }

    protected override async setup(): Promise<void> {
        if (!(await this.boots())) {
            // A reset that broke off holds it.
            await this.release()
            await this.boots()
        }
        if (
            (await this.modelId()) !== VL53L1X_MODEL_ID &&
            (await this.modelId()) !== VL53L1X_MODEL_ID
        )
            throw wrongPart(this.part)
        this.identity = idText(VL53L1X_MODEL_ID)
        await this.writeAt(VL53L1X_RESET, 0)
        await wait(1)
        await this.release()
        if (!(await this.boots())) throw this.timeout()
        await this.write(this.configuration())
        await this.compensate(VL53L1X_OFFSET, this.offset)
        await this.compensate(VL53L1X_CROSSTALK, this.crosstalk)
        // The first ranging finds the voltage of the detectors; later ones start from there.
        await this.range(VL53L1X_TIMED)
        await this.start(VL53L1X_STOP)
        await this.writeAt(VL53L1X_VHV_LOOP_BOUND, 0x09)
        await this.writeAt(VL53L1X_VHV_INIT, 0)
    }

    protected override async measure(): Promise<void> {
        this.status = ""
        await this.range(VL53L1X_SINGLE)
        const result = await this.readAt(VL53L1X_RESULT, VL53L1X_RESULT_BYTES)
        await this.checkConfiguration()
        const status = result[0] & 0x1f
        this.status = vl53l1xStatus(status)
        const quality = vl53l1xQuality(status)
        const spads = (result[3] << 8) | result[4]
        const hasFailed = quality === QUALITY_NOT_READY && status !== VL53L1X_NOT_SYNCHRONISED
        if (hasFailed || spads === 0)
            throw new SensorError(QUALITY_NOT_READY, this.part + ": " + this.status)
        this.put(0, (result[13] << 8) | result[14])
        this.qualities[0] = quality
        if (this.channels.length > 1) this.put(1, ambientRate((result[7] << 8) | result[8], spads))
    }

    protected override async idle(): Promise<void> {
        await this.start(VL53L1X_STOP)
    }

    private async release(): Promise<void> {
        await this.writeAt(VL53L1X_RESET, 1)
        await wait(VL53L1X_BOOT_MS)
    }

    private async boots(): Promise<boolean> {
        for (let i = 0; i < BOOT_POLLS; i++) {
            if (((await this.readAt(VL53L1X_FIRMWARE_STATUS, 1))[0] & 1) === 1) return true
            await wait(1)
        }
        return false
    }

    private async modelId(): Promise<number> {
        const bytes = await this.readAt(VL53L1X_MODEL, 2)
        return (bytes[0] << 8) | bytes[1]
    }

    /** All in one transfer: a power loss leaves everything of it, or nothing. */
    private configuration(): Buffer {
        const bytes = Buffer.alloc(CONFIGURATION_BYTES)
        const at = 2 - VL53L1X_CONFIGURATION
        bytes.set(CONFIGURATION)
        bytes.set(this.timing, at + VL53L1X_TIMING)
        if (this.isShort) {
            bytes[at + VL53L1X_PHASE_CALIBRATION] = 0x14
            bytes[at + VL53L1X_PHASE_HIGH] = 0x38
            bytes.set(hex`07050606`, at + VL53L1X_WINDOW)
        }
        return bytes
    }

    private async start(mode: number): Promise<void> {
        const register = VL53L1X_INTERRUPT_CLEAR
        await this.write(Buffer.from([register >> 8, register & 0xff, 1, mode]))
    }

    /** The word and two more after it. @param word undefined: the part's own stays */
    private async compensate(register: number, word: number): Promise<void> {
        if (word === undefined) return
        await this.write(Buffer.from([0, register, (word >> 8) & 0xff, word & 0xff, 0, 0, 0, 0]))
    }

    /** Forgets what was ready before, starts, and waits until there is a new result. */
    async range(mode: number): Promise<void> {
        await this.start(mode)
        await wait(this.budgetMs)
        for (let waited = 0; waited <= LATEST_MS; waited = waited + POLL_MS) {
            const state = (await this.readAt(VL53L1X_DATA_READY, 1))[0]
            if ((state & 1) === 1 && state !== NOBODY_DRIVES) return
            await wait(POLL_MS)
        }
        throw this.timeout()
    }

    /** A part that lost power meanwhile has another timing. */
    private async checkConfiguration(): Promise<void> {
        const timing = await this.readAt(VL53L1X_TIMING, VL53L1X_TIMING_BYTES)
        for (let i = 0; i < VL53L1X_TIMING_BYTES; i++)
            if (timing[i] !== this.timing[i])
                throw new SensorError(QUALITY_NOT_READY, this.part + ": lost its settings")
    }

    private timeout(): SensorError {
        return new SensorError(QUALITY_TIMEOUT, this.part + ": does not get ready")
    }

    async readAt(register: number, length: number): Promise<Buffer> {
        return await this.bus.xfer(
            this.address,
            Buffer.from([register >> 8, register & 0xff]),
            length
        )
    }

    private async writeAt(register: number, value: number): Promise<void> {
        await this.write(Buffer.from([register >> 8, register & 0xff, value]))
    }
}

/** Contents of 0x005E … 0x0063. @param row of the table of budgets */
function timingOf(isShort: boolean, row: number): Buffer {
    const timeouts = isShort ? SHORT_TIMEOUTS : LONG_TIMEOUTS
    const at = 4 * row
    return Buffer.from([
        timeouts[at],
        timeouts[at + 1],
        isShort ? 0x07 : 0x0f,
        timeouts[at + 2],
        timeouts[at + 3],
        isShort ? 0x05 : 0x0d,
    ])
}

/** @throws RangeError for a mode or budget that the part does not have */
function checkTiming(options: VL53L1XOptions): void {
    const mode = options.mode ?? "long"
    if (mode !== "long" && mode !== "short")
        throw new RangeError('VL53L1X: mode must be "long" or "short"')
    const budget = options.timingBudget ?? 100
    if (BUDGETS.indexOf(budget) < (mode === "short" ? 0 : FIRST_LONG))
        throw new RangeError(
            "VL53L1X: timingBudget must be 33, 50, 100, 200 or 500 ms, or 15 or 20 in short mode, got " +
                budget
        )
}

function channelsOf(options: VL53L1XOptions): Channel[] {
    const distance = distanceChannel(options?.prefix, VL53L1X_MAX_MM)
    if (options?.only === "distance") return [distance]
    return [distance, ambientRateChannel(options?.prefix)]
}
