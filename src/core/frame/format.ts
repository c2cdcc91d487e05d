/**
 * Constants of the frame format; docs/frame-format.md describes it in full.
 *
 *     0  u8   version << 4 | flags
 *     1  u8   channels − 1
 *     2  u16  schema id
 *     4  u16  boot id
 *     6  u16  sequence number, counted from 0 within a boot
 *     8  u32  time of the first row, in ticks of the schema ÷ see flags
 *    12  rows
 *    −2  u16  CRC-16/CCITT-FALSE of everything before it
 */
export const FRAME_VERSION = 1

/** Flag: row times are Unix time. Otherwise they count from the node's boot. */
export const FLAG_UNIX_TIME = 1

export const FRAME_HEADER_BYTES = 12
export const FRAME_CRC_BYTES = 2
export const MAX_CHANNELS = 32
/** Longest frame a decoder accepts, B. */
export const MAX_FRAME_BYTES = 65536

/** Row flag: the qualities of this row follow; otherwise they are those of the row before. */
export const ROW_QUALITIES = 1
/** Row flag: the time step differs from the one before and follows. */
export const ROW_TIME_STEP = 2
