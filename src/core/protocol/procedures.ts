/** What a part can do to itself when it is asked over USB: services/suitcase.md, "Procedures". */

export const PROCEDURE_RECALIBRATE = 1
export const PROCEDURE_SELF_CALIBRATION = 2
export const PROCEDURE_TEMPERATURE_OFFSET = 3
export const PROCEDURE_ALTITUDE = 4
export const PROCEDURE_PRESSURE = 5
export const PROCEDURE_STORE = 6
export const PROCEDURE_CLEAN_FAN = 7
export const PROCEDURE_OWN_OFFSET = 8
export const PROCEDURE_RANGE_OFFSET = 9
export const PROCEDURE_CROSSTALK = 10
export const PROCEDURE_EMISSIVITY = 11
/** Largest number there can be: a part's list has a bit for each. */
export const LAST_PROCEDURE = 30

/** As argument of a setting: tells what it is, and leaves it so. */
export const ARGUMENT_LOOK = -2147483648

/** What became of the run that was begun last. */
export const RUN_NONE = 0
export const RUN_GOING_ON = 1
/** The result counts. */
export const RUN_DONE = 2
/** The text behind the result says why. */
export const RUN_FAILED = 3

/** Bytes of the arguments that begin a run: procedure, argument, token, corrections in force that are known. */
export const RUN_ARGUMENT_BYTES = 13
/** Bytes before the text: state, place of the part, procedure, result, token. */
export const RUN_HEAD_BYTES = 11
