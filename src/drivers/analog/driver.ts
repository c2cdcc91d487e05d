import { voltageChannel } from "../shared/channels.js"
import { AnalogDriver, AnalogOptions, AnalogRole } from "./analog-driver.js"
import { FULL_SCALE } from "./conversion.js"

/** RP2040 with its converter supplied with 3.3 V; nominal. */
const DEFAULT_FULL_SCALE_MV = 3300
/** Behind a divider; beyond it is a mistake in the options. */
const MAX_MV = 1000000

export interface AnalogInputOptions extends AnalogOptions {
    /**
     * Millivolts at the full scale of the converter, behind a divider those before it:
     * measure one voltage and set this so that it comes out right. Without it values are
     * marked as uncalibrated.
     */
    fullScaleMillivolts?: number
    /** Millivolts that read as 0, for converters that begin above 0 V; default 0. */
    zeroMillivolts?: number
}

/**
 * The voltage on an analog pin (0.001 V).
 *
 * @devsPart Analog pin
 * @devsServices potentiometer
 */
export class AnalogInput extends AnalogDriver {
    /** @throws RangeError when an option is out of range */
    constructor(role: AnalogRole, options?: AnalogInputOptions) {
        const zero = options?.zeroMillivolts ?? 0
        const full = options?.fullScaleMillivolts ?? DEFAULT_FULL_SCALE_MV
        if (zero < -MAX_MV || full > MAX_MV || full <= zero)
            throw new RangeError(
                "analog scale must be rising within ±1000000 mV, got " + zero + " to " + full
            )
        const line = { reading0: 0, value0: zero, reading1: FULL_SCALE, value1: full }
        const isCalibrated = options?.fullScaleMillivolts !== undefined
        super(
            "Analog pin",
            role,
            voltageChannel(options?.prefix, 1000, zero, full),
            line,
            isCalibrated,
            options
        )
    }
}
