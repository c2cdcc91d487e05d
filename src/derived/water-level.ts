import * as ds from "@devicescript/core"
import { medianInPlace } from "../core/fixed.js"
import { QUALITY_NOT_READY } from "../core/quality.js"
import { Trend } from "../core/derived/trend.js"
import { Setting } from "../core/setting.js"
import { SensorDriver } from "../drivers/shared/driver.js"
import { riseChannel, waterLevelChannel } from "./channels.js"
import { Derived, Source, channelOf, hasChannel } from "./derived.js"

/** Samples whose median is the level, none older than this: waves and branches are fewer. */
const WINDOW = 5
const WINDOW_SECONDS = 300
/** Samples that the rate of rise is taken over, and none older than this. */
const TREND = 16
const TREND_SECONDS = 1800
/** Waves of a shorter time would be a rise. */
const LEAST_TREND_SECONDS = 600

/**
 * Water level above a datum in mm, "water_level", and how fast it rises in mm/h, "rise". From a sensor above the
 * water (channel "distance") the level is zero − distance, from one in it ("level") zero + level.
 */
export class WaterLevel extends Derived {
    private readonly source: Source
    private readonly isAbove: boolean
    private readonly samples: number[] = []
    private readonly seconds: number[] = []
    private readonly sorted: number[] = []
    private next = 0
    private readonly trend = new Trend(TREND, TREND_SECONDS, LEAST_TREND_SECONDS)

    /**
     * @param sensors among which is the one with the channel "distance" or "level", in mm
     * @param zero height of the sensor above the datum, mm
     */
    constructor(
        sensors: SensorDriver[],
        private readonly zero: Setting
    ) {
        const isAbove = hasChannel(sensors, "distance")
        const source = channelOf(sensors, isAbove ? "distance" : "level")
        super("water level", [source], [waterLevelChannel(), riseChannel()])
        this.source = source
        this.isAbove = isAbove
    }

    protected override derive(): void {
        const measured = this.source.value()
        const now = Math.floor(ds.millis() / 1000)
        this.samples[this.next] = this.zero.value + (this.isAbove ? 0 - measured : measured)
        this.seconds[this.next] = now
        this.next = this.next + 1 === WINDOW ? 0 : this.next + 1
        let recent = 0
        for (let i = 0; i < this.samples.length; i++)
            if (now - this.seconds[i] <= WINDOW_SECONDS) {
                this.sorted[recent] = this.samples[i]
                recent++
            }
        const level = medianInPlace(this.sorted, recent)
        this.trend.add(level, now)
        this.put(0, level)
        const rise = this.trend.perHour()
        if (rise === undefined) this.qualities[1] = QUALITY_NOT_READY
        else this.put(1, rise)
    }
}
