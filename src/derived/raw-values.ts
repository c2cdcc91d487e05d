import { renamed, Channel } from "../core/channel.js"
import { QUALITY_SKIPPED, isGap } from "../core/quality.js"
import { RawTaker, SensorDriver } from "../drivers/shared/driver.js"

/**
 * What a part measured before a calibration corrected it, beside the corrected values: of each channel "co2" another one,
 * "co2_raw", with the same unit and a quality of its own. It stands in the list of sensors behind its part:
 *
 *     const air = new SCD4x(bus)
 *     await startStation({ sensors: [air, new RawValues(air)], calibration: calibrations(), … })
 *
 * While nothing corrects a channel, both are equal. Gaps are gaps in both. A part has one of these.
 */
export class RawValues extends SensorDriver implements RawTaker {
    /** Of the sample that is going on; values of a gap mean nothing. */
    private readonly raw: number[] = []
    private readonly rawQualities: number[] = []

    constructor(private readonly sensor: SensorDriver) {
        super("raw: " + sensor.part, undefined, 0, rawChannels(sensor))
        this.isDerived = true
        this.isRaw = true
        sensor.rawTaker = this
    }

    takeRaw(): void {
        const { values, qualities } = this.sensor
        for (let i = 0; i < values.length; i++) {
            this.raw[i] = values[i]
            this.rawQualities[i] = qualities[i]
        }
    }

    protected override async setup(): Promise<void> {}

    protected override async measure(): Promise<void> {
        const { qualities } = this.sensor
        for (let i = 0; i < qualities.length; i++) {
            this.values[i] = this.raw[i] ?? 0
            // The sample failed, or the part is not at its place: what is kept is of another sample, or of another place.
            this.qualities[i] = isGap(qualities[i])
                ? qualities[i]
                : (this.rawQualities[i] ?? QUALITY_SKIPPED)
        }
    }
}

function rawChannels(sensor: SensorDriver): Channel[] {
    const channels: Channel[] = []
    for (const channel of sensor.channels) channels.push(renamed(channel, channel.name + "_raw"))
    return channels
}
