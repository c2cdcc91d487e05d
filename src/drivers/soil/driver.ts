import { QUALITY_SATURATED } from "../../core/quality.js"
import { AnalogDriver, AnalogOptions, AnalogRole } from "../analog/analog-driver.js"
import { FULL_SCALE } from "../analog/conversion.js"
import { soilMoistureChannel } from "../shared/channels.js"

const SOIL_DRY = 0
const SOIL_WET = 1000

export interface SoilMoistureOptions extends AnalogOptions {
    /** Reading in air, 0 … 65,535: what the service gives × 65,536. */
    dry?: number
    /** Reading in water, or in soil that holds no more of it. */
    wet?: number
}

/**
 * Moisture of soil between two calibrated points (0.1 %): 0 % in air, 100 % in water.
 * Without them it shows the share of the full scale, falling, marked as uncalibrated.
 *
 * @devsPart Capacitive soil moisture sensor with an analog output
 * @devsServices soilmoisture
 */
export class SoilMoisture extends AnalogDriver {
    /** @throws RangeError when a point is out of range, missing, or both are the same */
    constructor(role: AnalogRole, options?: SoilMoistureOptions) {
        const dry = options?.dry ?? FULL_SCALE
        const wet = options?.wet ?? 0
        const isCalibrated = options?.dry !== undefined && options.wet !== undefined
        if (!isCalibrated && (options?.dry !== undefined || options?.wet !== undefined))
            throw new RangeError("soil moisture needs both points, dry and wet, or none")
        if (dry < 0 || dry > FULL_SCALE || wet < 0 || wet > FULL_SCALE || dry === wet)
            throw new RangeError(
                "dry and wet must be two readings of 0 to 65536, got " + dry + " and " + wet
            )
        const line = { reading0: dry, value0: SOIL_DRY, reading1: wet, value1: SOIL_WET }
        super(
            "Soil moisture sensor",
            role,
            soilMoistureChannel(options?.prefix, "soil_moisture"),
            line,
            isCalibrated,
            options
        )
    }

    /** Beyond the calibrated points it is as dry, or as wet, as they are. */
    protected override limit(): void {
        const value = this.values[0]
        if (value >= SOIL_DRY && value <= SOIL_WET) return
        this.values[0] = value < SOIL_DRY ? SOIL_DRY : SOIL_WET
        this.qualities[0] = QUALITY_SATURATED
    }
}
