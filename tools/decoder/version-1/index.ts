/**
 * Frames of version 1, which nodes sent before version 2: it has no memory of values, and
 * other statistics, in the same order. Only decoders know it.
 */
import type { FrameVersion } from "../../../src/core/frame/decoder.js"
import { RowDecoder } from "./row-decoder.js"
import { TABLES } from "./tables.js"

export const VERSION_1: FrameVersion = {
    number: 1,
    coderOf: (bytes, end, channels) => new RowDecoder(bytes, end, channels, TABLES),
}
