import { Channel } from "../core/channel.js"
import { NodeRecord } from "../core/calibration/record.js"
import { toldUptime } from "../core/protocol/node-service.js"
import {
    QUALITY_OK,
    QUALITY_SATURATED,
    QUALITY_SKIPPED,
    QUALITY_UNCALIBRATED,
} from "../core/quality.js"

/** No slot of the store. */
export const NO_SLOT = -1

/** The newest sample of a channel, little-endian: as the driver gave it, and as it was corrected. */
export const SAMPLE_BYTES = 18
const SAMPLE_AT = 0
const SAMPLE_RAW = 4
const SAMPLE_RAW_QUALITY = 8
const SAMPLE_VALUE = 9
const SAMPLE_QUALITY = 13
const SAMPLE_USED = 14

/** What is asked to look at each sample of a sensor. */
export interface SampleCorrector {
    correct(sensor: CorrectedSensor): void
}

/** What of a driver is corrected: src/drivers/shared/driver.ts. */
export interface CorrectedSensor {
    readonly part: string
    readonly identity: string
    readonly channels: Channel[]
    readonly values: number[]
    readonly qualities: number[]
    corrector: SampleCorrector
    readonly isRaw: boolean
}

/** What the clock of a node says. */
export interface CalibrationClock {
    isSet: () => boolean
    /** Unix time in ms once it is set. */
    now: () => number
}

/** One channel of a part, and the record that corrects it. */
export class CalibratedChannel {
    /** In force from the next sample on; undefined: none. */
    record: NodeRecord | undefined
    /** The slot of that record, and the slot of the one before it. */
    slot = NO_SLOT
    otherSlot = NO_SLOT
    /** Id of the record that corrected the last sample, or will correct the first; 0 = none. */
    used = 0
    /** The newest sample; zeros while there was none. */
    readonly sample = Buffer.alloc(SAMPLE_BYTES)
    readonly name: string

    /** @param index of the channel within its sensor */
    constructor(
        readonly sensor: CorrectedSensor,
        private readonly index: number,
        readonly channel: Channel
    ) {
        this.name = channel.name
    }

    /** Whether a record is for the part that answers, as far as that is known: none may have yet. */
    isFor(record: NodeRecord): boolean {
        const { part, identity } = this.sensor
        return record.part === part && (identity === "" || record.identity === identity)
    }

    /** Whether the record in force is for another part than the one that answers. */
    isOther(): boolean {
        return this.record !== undefined && !this.isFor(this.record)
    }

    /**
     * Corrects the driver's current sample in place.
     *
     * @param clock tells whether the record is expired
     * @param now uptime, ms
     * @param isOneOfMany several samples make a row: those before may have been corrected in another way
     * @returns whether the last sample was corrected in another way
     */
    correct(clock: CalibrationClock, now: number, isOneOfMany: boolean): boolean {
        const { sensor, index, record, sample } = this
        const { values, qualities } = sensor
        const quality = qualities[index]
        const raw = values[index]
        let used = 0
        let told = QUALITY_OK
        if (this.isOther()) told = QUALITY_UNCALIBRATED
        else if (record !== undefined) {
            used = record.id
            const { min, max } = this.channel
            const value = record.correction.apply(raw)
            const within = Math.min(Math.max(value, min), max)
            values[index] = within
            if (isExpired(record, clock)) told = QUALITY_UNCALIBRATED
            if (within !== value) told = QUALITY_SATURATED
        }
        const isNew = used !== this.used
        if (isNew && isOneOfMany) told = Math.max(told, QUALITY_UNCALIBRATED)
        // What the driver has to say of the sample goes first.
        if (quality === QUALITY_OK) qualities[index] = told
        this.used = used
        sample.setAt(SAMPLE_AT, "u32", toldUptime(now))
        sample.setAt(SAMPLE_RAW, "i32", raw)
        sample[SAMPLE_RAW_QUALITY] = quality
        sample.setAt(SAMPLE_VALUE, "i32", values[index])
        sample[SAMPLE_QUALITY] = qualities[index]
        sample.setAt(SAMPLE_USED, "u32", used)
        return isNew
    }

    /** The part is not at its place. */
    skip(): void {
        this.sensor.qualities[this.index] = QUALITY_SKIPPED
    }
}

function isExpired(record: NodeRecord, clock: CalibrationClock): boolean {
    return record.validUntil > 0 && clock.isSet() && clock.now() >= record.validUntil * 1000
}
