/**
 * What a reading is worth. Codes below {@link FIRST_GAP} come with a value;
 * the others are gaps: there is no value, and this is why.
 */
export const QUALITY_OK = 0
/** The channel has no calibration, or an expired one. */
export const QUALITY_UNCALIBRATED = 1
/** The sensor or the arithmetic hit the end of its scale. */
export const QUALITY_SATURATED = 2
/** The sensor has not settled yet. */
export const QUALITY_WARMING_UP = 3

/** The first code that means "no value". */
export const FIRST_GAP = 8

/** The sensor does not acknowledge its address: unplugged or dead. */
export const QUALITY_ABSENT = 8
/** The checksum of the data was wrong. */
export const QUALITY_CRC = 9
/** The sensor stayed busy for longer than its datasheet allows, or a part or a wire holds the bus. */
export const QUALITY_TIMEOUT = 10
/** The value is outside of what the sensor can measure. */
export const QUALITY_OUT_OF_RANGE = 11
/** The sensor has nothing newer than what it gave before. */
export const QUALITY_STALE = 12
/** Another part answers at this address. */
export const QUALITY_WRONG_PART = 13
/** The sensor is starting and has no first value yet. */
export const QUALITY_NOT_READY = 14
/** Nobody asked the sensor. */
export const QUALITY_SKIPPED = 15

/** @returns true when a reading with this quality carries no value */
export function isGap(quality: number): boolean {
    return quality >= FIRST_GAP
}
