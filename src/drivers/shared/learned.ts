import { getU32, putU32 } from "../../core/bytes.js"
import { crc32 } from "../../core/crc32.js"

/** Bytes of a record: CRC-32 of the part's identity, Unix time in s (0: none), state. */
export const LEARNED_BYTES = 16
/** Place of the state's eight bytes in the record. */
export const LEARNED_STATE_AT = 8

// Sensirion's gas-index-algorithm, version 3.2, of its functions that get and set states, and
// its driver of the SVM41, which runs the same algorithm on the part as the SEN5x does.
/** "should not be used after interruptions of more than 10 minutes", s */
const LONGEST_GAP_S = 600
/** "only … after at least 3 hours of continuous operation", ms */
export const LEARNED_AFTER_MS = 3 * 3600_000

/** A record is renewed this often: twice within the longest gap; an EEPROM takes that for 19 years, s. */
const RENEW_S = 300

/** Tells Unix time, as a NodeClock does. */
export interface LearnedClock {
    isSet: () => boolean
    /** Unix time, ms */
    now: () => number
    /** Largest error of that, ms */
    uncertainty: () => number
}

/**
 * What a part learned of the air of its place, to go on with after a restart: the newest
 * state and the one before the boot share a record, which is checked as a whole where it is kept.
 */
export class Learned {
    /** Whether the record is from before the boot and was not taken yet. */
    isEarlier = true
    /** Whether it was renewed and has to be kept. */
    isNew = false

    /** @param record {@link LEARNED_BYTES}, as they were kept */
    constructor(
        readonly record: Buffer,
        private readonly clock: LearnedClock
    ) {}

    /**
     * Whether the state may go on in this part: it is of this very one, and not too old.
     * @param identity serial number; "" never fits
     */
    fits(identity: string): boolean {
        if (!this.clock.isSet() || getU32(this.record, 0) !== nameOf(identity)) return false
        const age = this.seconds(1) - getU32(this.record, 4)
        return age >= 0 && age <= LONGEST_GAP_S
    }

    /** Whether the state is to be written into the record now, see {@link sign}. */
    isDue(): boolean {
        if (!this.clock.isSet()) return false
        const age = this.seconds(-1) - getU32(this.record, 4)
        // A clock that was set back does not end it.
        return age >= RENEW_S || age < -RENEW_S
    }

    /** The state was written into the record. @param identity of the part that it is of */
    sign(identity: string): void {
        putU32(this.record, 0, nameOf(identity))
        putU32(this.record, 4, this.seconds(-1))
        this.isEarlier = false
        this.isNew = true
    }

    /** Earliest (−1) or latest (1) Unix time that it may be now, s. */
    private seconds(side: number): number {
        return Math.floor((this.clock.now() + side * this.clock.uncertainty()) / 1000)
    }
}

/** 0 only of no name: an empty record never fits. */
function nameOf(identity: string): number {
    if (identity === "") return -1
    const bytes = Buffer.from(identity)
    const name = crc32(bytes, 0, bytes.length, 0) >>> 0
    return name === 0 ? 1 : name
}
