/**
 * Frames of version 1, which nodes sent before version 2: the schema id has its own place before
 * the boot id, there is no memory of values, and other statistics, in the same order. Only
 * decoders know it.
 */
import { getU16 } from "../../../src/core/bytes.js"
import { CRC16_START, crc16 } from "../../../src/core/crc.js"
import { FrameError, type FrameVersion } from "../../../src/core/frame/decoder.js"
import { RowDecoder } from "./row-decoder.js"
import { TABLES } from "./tables.js"

export const VERSION_1: FrameVersion = {
    number: 1,
    headerBytes: 10,
    schemaIdOf: (bytes, end) => {
        if (crc16(bytes, 0, end, CRC16_START) !== getU16(bytes, end))
            throw new FrameError("crc", "the checksum does not match: the frame was damaged")
        return getU16(bytes, 2)
    },
    coderOf: (bytes, end, channels) => new RowDecoder(bytes, end, channels, TABLES),
}
