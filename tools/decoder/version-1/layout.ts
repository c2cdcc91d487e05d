/**
 * Where things are in the table of trained statistics. Each entry is one byte,
 * a logit × 16 + 128 (128 = nothing known); a decision adds the entries of one
 * to three contexts.
 */

/** The entry that says nothing. */
export const AT_NEUTRAL = 0

/** The value stays, by scale (24) × spread (9). */
export const AT_SAME_SCALE = 1
/** The same, by age class (8) × recent repeats (8) × neighbour (6). */
export const AT_SAME_RUN = AT_SAME_SCALE + 216
/** The same, by history (32) × offset (4). */
export const AT_SAME_HISTORY = AT_SAME_RUN + 384
/** A standing value stays, by length of the run (4) × neighbour (6). */
export const AT_STAND_RUN = AT_SAME_HISTORY + 128
/** The same, by how often it stays, in eighths. */
export const AT_STAND_RATE = AT_STAND_RUN + 24

/** The change is a multiple of the grid, by the grid's age (16) × its kind (6). */
export const AT_GRID = AT_STAND_RATE + 8
/** The same, by age class (8) × scale (24). */
export const AT_GRID_SCALE = AT_GRID + 96

/** The residual is negative, by offset (8) × scale (24) × fraction (4). */
export const AT_SIGN = AT_GRID_SCALE + 192
/** The same, by the last residual's sign (3) × the neighbour's (3) × offset (7). */
export const AT_SIGN_BEFORE = AT_SIGN + 768

/** Sizes below the escape have a bucket each. */
export const BUCKETS = 10
/** The size is in this bucket, by scale (12) × spread (9) × bucket. */
export const AT_SIZE = AT_SIGN_BEFORE + 63
/** The same, by the last residual's size (6) × neighbour (6) × bucket. */
export const AT_SIZE_BEFORE = AT_SIZE + 108 * BUCKETS
/** The same, by age class (8) × half the scale (12) × bucket. */
export const AT_SIZE_AGE = AT_SIZE_BEFORE + 36 * BUCKETS

/** The highest low bit, by bucket (10) × scale (24). */
export const AT_TOP = AT_SIZE_AGE + 96 * BUCKETS
/** The second one, by bucket (10) × highest (2) × half the scale (12). */
export const AT_SECOND = AT_TOP + 240

/** Flags of rows and of first values; each also has a slot that learns. */
export const AT_FLAGS = AT_SECOND + 240
/** Qualities changed: in row 0, in row 1, later. */
export const AT_QUALITY = AT_FLAGS
/** The time step changed in an irregular row: in row 2, later. */
export const AT_STEP = AT_FLAGS + 3
/** The quality of one channel changed: in row 0, later. */
export const AT_QUALITY_OF = AT_FLAGS + 5
/** The first time step is a common one. */
export const AT_STEP_COMMON = AT_FLAGS + 7
/** The first value comes from the neighbour's: in lane 2, later. */
export const AT_FROM = AT_FLAGS + 8
/** It is the same, by kind (3). */
export const AT_FIRST_SAME = AT_FLAGS + 10
/** It is below, by kind (3). */
export const AT_FIRST_SIGN = AT_FLAGS + 13
export const FLAGS = 16
/** The bit length of its size, a tree of 31 nodes, by kind (3). */
export const AT_FIRST_LENGTH = AT_FLAGS + FLAGS
/** The bit below the highest, by length (32). */
export const AT_FIRST_TOP = AT_FIRST_LENGTH + 96

export const PRIOR_BYTES = AT_FIRST_TOP + 32
