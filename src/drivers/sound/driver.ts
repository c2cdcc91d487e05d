import { AnalogDriver, AnalogOptions, AnalogRole } from "../analog/analog-driver.js"
import { FULL_SCALE } from "../analog/conversion.js"
import { soundLevelChannel } from "../shared/channels.js"

// DFRobot SEN0232 "Gravity: Analog Sound Level Meter": 0.6 V = 30 dB(A), 2.6 V = 130 dB(A).
const DECIBEL_PER_VOLT = 50
const LOWEST = 300
const HIGHEST = 1300

const DEFAULT_FULL_SCALE_MV = 3300

export interface SoundLevelOptions extends AnalogOptions {
    /**
     * Millivolts at the full scale of the converter, 2,600 … 10,000; without it values
     * are marked as uncalibrated.
     */
    fullScaleMillivolts?: number
}

/**
 * A-weighted sound level (0.1 dB) of a meter that gives 50 dB per volt.
 *
 * @devsPart DFRobot SEN0232 analog sound level meter
 * @devsServices soundlevel
 */
export class SoundLevel extends AnalogDriver {
    /** @throws RangeError when fullScaleMillivolts is out of range */
    constructor(role: AnalogRole, options?: SoundLevelOptions) {
        const full = options?.fullScaleMillivolts ?? DEFAULT_FULL_SCALE_MV
        if (full < 2600 || full > 10000)
            throw new RangeError("fullScaleMillivolts must be 2600 to 10000 mV, got " + full)
        // Millivolts × dB/V ÷ 100 are steps of 0.1 dB.
        const steps = Math.floor((full * DECIBEL_PER_VOLT) / 100 + 0.5)
        const line = { reading0: 0, value0: 0, reading1: FULL_SCALE, value1: steps }
        const isCalibrated = options?.fullScaleMillivolts !== undefined
        super(
            "Sound level meter",
            role,
            soundLevelChannel(options?.prefix, LOWEST, HIGHEST),
            line,
            isCalibrated,
            options
        )
    }
}
