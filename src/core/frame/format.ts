/**
 * Constants of the frame format; docs/frame-format.md describes it in full.
 *
 *     0  u8   version << 6 | unix time << 5 | channels − 1
 *     1  u16  schema id
 *     3  u16  boot id
 *     5  u16  ties << 13 | sequence number, counted from 0 within a boot
 *     7  u32  time of the first row, in ticks of the schema
 *    11  rows, range coded
 *    −2  u16  CRC-16/CCITT-FALSE of everything before it
 *
 * The number of rows is not sent as a rule. A decoder knows after each row how
 * long the frame would be if it ended there; of the few rows in a run that give
 * the length at hand, `ties` tells which one is the last. When it does not fit
 * there, ties is {@link TIES_COUNTED} and the number of rows stands before the
 * check value (u16).
 */
export const FRAME_VERSION = 1

/** Flag: row times are Unix time. Otherwise they count from the node's boot. */
export const FLAG_UNIX_TIME = 32

/** Frames are numbered modulo this. */
export const SEQUENCE_MODULUS = 8192
/** Value of `ties` when the number of rows is sent. */
export const TIES_COUNTED = 7

export const FRAME_HEADER_BYTES = 11
export const FRAME_CRC_BYTES = 2
/** Bytes of the number of rows, when it is sent. */
export const ROW_COUNT_BYTES = 2
export const MAX_CHANNELS = 32
/**
 * Most cells (rows × channels) in a frame: bounds the time and the memory that a
 * few hostile bytes can cost a decoder.
 */
export const MAX_CELLS = 32768
/** Longest frame a decoder accepts, B. */
export const MAX_FRAME_BYTES = 65536
