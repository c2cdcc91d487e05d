import { CalibratedChannel } from "../calibration/calibrated-channel.js"
import { Calibrations } from "../calibration/calibrations.js"
import { HumidityLine, getHumidityLine } from "../core/calibration/humidity-line.js"
import { NodeRecord } from "../core/calibration/record.js"
import { FOG } from "../core/derived/particles.js"
import { divRound } from "../core/fixed.js"
import {
    QUALITY_NOT_READY,
    QUALITY_SATURATED,
    QUALITY_UNCALIBRATED,
    isGap,
} from "../core/quality.js"
import { particleMassChannel } from "../drivers/shared/channels.js"
import { SensorDriver } from "../drivers/shared/driver.js"
import { Source } from "./derived.js"

/** End of the scale, 0.1 µg/m³. */
const MOST = 20000
const STEPS = 10

/**
 * A particle mass as the correction of its sensor's batch gives it, beside the raw one: of "pm25" the channel
 * "pm25_corrected", 0.1 µg/m³. The correction is a calibration record of this channel, named and versioned, that may
 * depend on the humidity; suitcase calibrate batch puts it onto nodes. Without one it is the raw mass, "uncalibrated".
 * Above 95 %RH it is "saturated".
 *
 *     const calibration = calibrations()
 *     const corrected = new CorrectedByHumidity(
 *         channelOf(sensors, "pm25"), channelOf(sensors, "humidity"), calibration
 *     )
 *     await startStation({ sensors: [...sensors, corrected], calibration, … })
 */
export class CorrectedByHumidity extends SensorDriver {
    private readonly steps: number
    /** The record that {@link line} is of; undefined: none was read. */
    private known: NodeRecord = undefined
    /** undefined: the record in force does not depend on the humidity. */
    private line: HumidityLine = undefined

    /** @param mass in steps of 1 or 0.1 µg/m³ @param humidity 0.01 %RH @param calibrations the station's own */
    constructor(
        private readonly mass: Source,
        private readonly humidity: Source,
        private readonly calibrations: Calibrations
    ) {
        const channel = mass.channel()
        super("by humidity: " + mass.sensor.part, undefined, 0, [
            particleMassChannel("", channel.name + "_corrected", STEPS, MOST),
        ])
        this.isDerived = true
        this.steps = channel.scaleDenominator
    }

    protected override async setup(): Promise<void> {}

    protected override async measure(): Promise<void> {
        const { mass, humidity } = this
        // A record is for the part that the mass comes from.
        this.identity = mass.sensor.identity
        const channel = this.calibrated()
        let record: NodeRecord = undefined
        if (channel !== undefined) {
            record = channel.record
            if (record !== this.known) await this.learn(channel.slot, record)
            // It changed again while it was read: the next sample has it.
            if (record !== channel.record) return
        }
        let quality = Math.max(mass.quality(), humidity.quality())
        if (!isGap(quality)) {
            const h = humidity.value()
            this.put(0, divRound(STEPS * mass.value(), this.steps))
            if (record === undefined) quality = Math.max(quality, QUALITY_UNCALIBRATED)
            else if (record !== this.known) quality = QUALITY_NOT_READY
            else if (this.line !== undefined) this.line.turn(h)
            if (h > FOG) quality = Math.max(quality, QUALITY_SATURATED)
        }
        this.qualities[0] = quality
    }

    private calibrated(): CalibratedChannel {
        for (const channel of this.calibrations.channels)
            if (channel.sensor === this) return channel
        return undefined
    }

    private async learn(slot: number, record: NodeRecord): Promise<void> {
        this.line = undefined
        this.known = undefined
        if (record === undefined) return
        const bytes = await this.calibrations.read(slot)
        if (bytes === undefined) return
        this.line = getHumidityLine(bytes, record.correction)
        this.known = record
    }
}
