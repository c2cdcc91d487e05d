/**
 * Where things are in the table of trained statistics. Each entry is one byte,
 * 128 = nothing known; a node adds the entries of one to three contexts.
 */
export const AT_NEUTRAL = 0
export const AT_SAME_SCALE = 1
export const AT_SAME_RUN = AT_SAME_SCALE + 216
export const AT_SAME_HISTORY = AT_SAME_RUN + 384
export const AT_GRID = AT_SAME_HISTORY + 128
export const AT_GRID_SCALE = AT_GRID + 96
export const AT_SIGN = AT_GRID_SCALE + 192
export const AT_SIGN_BEFORE = AT_SIGN + 768
export const AT_SIZE = AT_SIGN_BEFORE + 63
export const AT_SIZE_BEFORE = AT_SIZE + 1080
export const AT_SIZE_AGE = AT_SIZE_BEFORE + 360
export const AT_TOP = AT_SIZE_AGE + 960
export const AT_SECOND = AT_TOP + 240
export const AT_FIRST = AT_SECOND + 240
export const AT_ROW = AT_FIRST + 104
export const PRIOR_BYTES = AT_ROW + 16
