import {
    QUALITY_OK,
    QUALITY_SATURATED,
    QUALITY_SKIPPED,
    QUALITY_UNCALIBRATED,
    isGap,
} from "../core/quality.js"
import { Channel } from "../core/channel.js"
import { NodeRecord } from "../core/calibration/record.js"

/** No slot of the store. */
export const NO_SLOT = -1

/** What of a driver is corrected: src/drivers/shared/driver.ts. */
export interface CorrectedSensor {
    readonly part: string
    readonly identity: string
    readonly channels: Channel[]
    readonly values: number[]
    readonly qualities: number[]
    inspect: () => void
}

/** What the clock of a node says. */
export interface CalibrationClock {
    isSet: () => boolean
    /** Unix time in ms once it is set. */
    now: () => number
}

/** Of a part that is at a reference. */
export interface Absence {
    /** Whether nobody asks for it any more; it is at its place again then. */
    isOver: () => boolean
}

/** One channel of a part, and the record that corrects it. */
export class CalibratedChannel {
    /** In force from the next sample on; undefined: none. */
    record: NodeRecord | undefined
    /** The slot of that record, and the slot of the one before it. */
    slot = NO_SLOT
    otherSlot = NO_SLOT
    /** Id of the record that corrected the last sample; 0 = none. */
    used = 0
    /** The last sample as the driver gave it, and as it was corrected. */
    raw = 0
    rawQuality = QUALITY_SKIPPED
    value = 0
    quality = QUALITY_SKIPPED
    /** How many there were. */
    samples = 0
    /** The part is at a reference, not at its place: the station is to take its samples for gaps. */
    absence: Absence | undefined

    /** @param index of the channel within its sensor */
    constructor(
        readonly sensor: CorrectedSensor,
        readonly index: number
    ) {}

    /** Whether a record is for the part that answers, as far as that is known: none may have yet. */
    isFor(record: NodeRecord): boolean {
        const { part, identity } = this.sensor
        return record.part === part && (identity === "" || record.identity === identity)
    }

    /** Whether the record in force is for another part than the one that answers. */
    isOther(): boolean {
        return this.record !== undefined && !this.isFor(this.record)
    }

    /** Corrects the driver's current sample in place. @param clock tells whether the record is expired */
    correct(clock: CalibrationClock): void {
        const { sensor, index, record } = this
        const quality = sensor.qualities[index]
        this.samples++
        this.raw = sensor.values[index]
        this.rawQuality = quality
        this.used = 0
        if (record !== undefined) this.apply(record, clock)
        this.value = sensor.values[index]
        this.quality = sensor.qualities[index]
        if (this.absence !== undefined && !this.absence.isOver())
            sensor.qualities[index] = QUALITY_SKIPPED
    }

    private apply(record: NodeRecord, clock: CalibrationClock): void {
        const { sensor, index } = this
        const quality = this.rawQuality
        const isOther = this.isOther()
        if (!isOther) this.used = record.id
        if (isGap(quality)) return
        let told = quality
        if (isOther) told = QUALITY_UNCALIBRATED
        else {
            const channel = sensor.channels[index]
            const value = record.correction.apply(this.raw)
            const within = Math.min(Math.max(value, channel.min), channel.max)
            sensor.values[index] = within
            if (within !== value) told = QUALITY_SATURATED
            else if (isExpired(record, clock)) told = QUALITY_UNCALIBRATED
        }
        // What the driver has to say of the sample goes first.
        if (quality === QUALITY_OK) sensor.qualities[index] = told
    }
}

function isExpired(record: NodeRecord, clock: CalibrationClock): boolean {
    return record.validUntil > 0 && clock.isSet() && clock.now() >= record.validUntil * 1000
}
