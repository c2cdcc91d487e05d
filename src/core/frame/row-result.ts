/** What became of a row that was given to a coder. */
export const ROW_FULL = 0
/** It is in the frame. */
export const ROW_ADDED = 1
/** Some of its lanes are to come: call again with the same arguments. */
export const ROW_UNFINISHED = 2
