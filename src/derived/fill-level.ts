import * as ds from "@devicescript/core"
import {
    COURSE_BYTES,
    FillCourse,
    LONGEST_FORECAST,
    fillLevel,
} from "../core/derived/fill-level.js"
import { QUALITY_NOT_READY, QUALITY_OUT_OF_RANGE, isGap } from "../core/quality.js"
import { Setting } from "../core/setting.js"
import { eventCountChannel } from "../drivers/shared/channels.js"
import { fillLevelChannel, hoursChannel } from "./channels.js"
import { Derived, Source } from "./derived.js"

/** Level must fall by so much to be an emptying, and two samples be so much alike, 0.1 %. */
const DROP = 200
const ALIKE = 60

/**
 * What a distance from the lid down says about a container: "fill_level" in 0.1 %, the middle one of three samples, "emptied"
 * (how often, since the start), and "time_to_full" in 0.1 h, a gap until it has filled by 5 %.
 */
export class FillLevel extends Derived {
    /** See {@link SleepState}. */
    readonly stateBytes = COURSE_BYTES

    private readonly course = new FillCourse(DROP, ALIKE)
    /** Minutes before this boot. */
    private before = 0

    private readonly tilt: Source
    private readonly tiltLimit: Setting

    /**
     * @param distance in 1 mm
     * @param empty distance when the container is empty, mm
     * @param full distance when it counts as full, mm
     * @param lying tilt in 0.1° and the limit in ° from which on it lies on its side: its level is a gap
     *     then, and what fell out is no emptying
     */
    constructor(
        private readonly distance: Source,
        private readonly empty: Setting,
        private readonly full: Setting,
        lying?: { tilt: Source; limit: Setting }
    ) {
        super(
            "fill level",
            [distance],
            [
                fillLevelChannel(),
                eventCountChannel("", "emptied", "emptyingCount"),
                hoursChannel("time_to_full", "timeToFull", LONGEST_FORECAST),
            ]
        )
        this.tilt = lying?.tilt
        this.tiltLimit = lying?.limit
    }

    protected override derive(): void {
        if (this.isLying()) {
            this.course.forget()
            for (let i = 0; i < this.qualities.length; i++) this.qualities[i] = QUALITY_OUT_OF_RANGE
            return
        }
        const minutes = this.minutes()
        const level = fillLevel(this.distance.value(), this.empty.value, this.full.value)
        const isEmptied = this.course.update(level, minutes)
        this.put(0, this.course.middle)
        this.put(1, this.course.emptied)
        const left = this.course.tenthHoursLeft(minutes)
        this.put(2, left)
        if (left < 0) this.qualities[2] = QUALITY_NOT_READY
        if (isEmptied && this.onEvent !== undefined) this.onEvent(this)
    }

    /** Before a deep sleep. */
    putState(bytes: Buffer, at: number): void {
        this.course.writeCourse(bytes, at, this.minutes())
    }

    /** After it. @param minutes that it lasted; −1: nobody knows, and only the emptyings are still true */
    takeState(bytes: Buffer, at: number, minutes: number): void {
        this.before = this.course.readCourse(bytes, at) + Math.max(minutes, 0)
        if (minutes < 0) this.course.forget()
    }

    private minutes(): number {
        return this.before + Math.floor(ds.millis() / 60000)
    }

    private isLying(): boolean {
        const tilt = this.tilt
        if (tilt === undefined || isGap(tilt.quality())) return false
        return tilt.value() >= 10 * this.tiltLimit.value
    }
}
