/**
 * Constants of the frame format; docs/frame-format.md describes it in full.
 *
 *     0  u8   version << 6 | unix time << 5 | sequence number >> 8
 *     1  u8   low byte of the sequence number, counted from 0 within a boot
 *     2  u16  boot id
 *     4  u32  time of the first row, in ticks of the schema
 *     8  channels and rows, range coded
 *    −2  u16  CRC-16/CCITT-FALSE of everything before it, XOR the schema id
 *
 * The number of rows is not sent: the bytes that end the rows say which row was
 * the last. Who knows the schemas of the node knows by them whether the frame is whole.
 */
export const FRAME_VERSION = 2

/** Flag: row times are Unix time. Otherwise they count from the node's boot. */
export const FLAG_UNIX_TIME = 32

/** Frames are numbered modulo this. */
export const SEQUENCE_MODULUS = 8192

export const FRAME_HEADER_BYTES = 8
export const FRAME_CRC_BYTES = 2
export const MAX_CHANNELS = 32
/**
 * Most cells (rows × channels) in a frame: bounds the time and the memory that a
 * few hostile bytes can cost a decoder.
 */
export const MAX_CELLS = 32768
/** Longest frame a decoder accepts, B. */
export const MAX_FRAME_BYTES = 65536
