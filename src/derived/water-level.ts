import * as ds from "@devicescript/core"
import { medianInPlace } from "../core/fixed.js"
import { Trend } from "../core/derived/trend.js"
import { Setting } from "../core/setting.js"
import { SensorDriver } from "../drivers/shared/driver.js"
import { riseChannel, waterLevelChannel } from "./channels.js"
import { Derived, Source, channelOf, hasChannel } from "./derived.js"

/** Samples whose median is the level: waves and branches are fewer. */
const WINDOW = 5
/** Samples that the rate of rise is taken over. */
const TREND = 16

/**
 * Water level above a datum in mm, "water_level", and how fast it rises in mm/h, "rise". From a sensor above the
 * water (channel "distance", or another given) the level is zero − distance, from one in it ("level") zero + level.
 */
export class WaterLevel extends Derived {
    private readonly source: Source
    private readonly isAbove: boolean
    private readonly samples: number[] = []
    private readonly sorted: number[] = []
    private next = 0
    private readonly trend = new Trend(TREND)

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
        this.samples[this.next] = this.zero.value + (this.isAbove ? 0 - measured : measured)
        this.next = this.next + 1 === WINDOW ? 0 : this.next + 1
        for (let i = 0; i < this.samples.length; i++) this.sorted[i] = this.samples[i]
        const level = medianInPlace(this.sorted, this.samples.length)
        this.trend.add(level, Math.floor(ds.millis() / 1000))
        this.put(0, level)
        this.put(1, this.trend.perHour())
    }
}
