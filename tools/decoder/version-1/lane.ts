/**
 * What the row coder remembers of a lane: indices into the lane's array. An
 * array, because the VM reads an element in three opcodes and has no cheaper
 * way to keep numbers. docs/frame-format.md says what each is.
 */

/** Values coded that taught something; 0: none yet, and nothing else is valid. */
export const AGE = 0
export const LAST = 1
/** Repeats up to now. */
export const RUN = 2
/** The last five: bit 1 = it stayed. */
export const HISTORY = 3
/** How often it stays, 0 … 65,535. */
export const SAME_RATE = 4
/** Running means of the residuals' sizes, in sixteenths. */
export const FAST = 5
export const SLOW = 6
/** The last residual. */
export const RESIDUAL = 7
/** The last two differences. */
export const DELTA = 8
export const DELTA_BEFORE = 9
/** How far running means of the values are from the last one, in sixteenths. */
export const MEAN_LONG = 10
export const MEAN_SHORT = 11
/** Greatest common divisor of the changes, 0 before the first one. */
export const GRID = 12
/** Values on the grid since it last became finer, at most 15. */
export const GRID_AGE = 13
/** Running errors of the six predictions of the difference, in sixteenths. */
export const MISS_LAST = 14
export const MISS_LONG = 15
export const MISS_TREND = 16
export const MISS_SHORT = 17
export const MISS_NEIGHBOUR = 18
export const MISS_RELATIVE = 19

/** From here on: slots that learn within the frame, logits × 4,096. */
export const SLOT_SAME = 20
export const SLOT_STAND = 28
export const SLOT_GRID = 29
export const SLOT_SIGN = 30
export const SLOT_SIZE = 33
export const LANE_FIELDS = SLOT_SIZE + 10
